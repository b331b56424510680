"""Exercises of lesson 1: leaks, splits and views."""

import tempfile
from pathlib import Path

import numpy as np

from helpers.exercises.problem import Problem, run_on
from helpers.exercises.view import Question


def finds_leaks(function) -> str | None:
    """Return what is wrong with a function that should count the files of one list whose content is also in another."""
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
            (same_size, 0, "files have the same number of bytes and different content"),
            (twice, 2, "two photos are in both"),
        )
        for test, expected, why in cases:
            found, fault = run_on(function, list(train), list(test))
            if fault:
                return fault
            if found != expected or isinstance(found, bool):
                return f"Where {why}, your function says {found!r}. Expected: {expected}."
    return None


q1 = Question(
    Problem(
        "q1",
        "Write a function that takes two lists of paths and counts the files of the second with a twin in the first.",
        finds_leaks,
        "File names and sizes do not deceive it: it looks at contents.",
        (
            "File names say nothing. Two files are the same if their bytes are.",
            "path.read_bytes() gives the bytes; a set remembers what was seen.",
            "Make a set of all training contents, and count the test files whose content is in it.",
        ),
        """
def answer(train_paths, test_paths):
    known = {path.read_bytes() for path in train_paths}
    return sum(path.read_bytes() in known for path in test_paths)
""",
    )
)


def splits_fairly(function) -> str | None:
    """Return what is wrong with a function that should split labels by four fifths to one fifth, class by class."""
    labels = np.array([0] * 50 + [1] * 20 + [2] * 10)
    found, fault = run_on(function, labels.copy(), 0)
    if fault:
        return fault
    try:
        train, test = (np.asarray(part, dtype=int) for part in found)
    except (TypeError, ValueError):
        return "Two lists of indices were expected: those to train on, and those to test on."
    if set(train) & set(test):
        return "Some photos are in both parts: a leak."
    if sorted([*train, *test]) != list(range(len(labels))):
        return "Every photo should be in exactly one part. Some are missing, or counted twice."
    for label, count in ((0, 10), (1, 4), (2, 2)):
        if (labels[test] == label).sum() != count:
            return (
                f"Class {label}: {(labels[test] == label).sum()} of {(labels == label).sum()} photos are for testing. "
                f"Expected: {count}, a fifth. Split each class by itself."
            )
    again, _ = run_on(function, labels.copy(), 0)
    other, _ = run_on(function, labels.copy(), 1)
    if not np.array_equal(np.sort(np.asarray(again[1])), np.sort(test)):
        return "The same seed should give the same split. Yours differs from call to call."
    if np.array_equal(np.sort(np.asarray(other[1])), np.sort(test)):
        return "Another seed should give another split. Shuffle with np.random.default_rng(seed)."
    return None


q2 = Question(
    Problem(
        "q2",
        "Write a function that takes labels and a seed, and returns rows to train on and a fifth a class to test on.",
        splits_fairly,
        "Each class is divided alike, nothing is in both, and the seed decides.",
        (
            "Go through the classes one by one.",
            "np.flatnonzero(labels == label) are the photos of a class; rng.permutation shuffles them.",
            "The first fifth of the shuffled indices goes to the test, the rest to training.",
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
    """Return what is wrong with a function that should mirror a random half of some photos, left to right."""
    photos = np.random.default_rng(0).integers(0, 256, (64, 8, 8, 3), dtype=np.uint8)
    given = photos.copy()
    found, fault = run_on(function, given, np.random.default_rng(1))
    if fault:
        return fault
    if not isinstance(found, np.ndarray) or found.shape != photos.shape:
        shape = getattr(found, "shape", type(found).__name__)
        return f"An array of shape {photos.shape} was expected. Your function returns {shape}."
    if not np.array_equal(given, photos):
        return "Your function changes the photos that it is given. Work on a copy."
    same = [np.array_equal(new, old) for new, old in zip(found, photos, strict=True)]
    mirrored = [np.array_equal(new, old[:, ::-1]) for new, old in zip(found, photos, strict=True)]
    if any(np.array_equal(new, old[::-1]) for new, old in zip(found, photos, strict=True)):
        return "Some photos stand on their heads. Flowers seldom do: mirror left to right, the second axis of a photo."
    if not all(one or other for one, other in zip(same, mirrored, strict=True)):
        return "Each photo should be either as it was or mirrored. Some are neither."
    if not 16 <= sum(mirrored) <= 48:
        return f"{sum(mirrored)} of 64 photos are mirrored. About half should be, at random."
    return None


q3 = Question(
    Problem(
        "q3",
        "Write a function that takes photos (n, height, width, 3) and a random generator, and mirrors about half.",
        mirrors_some,
        "New views, the same answers, and the photos themselves untouched.",
        (
            "photo[:, ::-1] is the photo mirrored left to right.",
            "rng.random(len(photos)) < 0.5 chooses about half.",
            "Copy the photos, and replace the chosen ones by photos[chosen][:, :, ::-1].",
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
