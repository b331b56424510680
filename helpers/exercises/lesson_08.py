"""Exercises of lesson 8: letting a model say "none of these", and preparing a photo as in training."""

import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from helpers.exercises.problem import Problem, run_on
from helpers.exercises.view import Question
from helpers.photos.photo import read_photo


def lets_the_share_through(function) -> str | None:
    """Return what is wrong with a function that finds the distance within which a share of known photos lie."""
    rng = np.random.default_rng(0)
    for distances in (rng.gamma(2, 0.1, 200), 10 * rng.random(400), rng.permutation(np.linspace(0.2, 0.9, 101))):
        for share in (0.5, 0.9, 0.95):
            limit, fault = run_on(function, distances.copy(), share)
            if fault:
                return fault
            try:
                limit = float(limit)
            except (TypeError, ValueError):
                return f"One number was expected, the limit. Your function returns {type(limit).__name__}."
            passed = float((distances <= limit).mean())
            if abs(passed - share) > 1.5 / len(distances) + 1e-9:
                return f"With your limit, {passed:.0%} of the known photos pass. Wanted: {share:.0%}."
    return None


q1 = Question(
    Problem(
        "q1",
        "Write a function that takes the distances of known photos and a share, and returns the limit within which "
        "that share of them lies.",
        lets_the_share_through,
        "The limit comes from photos that you know, not from a guess.",
        (
            "Sort the distances. How far along the row does the limit lie?",
            "np.quantile(distances, share) is that place.",
        ),
        """
def answer(distances, share):
    return np.quantile(distances, share)
""",
    )
)


def answers_or_keeps_silent(function) -> str | None:
    """Return what is wrong with a function that names a class, says "not sure", or says "none of these"."""
    names = ["daisy", "roses", "tulips"]
    cases = (
        ([0.1, 0.85, 0.05], 0.2, "roses", "it is near and sure"),
        ([0.1, 0.05, 0.85], 0.2, "tulips", "it is near and sure"),
        ([0.1, 0.85, 0.05], 0.7, "none of these", "it is sure, but lies beyond the limit of 0.5"),
        ([0.4, 0.35, 0.25], 0.2, "not sure", "it is near, but the likeliest has less than 0.6"),
        ([0.4, 0.35, 0.25], 0.7, "none of these", "it lies beyond the limit, so it does not matter how sure it is"),
        ([0.6, 0.3, 0.1], 0.5, "daisy", "exactly 0.6, exactly at the limit: both still count"),
    )
    for probabilities, distance, expected, why in cases:
        found, fault = run_on(function, np.array(probabilities), distance, 0.5, names)
        if fault:
            return fault
        if found != expected:
            told = f"With probabilities {probabilities} at distance {distance}"
            return f"{told}, {expected!r} was expected: {why}. Your function says {found!r}."
    return None


q2 = Question(
    Problem(
        "q2",
        'Write a function (probabilities, distance, limit, names) that returns a name, "not sure" (below 0.6), or '
        '"none of these" (beyond the limit).',
        answers_or_keeps_silent,
        "Your app may keep silent, and knows two reasons for it.",
        (
            "Which question comes first: is it anything I know, or which of those I know?",
            'If distance > limit, return "none of these", whatever the probabilities say.',
            'If probabilities.max() < 0.6, return "not sure"; else names[probabilities.argmax()].',
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
            found, fault = run_on(function, path, 64)
            if fault:
                return fault
            found, wanted = np.asarray(found), read_photo(path, 64)
            if found.shape != wanted.shape:
                return f"An array of shape {wanted.shape} was expected. Your function returns {found.shape}."
            if found.max() <= 1.001:
                return "Your numbers lie between 0 and 1. The network rescales by itself, and wants 0 to 255."
            apart = np.abs(found.astype(float) - wanted).mean()
            if apart > 4:
                return f"A {name} photo comes out {apart:.0f} of 255 apart from what training saw. Cut, do not stretch."
    return None


q3 = Question(
    Problem(
        "q3",
        "Write a function that takes a path and an image size, and returns the photo just as the training photos were "
        "prepared.",
        prepares_like_training,
        "What the network is asked about looks like what it learned from.",
        (
            "Resizing a wide photo straight to a square stretches it. The training photos were not stretched.",
            "The short side is resized, and the middle is cut out.",
            "read_photo(path, image_size) is what load_photos uses itself.",
        ),
        """
def answer(path, image_size):
    return read_photo(path, image_size)
""",
    )
)
