"""Exercises of lesson 7: reading off what a method needs, and telling luck from gain."""

import math

import numpy as np

from helpers.exercises.problem import Problem, run_on
from helpers.exercises.view import Question


def reads_off_photos(function) -> str | None:
    """Return what is wrong with a function that should name the fewest photos that reach a target, or None."""
    counts, accuracies = [5, 10, 20, 50], [0.30, 0.42, 0.40, 0.55]
    cases = (
        (0.40, 10, "10 photos already reach 0.40, though 20 did a little worse"),
        (0.42, 10, "10 photos reach exactly 0.42, and reaching it is enough"),
        (0.50, 50, "only 50 photos reach 0.50"),
        (0.20, 5, "the fewest photos already do"),
        (0.90, None, "nothing that was measured reaches 0.90: say None, do not guess"),
    )
    for target, expected, why in cases:
        found, fault = run_on(function, target, list(counts), list(accuracies))
        if fault:
            return fault
        if found != expected or isinstance(found, bool):
            return f"For {target} with {counts} photos at {accuracies}: {why}. Your function says {found!r}."
    shuffled, fault = run_on(function, 0.40, [50, 5, 20, 10], [0.55, 0.30, 0.40, 0.42])
    if fault:
        return fault
    if shuffled != 10:
        return "The numbers of photos may come in any order. Sort them, or take the smallest that reaches the target."
    return None


q1 = Question(
    Problem(
        "q1",
        "Write a function that takes a target, photo counts and accuracies: the fewest photos that reach it, or None.",
        reads_off_photos,
        "That is how the data dial reads off what pre-training is worth, but for the line between the points.",
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
        found, fault = run_on(function, list(values))
        if fault:
            return fault
        try:
            mean, low, high = (float(each) for each in found)
        except (TypeError, ValueError):
            return "Three numbers were expected: the mean, the lowest and the highest."
        if not math.isclose(mean, float(np.mean(values))):
            middle = ", that is the median" if math.isclose(mean, float(np.median(values))) else ""
            best = (
                ", that is the best seed: an honest report does not choose" if math.isclose(mean, max(values)) else ""
            )
            return f"The mean of {values} is {np.mean(values):.3f}. Your function says {mean:.3f}{best or middle}."
        if (low, high) != (min(values), max(values)):
            return f"The band of {values} goes from {min(values)} to {max(values)}. Yours goes from {low} to {high}."
    return None


q2 = Question(
    Problem(
        "q2",
        "Write a function that takes the accuracies of several seeds: their mean, the lowest and the highest.",
        summarises_seeds,
        "A mean with its band. One seed alone is an anecdote.",
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
