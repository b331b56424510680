"""Which photo goes into which split."""

import itertools
import shutil
from collections import Counter

import pytest

from helpers import load_photos


def names(split) -> list[str]:
    return [path.name for path in split.paths]


def contents(split) -> set[bytes]:
    return {path.read_bytes() for path in split.paths}


def test_each_class_is_divided_in_the_same_proportions(photo_folder):
    photos = load_photos(photo_folder({"daisy": 20, "roses": 10, "tulips": 5}), image_size=32)
    counts = [Counter(path.parent.name for path in split.paths) for split in (photos.train, photos.val, photos.test)]
    assert counts == [
        {"daisy": 12, "roses": 6, "tulips": 3},
        {"daisy": 4, "roses": 2, "tulips": 1},
        {"daisy": 4, "roses": 2, "tulips": 1},
    ]


@pytest.mark.parametrize("seed", range(5))
def test_copies_never_stand_on_both_sides(photo_folder, seed):
    folder = photo_folder({"daisy": 12, "tulips": 12})
    for number in range(12):
        for copy in range(number % 4):
            shutil.copy(folder / "daisy" / f"daisy_{number:03d}.png", folder / "daisy" / f"copy_{number}_{copy}.png")
    photos = load_photos(folder, image_size=32, seed=seed)
    train, val, test = map(contents, (photos.train, photos.val, photos.test))
    assert not train & val
    assert not train & test
    assert not val & test
    assert sum(map(len, (photos.train, photos.val, photos.test))) == 24 + 18


def test_a_photo_keeps_its_split_when_it_is_renamed_or_moved(photo_folder, tmp_path_factory):
    folder = photo_folder({"daisy": 10, "tulips": 10})
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    for path in folder.rglob("*.png"):
        (elsewhere / path.parent.name).mkdir(exist_ok=True)
        shutil.copy(path, elsewhere / path.parent.name / f"z{hash(path.name) % 1000}_{path.name}")
    before, after = load_photos(folder, image_size=32), load_photos(elsewhere, image_size=32)
    assert contents(before.test) == contents(after.test)
    assert before.fingerprint == after.fingerprint


def test_the_seed_decides(photo_folder):
    folder = photo_folder({"daisy": 20, "tulips": 20})
    first, again, other = (load_photos(folder, image_size=32, seed=seed) for seed in (0, 0, 1))
    assert names(first.train) == names(again.train)
    assert set(names(first.test)) != set(names(other.test))


def test_small_training_sets_lie_inside_larger_ones_and_leave_the_rest_alone(photo_folder):
    folder = photo_folder({"daisy": 30, "tulips": 30})
    sets = [load_photos(folder, image_size=32, per_class=limit) for limit in (2, 5, 10, None)]
    assert [len(photos.train) for photos in sets] == [4, 10, 20, 36]
    for small, large in itertools.pairwise(sets):
        assert set(names(small.train)) < set(names(large.train))
        assert names(small.val) == names(large.val)
        assert names(small.test) == names(large.test)


def test_three_photos_a_class_are_enough_and_two_are_not(photo_folder):
    photos = load_photos(photo_folder({"daisy": 3, "tulips": 3}), image_size=32)
    assert [len(split) for split in (photos.train, photos.val, photos.test)] == [2, 2, 2]
    assert len(load_photos(photo_folder({"daisy": 3}), image_size=32, split=(0.5, 0.5, 0)).test) == 0


@pytest.mark.parametrize("split", [(0.5, 0.5), (0.5, 0.2, 0.2), (1.0, 0.0, 0.0), (0.0, 0.5, 0.5), (0.9, 0.2, -0.1)])
def test_fractions_that_make_no_sense_are_told(photo_folder, split):
    with pytest.raises(ValueError, match="three fractions"):
        load_photos(photo_folder({"daisy": 3, "tulips": 3}), split=split)


@pytest.mark.parametrize("limit", [0, -1, 2.5, "10"])
def test_a_limit_that_makes_no_sense_is_told(photo_folder, limit):
    with pytest.raises(ValueError, match="per_class"):
        load_photos(photo_folder({"daisy": 3, "tulips": 3}), per_class=limit)
