"""The lessons' numbers stand on these splits and pixels: neither may change unnoticed."""

import numpy as np
import pytest
from PIL import Image

from helpers import config, load_flowers, load_photos, read_photo


def test_the_bundled_flowers_are_divided_as_ever():
    assert load_flowers("bundled", image_size=32).fingerprint == "626de99515e2307e92e672a56b27c558"


@pytest.mark.parametrize(
    ("name", "fingerprint"),
    [("calls", "3c8e25ea98ebaee3057cd5cdcf385257"), ("textures", "e5ec3921cb817bd5e53182f035e205e8")],
)
def test_the_other_bundled_pictures_are_divided_as_ever(name, fingerprint):
    assert load_photos(config.DATA / name).fingerprint == fingerprint


@pytest.mark.parametrize("folder", ["flowers", "calls", "textures"])
def test_no_two_bundled_pictures_are_copies(folder):
    photos = load_photos(config.DATA / folder, image_size=32)
    assert photos.near_copies == ()
    assert photos.skipped == ()


@pytest.mark.parametrize("folder", ["flowers", "calls", "textures", "flowers_shortcut"])
@pytest.mark.parametrize("size", [32, 128])
def test_bundled_pictures_are_prepared_as_ever(folder, size):
    for path in sorted((config.DATA / folder).rglob("*.jpg"))[::61]:
        with Image.open(path) as picture:
            picture.draft(None, (2 * size, 2 * size))
            picture = picture.convert("RGB")
            side = min(picture.size)
            left, top = (picture.width - side) / 2, (picture.height - side) / 2
            box = (left, top, left + side, top + side)
            expected = picture.resize((size, size), Image.Resampling.BILINEAR, box=box, reducing_gap=2.0)
        assert np.array_equal(read_photo(path, size), np.asarray(expected))
