"""Splits, batches and photos: the same whether they are kept in memory or read again."""

import numpy as np
import pytest

from helpers import config, load_flowers, load_photos
from helpers.photos.split import count_by_class


@pytest.fixture
def photos(photo_folder):
    return load_photos(photo_folder({"daisy": 12, "tulips": 9}), image_size=32)


def test_a_set_too_large_for_memory_is_read_again_and_gives_the_same(photo_folder, photos, monkeypatch):
    monkeypatch.setattr(config, "IMAGES_IN_MEMORY", 1000)
    streamed = load_photos(photos.train.paths[0].parents[1], image_size=32)
    assert photos.train.in_memory
    assert not streamed.train.in_memory
    assert streamed.fingerprint == photos.fingerprint
    assert np.array_equal(streamed.train.images(), photos.train.images())
    assert np.array_equal(streamed.val.images([1, 0]), photos.val.images([1, 0]))
    for one, other in zip(streamed.train.batches(4, True, 3), photos.train.batches(4, True, 3), strict=True):
        assert np.array_equal(one[0], other[0])
        assert np.array_equal(one[1], other[1])


def test_a_photo_taken_away_after_loading_is_told(photos, photo_folder, monkeypatch):
    monkeypatch.setattr(config, "IMAGES_IN_MEMORY", 0)
    streamed = load_photos(photos.train.paths[0].parents[1], image_size=32)
    streamed.train.paths[0].unlink()
    with pytest.raises(ValueError, match="Load the photos again"):
        streamed.train.images()


def test_a_photo_replaced_after_loading_is_told(photos, monkeypatch):
    monkeypatch.setattr(config, "IMAGES_IN_MEMORY", 0)
    streamed = load_photos(photos.train.paths[0].parents[1], image_size=32)
    first, second = streamed.train.paths[:2]
    first.write_bytes(second.read_bytes())
    for read in (
        streamed.train.images,
        lambda: streamed.train.images([0]),
        lambda: next(iter(streamed.train.batches())),
    ):
        with pytest.raises(ValueError, match=rf"read '{first.name}' again.*changed in between.*Load the photos again"):
            read()
    assert streamed.train.images([1]).shape == (1, 32, 32, 3)


def test_batches_without_a_seed_keep_the_order(photos):
    batches = list(photos.train.batches(5))
    assert [len(images) for images, _ in batches] == [5, 5, 3]
    assert np.array_equal(np.concatenate([images for images, _ in batches]), photos.train.images())
    assert np.array_equal(np.concatenate([labels for _, labels in batches]), photos.train.labels)
    assert len(photos.train.batches(5)) == len(batches)


def test_each_pass_shuffles_anew_and_the_seed_repeats_it(photos):
    first, again = photos.train.batches(4, seed=1), photos.train.batches(4, seed=1)
    passes = [[np.concatenate([images for images, _ in batches]) for _ in range(2)] for batches in (first, again)]
    assert np.array_equal(passes[0][0], passes[1][0])
    assert np.array_equal(passes[0][1], passes[1][1])
    assert not np.array_equal(passes[0][0], passes[0][1])
    assert sorted(map(bytes, passes[0][0])) == sorted(map(bytes, photos.train.images()))


def test_shuffled_labels_stay_with_their_photos(photos):
    label_of = {bytes(image): label for image, label in zip(photos.train.images(), photos.train.labels, strict=True)}
    for images, labels in photos.train.batches(4, seed=2):
        assert [label_of[bytes(image)] for image in images] == list(labels)


def test_augmented_passes_differ(photos):
    batches = photos.train.batches(4, augment=True)
    first, second = (np.concatenate([images for images, _ in batches]) for _ in range(2))
    assert not np.array_equal(first, second)


@pytest.mark.parametrize("size", [0, -1, 1.5, "8"])
def test_a_wrong_batch_size_is_told(photos, size):
    with pytest.raises(ValueError, match="batch_size"):
        photos.train.batches(size)


def test_the_fingerprint_follows_photos_labels_size_and_selection(photos, photo_folder):
    folder = photos.train.paths[0].parents[1]
    prints = {
        photos.fingerprint,
        load_photos(folder, image_size=48).fingerprint,
        load_photos(folder, image_size=32, seed=1).fingerprint,
        load_photos(folder, image_size=32, per_class=2).fingerprint,
    }
    (folder / "daisy").rename(folder / "ox-eye")
    prints.add(load_photos(folder, image_size=32).fingerprint)
    assert len(prints) == 5


def test_counts(photos):
    assert count_by_class(photos.train) == {"daisy": 8, "tulips": 5}
    assert "val: 4 photos of 2 classes" in repr(photos.val)
    assert "13 train, 4 val, 4 test" in repr(photos)


def test_the_bundled_flowers_load_and_carry_their_licence():
    photos = load_flowers("bundled", image_size=32)
    assert len(photos.class_names) == 5
    assert set(count_by_class(photos.train).values()) == {len(photos.train) // 5}
    assert photos.licence.name == "Apache-2.0"
    assert photos.source == "bundled"
    assert photos.skipped == ()


def test_an_own_folder_in_place_of_the_flowers(photos):
    folder = photos.train.paths[0].parents[1]
    own = load_flowers(folder, image_size=32)
    assert own.fingerprint == photos.fingerprint
    assert own.source == "own folder"
