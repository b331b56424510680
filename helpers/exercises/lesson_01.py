"""Exercises of lesson 1: leaks, splits and views."""

import tempfile
from pathlib import Path

import numpy as np

from helpers.exercises.problem import Problem, equals, expecting, run_on
from helpers.exercises.view import Question


def finds_leaks(function) -> str | None:
    """Return what is wrong with a function that should count the files in one list whose content is also in another."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        def file(path: str, content: bytes) -> Path:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
            return folder / path

        train = [file("train/a.jpg", b"rose"), file("train/b.jpg", b"tulip"), file("train/c.jpg", b"daisy")]
        clean = [file("test/a.jpg", b"another"), file("test/d.jpg", b"one more")]
        renamed = [file("test/z.jpg", b"rose"), file("test/e.jpg", b"new")]
        same_size = [file("test/f.jpg", b"lily"), file("test/g.jpg", b"ivy-2")]
        twice = [file("test/h.jpg", b"tulip"), file("test/i.jpg", b"daisy")]
        cases = (
            (clean, 0, "no content is shared, though a file name is"),
            (renamed, 1, "one photo is in both under different names"),
            (same_size, 0, "files have the same number of bytes but different content"),
            (twice, 2, "two photos are in both"),
        )
        for test, expected, why in cases:
            found = run_on(function, list(train), list(test))
            if not equals(found, expected):
                return f"Where {why}, your function returned {found!r}. Expected: {expected}."
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
    labels = np.array([0] * 50 + [1] * 20 + [2] * 10)
    found = run_on(function, labels.copy(), 0)
    with expecting("Expected two lists of indices: those to train on, and those to test on."):
        train, test = (np.asarray(part, dtype=int).ravel() for part in found)
    if set(train) & set(test):
        return "Some photos are in both parts: a leak."
    if sorted([*train, *test]) != list(range(len(labels))):
        return "Every photo should be in exactly one part. Some are missing or counted twice."
    for label, count in ((0, 10), (1, 4), (2, 2)):
        if (labels[test] == label).sum() != count:
            return (
                f"Class {label}: {(labels[test] == label).sum()} of {(labels == label).sum()} photos are for testing. "
                f"Expected: {count}, one fifth. Split each class separately."
            )
    with expecting("Expected two lists of indices for each seed."):
        again, other = (np.sort(run_on(function, labels.copy(), seed)[1]) for seed in (0, 1))
    if not np.array_equal(again, np.sort(test)):
        return "The same seed should give the same split. Yours differs from call to call."
    if np.array_equal(other, np.sort(test)):
        return "A different seed should give a different split. Shuffle with np.random.default_rng(seed)."
    return None


q2 = Question(
    Problem(
        "q2",
        "Write a function that takes labels and a seed: rows to train on, and a fifth of each class to test on.",
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
    photos = np.random.default_rng(0).integers(0, 256, (64, 8, 8, 3), dtype=np.uint8)
    given = photos.copy()
    found = run_on(function, given, np.random.default_rng(1))
    if not isinstance(found, np.ndarray) or found.shape != photos.shape:
        shape = getattr(found, "shape", type(found).__name__)
        return f"Expected an array of shape {photos.shape}. Your function returned {shape}."
    if not np.array_equal(given, photos):
        return "Your function changes the photos it is given. Work on a copy."
    same = [np.array_equal(new, old) for new, old in zip(found, photos, strict=True)]
    mirrored = [np.array_equal(new, old[:, ::-1]) for new, old in zip(found, photos, strict=True)]
    if any(np.array_equal(new, old[::-1]) for new, old in zip(found, photos, strict=True)):
        return "Some photos are upside down. Flowers seldom are: mirror left to right, along a photo's second axis."
    if not all(one or other for one, other in zip(same, mirrored, strict=True)):
        return "Each photo should be either unchanged or mirrored. Some are neither."
    if not 16 <= sum(mirrored) <= 48:
        return f"{sum(mirrored)} of 64 photos are mirrored. About half should be, at random."
    return None


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
