"""What a bundle is made from: classes that are uneven, photos that belong together, and where fine-tuning begins."""

from pathlib import Path

import pytest

from helpers import blocks, load_base, load_photos
from helpers.sharing.making import plan as plan_module
from helpers.sharing.making.plan import Plan, boundary_of, by_pattern, class_weight_for
from tests.shared import needs_lite0


@pytest.mark.parametrize(
    ("counts", "weight"),
    [({"a": 15, "b": 15}, None), ({"a": 20, "b": 15}, None), ({"a": 40, "b": 15}, "balanced")],
)
def test_uneven_classes_are_weighted(photo_folder, small, counts, weight):
    photos = load_photos(photo_folder(counts), image_size=32)
    assert class_weight_for(photos) == weight
    steps = Plan(folder="unused").steps(photos, small)
    assert [step.class_weight for step in steps] == [weight, weight]
    assert [step.keep for step in steps] == ["last", "last"]  # the best epoch by plain accuracy may overlook a class


@needs_lite0
@pytest.mark.parametrize("name", ["EfficientNetLite0", "EfficientNetB0"])
def test_fine_tuning_begins_above_the_fifth_stage(name):
    base = load_base(name, image_size=32)
    assert boundary_of(base) == "block5c"


def test_a_small_base_is_frozen_up_to_its_middle(small, flowers):
    names = [block.name for block in blocks(small)]
    assert boundary_of(small) == names[len(names) // 2]
    first, second = Plan(folder="unused").steps(flowers, small)
    assert (first.until, second.until) == ("top", boundary_of(small))


def test_a_pattern_names_groups_by_what_it_finds():
    assert by_pattern(None) is None
    name = by_pattern(r"plant\d+")
    assert name(Path("daisy/plant7_02.jpg")) == "plant7"
    assert name(Path("daisy/other.jpg")) is None
    assert by_pattern(r"(\w+)_\d+\.jpg$")(Path("daisy/plant7_02.jpg")) == "plant7"
    with pytest.raises(ValueError, match=r"Expected groups to be a regular expression.*Received: '\(' "):
        by_pattern("(")


def test_photos_of_a_group_stay_together(photo_folder):
    folder = photo_folder({"daisy": 30, "tulips": 30})
    photos = Plan(folder=folder, image_size=32, groups=r"\w+_\d\d").photos(seed=0)  # tens: daisy_00, daisy_01, …
    sides = [{path.stem[:-1] for path in split.paths} for split in (photos.train, photos.val, photos.test)]
    assert photos.grouped
    assert sum(map(len, sides)) == len(set.union(*sides)) == 6


def test_the_record_tells_all_that_decides_a_model(monkeypatch, tmp_path):
    monkeypatch.setattr(plan_module, "which_base", lambda name, weights: (name, weights))
    one = Plan(folder=tmp_path)
    assert one.record() == Plan(folder=str(tmp_path)).record()
    others = [
        Plan(folder=tmp_path / "x"),
        Plan(folder=tmp_path, image_size=96),
        Plan(folder=tmp_path, per_class=5),
        Plan(folder=tmp_path, base="EfficientNetB0"),
        Plan(folder=tmp_path, seed=1),
        Plan(folder=tmp_path, groups="x"),
        Plan(folder=tmp_path, head=plan_module.UPPER_BLOCKS),
    ]
    records = [str(each.record()) for each in (one, *others)]
    assert len(set(records)) == len(records)
