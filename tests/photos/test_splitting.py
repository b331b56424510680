"""Which photo goes into which split."""

import itertools
import shutil
from collections import Counter

import pytest

from helpers import attach_head, evaluate, fit, load_photos
from helpers.judging.neighbours import Neighbours


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


@pytest.mark.parametrize(
    "split",
    [
        (0.5, 0.5),
        (0.5, 0.2, 0.2),
        (1.0, 0.0, 0.0),
        (0.0, 0.5, 0.5),
        (0, 1, 0),
        (0.5, 0, 0.5),
        (0, 0, 2),
        (0.9, 0.2, -0.1),
    ],
)
def test_fractions_that_make_no_sense_are_told(photo_folder, split):
    with pytest.raises(ValueError, match=r"three fractions|each fraction of split to be a number from 0 to 1"):
        load_photos(photo_folder({"daisy": 3, "tulips": 3}), split=split)


@pytest.mark.parametrize("limit", [0, -1, 2.5, "10"])
def test_a_limit_that_makes_no_sense_is_told(photo_folder, limit):
    with pytest.raises((TypeError, ValueError), match="per_class"):
        load_photos(photo_folder({"daisy": 3, "tulips": 3}), per_class=limit)


def test_a_whole_folder_may_be_for_testing(photo_folder):
    folder = photo_folder({"daisy": 7, "roses": 1, "tulips": 4})
    photos = load_photos(folder, image_size=32, split=(0, 0, 1))
    assert contents(photos.test) == {path.read_bytes() for path in folder.rglob("*.png")}
    assert (len(photos.train), len(photos.val), len(photos.test)) == (0, 0, 12)
    assert photos.test.images().shape == (12, 32, 32, 3)
    again = eval(photos.loading, {"load_photos": load_photos})
    assert again.fingerprint == photos.fingerprint
    assert len(photos.with_per_class(1).train) == 0


def test_a_divided_folder_is_not_for_testing_as_a_whole(photo_folder, tmp_path):
    for part in ("train", "test"):
        (tmp_path / "divided" / part).mkdir(parents=True)
    for name in photo_folder({"daisy": 8, "tulips": 8}).iterdir():
        if name.name != "divided":
            files = sorted(name.iterdir())
            for part, some in (("train", files[:4]), ("test", files[4:])):
                (tmp_path / "divided" / part / name.name).mkdir()
                for file in some:
                    shutil.move(file, tmp_path / "divided" / part / name.name)
    with pytest.raises(ValueError, match="Expected no split for a folder that is divided into train, test"):
        load_photos(tmp_path / "divided", image_size=32, split=(0, 0, 1))


def test_photos_for_testing_alone_cannot_be_trained_on(photo_folder, mobilenet):
    photos = load_photos(photo_folder({"daisy": 4, "tulips": 4}), image_size=32, split=(0, 0, 1))
    model = attach_head(mobilenet, classes=2)
    assert len(evaluate(model, photos.test).split) == 8
    with pytest.raises(ValueError, match=r"Expected photos to train on and to validate on.*0 train"):
        fit(model, photos, epochs=1)
    with pytest.raises(ValueError, match=r"Expected the photos that the model was trained on.*0 train"):
        Neighbours(model, photos)
