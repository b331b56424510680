"""The patches that excite a channel most, against looking through every photo by brute force."""

import numpy as np
import pytest

from helpers import activations, config, load_base, load_flowers, strongest_patches
from helpers.judging import strongest_places
from helpers.judging.patches import box_holding
from tests.shared import needs_lite0


def everything(photos) -> tuple[np.ndarray, np.ndarray]:
    splits = (photos.train, photos.val, photos.test)
    return np.concatenate([s.images() for s in splits]), np.concatenate([s.labels for s in splits])


@pytest.mark.parametrize(("at", "channel"), [("block2b", 3), ("top", 17)])
def test_they_are_the_strongest_of_all(efficientnet, flowers, at, channel):
    images, labels = everything(flowers)
    maps = activations(efficientnet, images, at)[..., channel]
    peaks = maps.reshape(len(maps), -1).max(axis=1)
    found = strongest_patches(efficientnet, flowers, at, channel)
    np.testing.assert_allclose([patch.value for patch in found], np.sort(peaks)[::-1][:9], rtol=2e-3, atol=1e-3)
    assert len({patch.photo for patch in found}) == 9
    for patch in found:
        np.testing.assert_allclose(patch.value, peaks[patch.photo], rtol=2e-3, atol=1e-3)
        top, left, bottom, right = patch.box
        np.testing.assert_array_equal(patch.picture, images[patch.photo][top:bottom, left:right])
        assert patch.label == flowers.class_names[labels[patch.photo]]


def test_a_low_blocks_patch_holds_the_strongest_place(efficientnet, flowers):
    images, _ = everything(flowers)
    (patch,) = strongest_patches(efficientnet, flowers, "block1a", 5, n=1)
    top, left, bottom, right = patch.box
    rest = images[patch.photo].copy()
    rest[:top], rest[bottom:], rest[:, :left], rest[:, right:] = 0, 0, 0, 0
    alone = activations(efficientnet, rest, "block1a")[..., 5]
    # Squeeze and excite lets a trace of the rest through; the place itself stays the strongest or nearly so.
    assert alone.max() > 0.5 * patch.value


def test_a_high_blocks_patch_holds_most_of_the_gradient():
    weights = np.zeros((50, 40))
    weights[20:30, 5:15] = 1
    weights[0, 39] = 1  # one stray pixel
    assert box_holding(weights, 0.9) == (20, 5, 30, 15)
    rng = np.random.default_rng(0)
    for _ in range(20):
        weights = rng.exponential(size=(32, 32)) ** 3
        top, left, bottom, right = box_holding(weights, 0.9)
        assert weights[top:bottom, left:right].sum() >= 0.9 * weights.sum() * (1 - 1e-6)
        assert (bottom - top) * (right - left) < 32 * 32
    assert box_holding(np.zeros((3, 4)), 0.9) == (0, 0, 3, 4)


def test_a_channel_that_is_none_is_refused(efficientnet, flowers):
    with pytest.raises(ValueError, match="from 0 to 23"):
        strongest_patches(efficientnet, flowers, "block2b", 24)


@needs_lite0
def test_the_index_that_comes_with_the_course_fits_its_pictures_and_base():
    base, photos = load_base("EfficientNetLite0", image_size=128), load_flowers("bundled")
    assert config.STRONGEST.is_file()
    index = strongest_places.stored_index(base, photos)
    assert index is not None, "make it again: python -m helpers index"
    images = photos.train.images()
    peak = index.strongest["block3a"][4][0]
    if peak["photo"] < len(images):
        maps = activations(base, images[peak["photo"]], "block3a")[..., 4]
        assert np.unravel_index(maps.argmax(), maps.shape) == (peak["row"], peak["column"])
    assert all(
        len(places) == channels for places, channels in zip(index.strongest.values(), (32, 16, 24), strict=False)
    )


@pytest.fixture
def little(mobilenet, flowers, monkeypatch, tmp_path):
    """Return a base and a few photos whose index is quickly made; count how often it is."""
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path / "cache"))
    strongest_places._stored.cache_clear()
    made, index_strongest = [], strongest_places.index_strongest

    def counting(*given):
        made.append(1)
        return index_strongest(*given)

    monkeypatch.setattr(strongest_places, "index_strongest", counting)
    yield mobilenet, flowers, made
    strongest_places._stored.cache_clear()


def same(one, other) -> bool:
    return one.digest == other.digest and all(
        np.array_equal(one.strongest[name], other.strongest[name]) for name in one.strongest | other.strongest
    )


DAMAGES = [
    lambda data: b"",
    lambda data: data[: len(data) // 2],
    lambda data: data[:-30],
    lambda data: data[: len(data) // 2] + b"damaged" + data[len(data) // 2 + 7 :],
    lambda data: b"something else",
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_kept_index_that_is_damaged_is_made_again(little, tmp_path, damage):
    base, photos, made = little
    first = strongest_places.index_of(base, photos)
    assert same(strongest_places.index_of(base, photos), first)
    assert len(made) == 1
    (file,) = (tmp_path / "cache" / "strongest").iterdir()
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    assert same(strongest_places.index_of(base, photos), first)
    assert len(made) == 2
    assert same(strongest_places.index_of(base, photos), first)
    assert len(made) == 2, "the damaged file is still there"


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_index_of_the_course_is_told_in_a_sentence_and_made_again(little, tmp_path, monkeypatch, damage):
    base, photos, made = little
    file = tmp_path / "strongest_places.npz"
    file.write_bytes(damage(config.STRONGEST.read_bytes()))
    monkeypatch.setattr(config, "STRONGEST", file)
    with pytest.warns(
        UserWarning, match=r"Expected the course's index .* Received: a damaged file .*git checkout"
    ) as told:
        index = strongest_places.index_of(base, photos)
    assert len(told) == 1
    assert index.digest == strongest_places.index_digest(base, photos)
    strongest_places.index_of(base, photos)
    assert len(made) == 1, "told once, and measured once"


def test_an_index_is_stored_and_read_again(little, tmp_path, monkeypatch):
    base, photos, made = little
    monkeypatch.setattr(config, "STRONGEST", tmp_path / "results" / "strongest_places.npz")
    strongest_places.save_index(strongest_places.index_strongest(base, photos))
    stored = strongest_places.stored_index(base, photos)
    assert stored is not None
    assert same(strongest_places.index_of(base, photos), stored)
    assert len(made) == 1
    assert strongest_places.stored_index(base, photos.with_per_class(2)) is None
