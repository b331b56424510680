"""16-bit grey as microscopes and thermal cameras write it: read by the file's depth, whatever values are used."""

import numpy as np
import pytest
from PIL import Image

from helpers import load_photos, read_photo


@pytest.mark.parametrize("highest", [65535, 4095, 1023, 256, 255, 1])
@pytest.mark.parametrize("lowest", [0, 1])
def test_one_rule_for_dark_and_light_pictures(tmp_path, lowest, highest):
    values = np.linspace(lowest, highest, 64 * 64).reshape(64, 64).round().astype(np.uint16)
    Image.fromarray(values).save(tmp_path / "deep.png")
    assert np.array_equal(read_photo(tmp_path / "deep.png", 64)[..., 0], (values / 257).round())


def test_a_brighter_picture_stays_brighter(tmp_path):
    means = []
    for number, level in enumerate((200, 255, 256, 300, 1000)):
        Image.fromarray(np.full((64, 64), level, np.uint16)).save(tmp_path / f"{number}.png")
        means.append(read_photo(tmp_path / f"{number}.png", 32).mean())
    assert means == sorted(means)


def test_eight_bits_are_read_as_eight(tmp_path):
    values = np.tile(np.arange(64, dtype=np.uint8), (64, 1))
    Image.fromarray(values).save(tmp_path / "grey.png")
    assert np.array_equal(read_photo(tmp_path / "grey.png", 64)[..., 0], values)


@pytest.mark.parametrize(
    ("lowest", "highest", "few"), [(0, 65535, False), (0, 4095, True), (7000, 9000, True), (20000, 50000, False)]
)
def test_a_folder_that_uses_a_small_part_of_its_range_is_told(photo_folder, lowest, highest, few):
    folder, rng = photo_folder({"cold": 4, "warm": 4}), np.random.default_rng(0)
    assert load_photos(folder, image_size=48).grey_range is None
    for path in folder.rglob("*.png"):
        values = rng.integers(lowest, highest + 1, (48, 48), dtype=np.uint16)
        values[0, :2] = lowest, highest
        Image.fromarray(values).save(path)
    photos = load_photos(folder, image_size=48)
    assert photos.grey_range == (round(lowest / 257), round(highest / 257))
    assert (photos.uses_few_greys, "few grey levels" in repr(photos)) == (few, few)
