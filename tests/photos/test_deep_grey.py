"""16-bit grey as microscopes and thermal cameras write it: read by the file's depth, whatever values are used."""

import numpy as np
import pytest
from PIL import Image

from helpers import config, load_photos, read_photo


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


@pytest.fixture
def thermal(photo_folder):
    """Return a folder of 16-bit grey pictures with values from 7,000 to 9,000, and one in 8 bits."""
    folder, rng = photo_folder({"cold": 5, "warm": 5}), np.random.default_rng(0)
    eight = folder / "warm" / "warm_004.png"
    for path in set(folder.rglob("*.png")) - {eight}:
        lowest, highest = (7000, 8500) if path.parent.name == "cold" else (7500, 9000)
        values = rng.integers(lowest, highest + 1, (48, 48), dtype=np.uint16)
        values[0, :2] = lowest, highest
        Image.fromarray(values).save(path)
    return folder


def stretched(path, black: int, white: int) -> np.ndarray:
    picture = Image.open(path)
    values = np.asarray(picture).astype(float)
    if picture.mode == "RGB":
        return values
    grey = np.clip((values - black) / (white - black) * 255, 0, 255).round()
    return np.repeat(grey[..., None], 3, axis=2)


@pytest.mark.parametrize(("asked", "used"), [(True, (7000, 9000)), ((6000, 8000), (6000, 8000))])
@pytest.mark.parametrize("kept", [True, False])
def test_a_folder_is_stretched_by_one_rule(thermal, monkeypatch, asked, used, kept):
    if not kept:
        monkeypatch.setattr(config, "IMAGES_IN_MEMORY", 0)
    photos = load_photos(thermal, image_size=48, stretch=asked)
    assert photos.stretch == used
    assert photos.train.in_memory == kept
    for split in (photos.train, photos.val, photos.test):
        for path, image in zip(split.paths, split.images(), strict=True):
            expected = stretched(path, *used)
            assert np.abs(image - expected).max() <= 1  # in float32, a half may be rounded up or down
            assert np.array_equal(image, read_photo(path, 48, stretch=used))
    assert not photos.uses_few_greys
    assert not photos.with_per_class(1).uses_few_greys
    assert np.array_equal(photos.with_per_class(1).train.images()[0], read_photo(photos.train.paths[0], 48, used))


def test_stretched_photos_are_other_photos(thermal):
    plain, wide, own = (load_photos(thermal, image_size=48, stretch=each) for each in (False, (0, 9000), True))
    prints = {each.train.fingerprint for each in (plain, wide, own)} | {plain.fingerprint, wide.fingerprint}
    assert len(prints) == 5
    assert plain.uses_few_greys
    assert plain.stretch is None
    assert "stretch=" not in plain.loading
    assert own.loading.endswith("stretch=(7000, 9000))")
    again = eval(own.loading, {"load_photos": load_photos})
    assert again.fingerprint == own.fingerprint


def test_large_pictures_are_stretched_as_well(tmp_path):
    values = np.tile(np.linspace(7000, 9000, 2400).round().astype(np.uint16), (2400, 1))
    Image.fromarray(values).save(tmp_path / "large.png")
    image = read_photo(tmp_path / "large.png", 32, stretch=(7000, 9000))
    assert image[..., 0].min() < 6 < 249 < image[..., 0].max()
    assert np.abs(image[5, :, 0] - np.linspace(4, 251, 32)).max() < 3


def test_eight_bits_are_not_stretched(photo_folder):
    folder = photo_folder({"one": 4, "other": 4})
    plain, asked = load_photos(folder, image_size=48), load_photos(folder, image_size=48, stretch=True)
    assert asked.stretch is None
    assert asked.fingerprint == plain.fingerprint


@pytest.mark.parametrize(
    "wrong", [(9000, 7000), (0, 65536), (-32769, 5), (5, 5), (1, 2, 3), 4095, "yes", (0.5, 9.5), None]
)
def test_a_wrong_range_is_told(thermal, wrong):
    with pytest.raises(ValueError, match=r"stretch.*16-bit grey.*\(0, 4095\)"):
        load_photos(thermal, image_size=48, stretch=wrong)
