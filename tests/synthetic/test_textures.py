"""Grey textures and shapes: one class per family of the source task, of which none of its classes is one."""

import numpy as np
import pytest

from helpers.synthetic import source_task, textures
from helpers.synthetic.formulas import FAMILIES, SHAPES_PER_FAMILY


def test_each_family_is_a_class_and_each_of_its_plans_is_drawn():
    assert set(textures.CLASSES) == {family.name for family in FAMILIES}
    for name in textures.CLASSES:
        variants = [textures.choose(name, seed).variant for seed in range(28)]
        assert set(variants) == set(range(SHAPES_PER_FAMILY))


def test_only_textures_fill_the_picture():
    for family in FAMILIES:
        counts = {textures.choose(family.name, seed).count for seed in range(20)}
        assert counts == ({"none"} if family.fills else {"one", "few"})


def test_traits_are_not_those_of_the_source_task(monkeypatch):
    known = {str(each.traits) for each in source_task.source_classes()}
    seen = []
    for name in ("cells", "spots"):
        family = textures._FAMILIES[name]

        def build(traits, *rest, build=family.build):
            seen.append(str(traits))
            return build(traits, *rest)

        spied = type(family)(name, family.traits, build, family.fills)
        monkeypatch.setitem(textures._FAMILIES, name, spied)
        for seed in range(5):
            textures.draw(textures.choose(name, seed), 32)
    assert len(set(seen)) == 10
    assert not known & set(seen)


@pytest.mark.parametrize("name", textures.CLASSES)
def test_something_is_to_be_seen_and_differs_from_picture_to_picture(name):
    drawn = [textures.draw(textures.choose(name, seed), 48).astype(int) for seed in range(4)]
    assert all(picture.shape == (48, 48) and picture.std() > 3 for picture in drawn)
    assert min(np.abs(drawn[0] - other).mean() for other in drawn[1:]) > 5


def test_an_unknown_family_is_told():
    with pytest.raises(ValueError, match=r"blob.*weave.*'daisy'"):
        textures.choose("daisy", 0)
