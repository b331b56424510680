"""Exercises of lesson 7: how many photos a method needs, and how seeds differ."""

import math

import numpy as np

from helpers.exercises.problem import Problem, equals, expecting, run_on
from helpers.exercises.view import Question


def reads_off_photos(function) -> str | None:
    """Return what is wrong with a function that should return the fewest photos that reach a target, or None."""
    counts, accuracies = [5, 10, 20, 50], [0.30, 0.42, 0.40, 0.55]
    cases = (
        (0.40, 10, "10 photos already reach 0.40, though 20 did slightly worse"),
        (0.42, 10, "10 photos reach exactly 0.42, and that is enough"),
        (0.50, 50, "only 50 photos reach 0.50"),
        (0.20, 5, "even the fewest photos reach 0.20"),
        (0.90, None, "nothing that was measured reaches 0.90, so return None"),
    )
    for target, expected, why in cases:
        found = run_on(function, target, list(counts), list(accuracies))
        if not equals(found, expected):
            return f"For {target} with {counts} photos at {accuracies}, {why}. Your function returned {found!r}."
    shuffled = run_on(function, 0.40, [50, 5, 20, 10], [0.55, 0.30, 0.40, 0.42])
    if not equals(shuffled, 10):
        return "The photo counts may come in any order. Sort them, or take the smallest that reaches the target."
    return None


q1 = Question(
    Problem(
        "q1",
        "Write a function that takes a target, photo counts and accuracies: the fewest photos that reach it, or None.",
        reads_off_photos,
        "The data dial does the same to find what pre-training is worth, and interpolates between the points.",
        (
            "Go through the pairs of count and accuracy.",
            "Keep the counts whose accuracy is at least the target.",
            "Return the min of those, or None if there are none.",
        ),
        """
def answer(target, counts, accuracies):
    enough = [count for count, accuracy in zip(counts, accuracies) if accuracy >= target]
    return min(enough, default=None)
""",
    )
)


def summarises_seeds(function) -> str | None:
    """Return what is wrong with a function that should return mean, lowest and highest of several seeds."""
    for values in ([0.5, 0.9, 0.6], [0.2], [0.9, 0.1, 0.2, 0.2]):
        found = run_on(function, list(values))
        with expecting("Expected three numbers: the mean, the lowest and the highest."):
            mean, low, high = (float(each) for each in found)
        if not math.isclose(mean, float(np.mean(values))):
            middle = ", which is the median" if math.isclose(mean, float(np.median(values))) else ""
            best = (
                ", which is the best seed: an honest report does not pick one"
                if math.isclose(mean, max(values))
                else ""
            )
            return f"The mean of {values} is {np.mean(values):.3f}. Your function returned {mean:.3f}{best or middle}."
        if (low, high) != (min(values), max(values)):
            return f"The range of {values} is {min(values)} to {max(values)}. Yours is {low} to {high}."
    return None


q2 = Question(
    Problem(
        "q2",
        "Write a function that takes the accuracies of several seeds and returns mean, lowest and highest.",
        summarises_seeds,
        "A mean with its range. One seed alone is an anecdote.",
        (
            "Python has min and max; NumPy has np.mean.",
            "Return three numbers, in this order: mean, lowest, highest.",
            "return np.mean(values), min(values), max(values)",
        ),
        """
def answer(values):
    return np.mean(values), min(values), max(values)
""",
    )
)
