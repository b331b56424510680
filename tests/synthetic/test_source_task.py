"""The source task: its classes, its pictures, and what is known of each."""

import numpy as np
import pytest

from helpers.synthetic import source_task
from helpers.synthetic.families import shared
from helpers.synthetic.formulas import FAMILIES

CLASSES = source_task.source_classes()


def test_there_are_enough_classes_in_many_families_and_no_flower_among_them():
    assert len(CLASSES) >= 300
    assert len(FAMILIES) >= 15
    names = " ".join(each.name for each in CLASSES)
    assert len({each.name for each in CLASSES}) == len(CLASSES)
    assert not any(word in names for word in ("daisy", "dandelion", "rose-", "sunflower", "tulip"))


def test_neither_shape_nor_palette_alone_tells_the_class():
    for name in ("shape", "palette"):
        values = [getattr(each, name) for each in CLASSES]
        assert min(values.count(value) for value in set(values)) >= 2
    pairs = {(each.shape, each.palette) for each in CLASSES}
    assert len(pairs) == len(CLASSES)


def test_classes_are_the_same_every_time():
    again = source_task.source_classes()
    assert [(each.name, str(each.traits)) for each in again] == [(each.name, str(each.traits)) for each in CLASSES]


@pytest.mark.parametrize("family", range(len(FAMILIES)), ids=[family.name for family in FAMILIES])
def test_every_family_draws_something_finite_that_differs_from_example_to_example(family):
    of_family = [each for each in CLASSES if each.family == family]
    assert len(of_family) == source_task.SHAPES_PER_FAMILY * source_task.PALETTES_PER_SHAPE
    colours = np.random.default_rng(0).random((4, 3))
    for each in of_family[::4]:
        cloud = FAMILIES[family].build(each.traits, colours, np.random.default_rng(1), 30.0)
        assert len(cloud) > 50
        for part in (cloud.position, cloud.colour, cloud.normal):
            assert np.isfinite(part).all()
        assert np.percentile(np.abs(cloud.position[:, :2]), 90) < 1.3
    pictures = [source_task.draw(of_family[0], np.random.default_rng(seed), 32)[0] for seed in (0, 1)]
    assert np.abs(pictures[0].astype(int) - pictures[1]).mean() > 3


def test_a_picture_follows_from_its_seed_and_comes_with_its_factors():
    for each in CLASSES[::60]:
        picture, factors = source_task.draw(each, np.random.default_rng(3), 32)
        again, same = source_task.draw(each, np.random.default_rng(3), 32)
        assert np.array_equal(picture, again)
        assert factors == same
        assert picture.dtype == np.uint8
        assert picture.shape == (32, 32, 3)
        assert (factors.label, factors.shape, factors.family, factors.palette) == (
            each.number, each.shape, each.family, each.palette,
        )  # fmt: skip
        sizes = source_task.factor_sizes()
        assert all(0 <= value < size for value, size in zip(source_task.as_row(factors), sizes.values(), strict=True))


@pytest.mark.parametrize("m", [3, 5, 8])
def test_the_superformula_has_as_many_lobes_as_told_and_a_circle_where_it_should(m):
    angle = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    assert np.allclose(shared.superformula(angle, 0, 1, 1, 1), 1)
    assert np.allclose(shared.superformula(angle, 4, 2, 2, 2), 1)
    radius = shared.superformula(angle, m, 0.5, 1, 1)
    turned = shared.superformula(angle + 2 * np.pi / m, m, 0.5, 1, 1)
    assert np.allclose(radius, turned, atol=1e-9)
    assert np.ptp(radius) > 0.1


def test_seeds_are_spread_evenly_over_the_head():
    head = shared.seeds(400, 1.0, 0.0, 0.01, np.ones((2, 3)), 10)
    distance = np.hypot(head.position[:, 0], head.position[:, 1])
    for radius in (0.3, 0.6, 0.9):
        assert (distance < radius).mean() == pytest.approx(radius**2, abs=0.03)
