"""Exercises of lesson 1: leaks, splits and views."""

import tempfile
from pathlib import Path

import numpy as np

from helpers.exercises.picture_files import PictureFiles
from helpers.exercises.problem import Problem
from helpers.exercises.running import AnswerError, run_on
from helpers.exercises.values import array_in, parts_of, rows_in, whole_in
from helpers.exercises.view import Question

_PARTS = "two lists of row numbers: those to train on, and those to test on"


def finds_leaks(function) -> str | None:
    """Return what is wrong with a function that should count the files in one list whose content is also in another."""
    with tempfile.TemporaryDirectory() as folder:
        files = PictureFiles(Path(folder))
        first = [files.draw(f"train/{name}.bmp", number) for number, name in enumerate("abcd")]
        train = [first[0], files.copy(first[2], "train/again.bmp"), *first[1:]]
        cases = (
            (first, [files.draw("test/a.bmp", 10), files.draw("test/b.bmp", 11)], 0, "only file names are shared"),
            (first, [files.copy(first[1], "test/c.bmp"), files.draw("test/d.bmp", 12)], 1, "one has a new name"),
            (
                first,
                [files.mirror(first[0], "test/e.bmp"), files.edit(first[1], "test/f.bmp")],
                0,
                "files have the same size and nearly the same bytes, but not all",
            ),
            (first, [files.copy(first[0], f"test/{name}.bmp") for name in "ghi"], 3, "three files have one twin"),
            (train, [files.copy(first[2], "test/j.bmp"), files.draw("test/k.bmp", 13)], 1, "one file has two twins"),
            (train, [files.copy(path, f"test/new/{path.name}") for path in first], 4, "all four have a twin"),
        )
        for paths, test, expected, why in cases:
            found = whole_in(run_on(function, list(paths), list(test)), "a whole number of test files")
            if found != expected:
                return (
                    f"Given {len(paths)} training files and {len(test)} test files, of which {expected} have a twin "
                    f"({why}), your function returned {found}."
                )
    return None


q1 = Question(
    Problem(
        "q1",
        "Write a function that takes two lists of paths and counts the files in the second with a copy in the first.",
        finds_leaks,
        "Names and sizes don't fool it: it compares contents.",
        (
            "File names say nothing. Two files are the same if their bytes are the same.",
            "path.read_bytes() returns the bytes; a set remembers what it has seen.",
            "Make a set of the contents of all training files, and count the test files whose content is in it.",
        ),
        """
def answer(train_paths, test_paths):
    known = {path.read_bytes() for path in train_paths}
    return sum(path.read_bytes() in known for path in test_paths)
""",
    )
)


def splits_fairly(function) -> str | None:
    """Return what is wrong with a function that should split labels into four fifths and one fifth, class by class."""
    counts = {0: 50, 1: 20, 2: 10, 3: 35, 4: 5, 5: 25}
    labels = np.random.default_rng(4).permutation(np.repeat(list(counts), list(counts.values())))
    train, test = _split_of(function, labels, 0)
    if set(train) & set(test):
        return f"{len(set(train) & set(test))} photos are in both parts: a leak."
    if sorted([*train, *test]) != list(range(len(labels))):
        return "Every photo should be in exactly one part. Some are missing, counted twice, or not there at all."
    if len(train) < len(test):
        return f"{len(train)} rows are to train on and {len(test)} to test on. Return the training rows first."
    for label, count in counts.items():
        tested = int((labels[test] == label).sum())
        if tested != count // 5:
            return (
                f"Class {label}: {tested} of {count} photos are for testing. Expected: {count // 5}, one fifth. "
                "Split each class separately; the labels come in any order."
            )
    return _seed_fault(function, labels, np.sort(test))


def _split_of(function, labels: np.ndarray, seed: int) -> list[np.ndarray]:
    found = run_on(function, labels.copy(), seed)
    return [rows_in(part, _PARTS) for part in parts_of(found, 2, _PARTS)]


def _seed_fault(function, labels: np.ndarray, test: np.ndarray) -> str | None:
    if not np.array_equal(np.sort(_split_of(function, labels, 0)[1]), test):
        return "The same seed should give the same split. Yours differs from call to call."
    return _unchanging_class(function, labels, test) or _pattern(function, labels)


def _unchanging_class(function, labels: np.ndarray, test: np.ndarray) -> str | None:
    others = [set(_split_of(function, labels, seed)[1]) for seed in (1, 2, 3)]
    for label in (0, 1, 3, 5):  # in the smaller classes two seeds may well agree
        if all({row for row in other if labels[row] == label} == set(test[labels[test] == label]) for other in others):
            return (
                f"Another seed should give another split, but in class {label} yours stays the same. "
                "Shuffle every class with np.random.default_rng(seed)."
            )
    return None


def _pattern(function, labels: np.ndarray) -> str | None:
    """Return what is wrong where the test photos of a class always stand in a row, or at even distances."""
    ranks = np.cumsum(labels == 0) - 1  # a photo's place among those of its class
    tests = [np.sort(_split_of(function, labels, seed)[1]) for seed in range(12)]
    places = [ranks[test[labels[test] == 0]] for test in tests]
    if len({tuple(each) for each in places}) < 11:  # of ten thousand million splits, shuffling hardly repeats one
        return "Twelve seeds gave hardly more than a few different splits. Shuffle every class, don't just shift it."
    commonest = [np.bincount(np.diff(each)).max() for each in places]
    if np.mean(commonest) > 5:  # of nine distances; about 3 if chance decides
        return (
            "The photos for testing stand in a pattern: in a row, or at even distances. Photos of one walk often "
            "stand in a row, too. Shuffle every class with np.random.default_rng(seed)."
        )
    return None


q2 = Question(
    Problem(
        "q2",
        "Write a function that takes labels and a seed, and returns the rows to train on and the rows to test on, a "
        "fifth of each class.",
        splits_fairly,
        "Each class is split in the same way, nothing is in both parts, and the seed decides.",
        (
            "Go through the classes one by one.",
            "np.flatnonzero(labels == label) gives the photos of a class; rng.permutation shuffles them.",
            "The first fifth of the shuffled indices goes into the test set, the rest into the training set.",
        ),
        """
def answer(labels, seed):
    rng, train, test = np.random.default_rng(seed), [], []
    for label in np.unique(labels):
        rows = rng.permutation(np.flatnonzero(labels == label))
        test += list(rows[: len(rows) // 5])
        train += list(rows[len(rows) // 5 :])
    return train, test
""",
    )
)


def mirrors_some(function) -> str | None:
    """Return what is wrong with a function that should mirror a random half of the photos left to right."""
    rng = np.random.default_rng(0)
    few = rng.integers(0, 256, (37, 5, 9, 3), dtype=np.uint8)
    photos = rng.integers(0, 256, (400, 4, 6, 3), dtype=np.uint8)
    _mirrored_by(function, few, 0)
    first = _mirrored_by(function, photos, 1)
    share = first.mean()
    if not 0.4 <= share <= 0.6:
        return f"{first.sum()} of {len(photos)} photos are mirrored, {share:.0%}. About half should be, at random."
    if not np.array_equal(_mirrored_by(function, photos, 1), first):
        return "Two generators with one seed gave different photos. Let only the generator `rng` decide."
    if all(np.array_equal(_mirrored_by(function, photos, seed), first) for seed in (2, 3)):
        return "The same photos are mirrored whatever the generator. Let `rng` choose them, such as by rng.random."
    return None


def _mirrored_by(function, photos: np.ndarray, seed: int) -> np.ndarray:
    """Return which photos a function mirrored; raise `AnswerError` if it did anything else."""
    found = run_on(function, photos.copy(), np.random.default_rng(seed))
    views = array_in(found, "an array of photos", photos.shape)
    same = np.array([np.array_equal(new, old) for new, old in zip(views, photos, strict=True)])
    mirrored = np.array([np.array_equal(new, old[:, ::-1]) for new, old in zip(views, photos, strict=True)])
    if any(np.array_equal(new, old[::-1]) for new, old in zip(views, photos, strict=True)):
        raise AnswerError(
            "Some photos are upside down. Flowers seldom are: mirror left to right, along a photo's second axis."
        )
    if not np.all(same | mirrored):
        raise AnswerError("Each photo should be either unchanged or mirrored left to right. Some are neither.")
    return mirrored


q3 = Question(
    Problem(
        "q3",
        "Write a function that takes photos (n, height, width, 3) and a random generator, and mirrors about half.",
        mirrors_some,
        "New views, the same answers, and the original photos unchanged.",
        (
            "photo[:, ::-1] is the photo mirrored left to right.",
            "rng.random(len(photos)) < 0.5 chooses about half.",
            "Copy the photos, and replace the chosen ones with photos[chosen][:, :, ::-1].",
        ),
        """
def answer(photos, rng):
    views = photos.copy()
    chosen = rng.random(len(photos)) < 0.5
    views[chosen] = photos[chosen][:, :, ::-1]
    return views
""",
    )
)
