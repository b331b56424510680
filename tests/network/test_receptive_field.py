"""Receptive fields, against pixels that are really changed."""

import numpy as np
import pytest

from helpers import activations, blocks, load_base
from helpers.network.receptive_field import Field, receptive_field


@pytest.fixture(scope="module")
def wide():
    return load_base("MobileNetV2-0.35", weights=None, image_size=96)  # no squeeze and excite: nothing sees everything


@pytest.mark.parametrize("at", ["stem", "block2a", "block3b"])
def test_a_place_sees_what_its_box_says_and_nothing_else(wide, at):
    block = next(block for block in blocks(wide) if block.name == at)
    field, rng = receptive_field(wide, block.output_layer), np.random.default_rng(0)
    place = block.output_shape[0] // 2
    top, left, bottom, right = field.box(place, place, 96)
    image = rng.uniform(0, 255, (96, 96, 3)).astype("float32")
    before = activations(wide, image, at)[place, place]
    outside = np.ones((96, 96), bool)
    outside[top:bottom, left:right] = False
    changed = np.where(outside[:, :, None], rng.uniform(0, 255, image.shape), image)
    np.testing.assert_array_equal(activations(wide, changed, at)[place, place], before)
    for edge in (
        np.s_[top, left:right],
        np.s_[bottom - 1, left:right],
        np.s_[top:bottom, left],
        np.s_[top:bottom, right - 1],
    ):
        differences = []
        for _ in range(6):  # a rectifier may hide one change; not many
            changed = image.copy()
            changed[edge] = rng.choice([0, 255], changed[edge].shape)
            differences.append(np.abs(activations(wide, changed, at)[place, place] - before).max())
        assert max(differences) > 0


def test_efficientnets_fields_are_those_of_the_literature(efficientnet):
    sides = {block.name: receptive_field(load_base("EfficientNetB0", None, image_size=128), block.output_layer).side
             for block in blocks(efficientnet) if block.name in ("stem", "block3b", "block4c", "block7a")}  # fmt: skip
    assert sides == {"stem": 3, "block3b": 67, "block4c": 147, "block7a": 851}


def test_a_box_stays_inside_the_photo():
    assert Field(8, -3, 4).box(0, 15, 128) == (0, 117, 5, 125)
    assert Field(32, -400, 400).box(0, 0, 64) == (0, 0, 64, 64)
