"""Exercises of lesson 8: letting a model say "none of these", and preparing a photo as in training."""

import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from helpers.exercises.problem import Problem, equals, expecting, run_on
from helpers.exercises.view import Question
from helpers.photos.photo import read_photo


def lets_the_share_through(function) -> str | None:
    """Return what is wrong with a function that finds the distance within which a share of known photos lie."""
    rng = np.random.default_rng(0)
    for distances in (rng.gamma(2, 0.1, 200), 10 * rng.random(400), rng.permutation(np.linspace(0.2, 0.9, 101))):
        for share in (0.5, 0.9, 0.95):
            limit = run_on(function, distances.copy(), share)
            with expecting(f"Expected one number, the limit. Your function returned {type(limit).__name__}."):
                limit = float(limit)
            passed = float((distances <= limit).mean())
            if abs(passed - share) > 1.5 / len(distances) + 1e-9:
                return f"With your limit, {passed:.0%} of the known photos pass. Expected: {share:.0%}."
    return None


q1 = Question(
    Problem(
        "q1",
        "Write a function that takes the distances of known photos and a share, and returns the limit within which "
        "that share of them lies.",
        lets_the_share_through,
        "The limit comes from known photos, not from a guess.",
        (
            "Sort the distances. How far along the sorted list is the limit?",
            "np.quantile(distances, share) is the value there.",
        ),
        """
def answer(distances, share):
    return np.quantile(distances, share)
""",
    )
)


def answers_or_abstains(function) -> str | None:
    """Return what is wrong with a function that names a class, says "not sure", or says "none of these"."""
    names = ["daisy", "roses", "tulips"]
    cases = (
        ([0.1, 0.85, 0.05], 0.2, "roses", "it is near and sure"),
        ([0.1, 0.05, 0.85], 0.2, "tulips", "it is near and sure"),
        ([0.1, 0.85, 0.05], 0.7, "none of these", "it is sure, but beyond the limit of 0.5"),
        ([0.4, 0.35, 0.25], 0.2, "not sure", "it is near, but the likeliest class has less than 0.6"),
        ([0.4, 0.35, 0.25], 0.7, "none of these", "it is beyond the limit, so it doesn't matter how sure it is"),
        ([0.6, 0.3, 0.1], 0.5, "daisy", "exactly 0.6 and exactly at the limit are both enough"),
    )
    for probabilities, distance, expected, why in cases:
        found = run_on(function, np.array(probabilities), distance, 0.5, names)
        if not equals(found, expected):
            told = f"With probabilities {probabilities} at distance {distance}"
            return f"{told}, the answer is {expected!r}: {why}. Your function returned {found!r}."
    return None


q2 = Question(
    Problem(
        "q2",
        'Write a function (probabilities, distance, limit, names) that returns a name, "not sure" (below 0.6), or '
        '"none of these" (beyond the limit).',
        answers_or_abstains,
        "Your app can abstain, and for two different reasons.",
        (
            "Which question comes first: whether it is anything known, or which of the known classes it is?",
            'If distance > limit, return "none of these", whatever the probabilities say.',
            'If probabilities.max() < 0.6, return "not sure", otherwise names[probabilities.argmax()].',
        ),
        """
def answer(probabilities, distance, limit, names):
    if distance > limit:
        return "none of these"
    return names[probabilities.argmax()] if probabilities.max() >= 0.6 else "not sure"
""",
    )
)


def prepares_like_training(function) -> str | None:
    """Return what is wrong with a function that reads a photo for a model that was trained on `read_photo`'s."""
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        for name, (width, height) in (("wide", (160, 96)), ("tall", (80, 144))):
            path = Path(folder) / f"{name}.png"
            rough = rng.integers(0, 256, (6, 6, 3), dtype=np.uint8)
            Image.fromarray(rough).resize((width, height), Image.Resampling.BICUBIC).save(path)
            found = run_on(function, path, 64)
            with expecting("Expected an array of numbers, the photo's pixels."):
                found = np.asarray(found)
                pixels = found.astype(float)
            wanted = read_photo(path, 64)
            if found.shape != wanted.shape:
                return f"Expected an array of shape {wanted.shape}. Your function returned {found.shape}."
            if pixels.max() <= 1.001:
                return "Your numbers are between 0 and 1. The network rescales its input itself, and expects 0 to 255."
            apart = np.abs(pixels - wanted).mean()
            if apart > 4:
                return f"A {name} photo is off by {apart:.0f} of 255 on average. Crop it, don't stretch it."
    return None


q3 = Question(
    Problem(
        "q3",
        "Write a function that takes a path and an image size, and returns the photo just as the training photos were "
        "prepared.",
        prepares_like_training,
        "The network is asked about photos prepared like those it learned from.",
        (
            "Resizing a wide photo directly to a square distorts it. The training photos were not distorted.",
            "The short side is resized, and the middle is cropped.",
            "read_photo(path, image_size) is what load_photos uses itself.",
        ),
        """
def answer(path, image_size):
    return read_photo(path, image_size)
""",
    )
)
