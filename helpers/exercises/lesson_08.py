"""Exercises of lesson 8: how many photos a method needs, and how seeds differ."""

import numpy as np

from helpers.exercises.problem import Problem
from helpers.exercises.running import run_on
from helpers.exercises.values import close, mistake, numbers_in, told_apart, whole_in
from helpers.exercises.view import Question


def reads_off_photos(function) -> str | None:
    """Return what is wrong with a function that should return the fewest photos that reach a target, or None."""
    counts, accuracies = [5, 10, 20, 50], [0.30, 0.42, 0.40, 0.55]
    cases = (
        (0.40, counts, accuracies, 10, "10 photos already reach it, though 20 did slightly worse"),
        (0.42, counts, accuracies, 10, "10 photos reach exactly that, which is enough"),
        (0.50, counts, accuracies, 50, "only 50 photos reach it"),
        (0.20, counts, accuracies, 5, "even the fewest photos reach it"),
        (0.90, counts, accuracies, None, "nothing that was measured reaches it"),
        (0.40, [50, 5, 20, 10], [0.55, 0.30, 0.40, 0.42], 10, "the counts may come in any order"),
        (0.70, [80, 7, 40, 15, 160], [0.91, 0.33, 0.72, 0.69, 0.95], 40, "the counts may come in any order"),
        (0.95, [80, 7, 40], [0.91, 0.33, 0.72], None, "nothing that was measured reaches it"),
    )
    for target, photos, reached, expected, why in cases:
        found = run_on(function, target, list(photos), list(reached))
        if found is not None:
            found = whole_in(found, "a photo count, or None")
        if found != expected:
            told = f"For the target {target} with {photos} photos at {reached}"
            return f"{told}, expected {expected}: {why}. Your function returned {found}."
    return None


q1 = Question(
    Problem(
        "q1",
        "Write a function that takes a target, photo counts and accuracies, and returns the "
        "fewest photos that reach the target, or None.",
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
    what = "three numbers: the mean, the lowest and the highest"
    for values in ([0.5, 0.9, 0.6], [0.2], [0.9, 0.1, 0.2, 0.25], [0.71, 0.64, 0.83, 0.69, 0.77]):
        found = numbers_in(run_on(function, np.array(values)), 3, what)  # min, sum and sorted work on it, too
        expected = [float(np.mean(values)), min(values), max(values)]
        if all(map(close, found, expected)):
            continue
        if all(map(close, sorted(found), sorted(expected))):
            return "Those are the right numbers in the wrong order: return the mean, the lowest, the highest."
        number = [close(*pair) for pair in zip(found, expected, strict=True)].index(False)
        return _summary_fault(("mean", "lowest", "highest")[number], found[number], expected[number], values)
    return None


def _summary_fault(name: str, found: float, expected: float, values: list[float]) -> str:
    spread = {float(np.std(values)), float(np.std(values, ddof=1)) if len(values) > 1 else 0.0}
    mean = float(np.mean(values))
    known = {
        "That is the median.": float(np.median(values)),
        "That is the best seed: an honest report does not pick one.": max(values),
        "That is a percentage.": 100 * expected,
    }
    if any(close(found, each) for each in spread):
        known["That is a standard deviation; here the range is asked for."] = found
    if any(close(found, mean + sign * each) for each in spread for sign in (1, -1)):
        known["That is the mean and a standard deviation; here the range is asked for."] = found
    yours, right = told_apart(found, expected)
    told = f"The {name} of {values} is {right}. Your function returned {yours}."
    return f"{told} {mistake(found, expected, known) or ''}".strip()


q2 = Question(
    Problem(
        "q2",
        "Write a function that takes the accuracies of several seeds and returns the mean, the lowest and the highest.",
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
