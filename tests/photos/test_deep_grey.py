"""16-bit grey as microscopes and thermal cameras write it: read by the file's depth, whatever values are used."""

import numpy as np
import pytest
from PIL import Image

from helpers import read_photo


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
