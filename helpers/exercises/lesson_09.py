"""Exercises of lesson 9: letting a model say "none of these"."""

import numpy as np

from helpers.exercises.problem import Problem
from helpers.exercises.running import run_on
from helpers.exercises.values import described, equals, number_in
from helpers.exercises.view import Question


def lets_the_share_through(function) -> str | None:
    """Return what is wrong with a function that finds the distance within which a share of known photos lie."""
    rng = np.random.default_rng(0)
    for distances in (rng.gamma(2, 0.1, 200), 10 * rng.random(430), rng.permutation(np.linspace(0.2, 0.9, 101))):
        for share in (0.5, 0.9, 0.95, 0.75):
            limit = number_in(run_on(function, distances.copy(), share), "one number, the limit")
            passed = float((distances <= limit).mean())
            if abs(passed - share) > 1.5 / len(distances) + 1e-9:
                told = f"With your limit, {limit:.4g}, {passed:.1%} of {len(distances)} known photos pass."
                return f"{told} Expected: {share:.0%}."
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
    flowers, trees = ["daisy", "roses", "tulips"], ["yew", "ash", "oak", "elm"]
    cases = (
        ([0.1, 0.85, 0.05], 0.2, 0.5, flowers, "roses", "it is near and sure"),
        ([0.1, 0.05, 0.85], 0.2, 0.5, flowers, "tulips", "it is near and sure"),
        ([0.1, 0.85, 0.05], 0.7, 0.5, flowers, "none of these", "it is sure, but beyond the limit"),
        ([0.4, 0.35, 0.25], 0.2, 0.5, flowers, "not sure", "it is near, but the likeliest class has less than 0.6"),
        ([0.4, 0.35, 0.25], 0.7, 0.5, flowers, "none of these", "beyond the limit it doesn't matter how sure it is"),
        ([0.6, 0.3, 0.1], 0.5, 0.5, flowers, "daisy", "exactly 0.6 and exactly at the limit are both enough"),
        ([0.02, 0.9, 0.05, 0.03], 3.1, 4.0, trees, "ash", "it is near, for this limit, and sure"),
        ([0.02, 0.03, 0.9, 0.05], 0.3, 0.1, trees, "none of these", "it is beyond this limit"),
        ([0.02, 0.05, 0.03, 0.9], 4.0, 4.0, trees, "elm", "exactly at the limit is enough"),
        ([0.59, 0.21, 0.1, 0.1], 3.9, 4.0, trees, "not sure", "it is near, but the likeliest class has less than 0.6"),
        ([0.8, 0.1, 0.05, 0.05], 0.05, 0.1, trees, "yew", "it is near and sure"),
        ([0.1, 0.85, 0.05], 0.51, 0.5, flowers, "none of these", "it is a little beyond the limit"),
        ([0.5995, 0.3005, 0.1], 0.2, 0.5, flowers, "not sure", "the likeliest class has a little less than 0.6"),
    )
    for probabilities, distance, limit, names, expected, why in cases:
        found = run_on(function, np.array(probabilities), distance, limit, list(names))
        if not equals(found, expected):
            said = f"{found!r:.40}" if isinstance(found, str) else described(found)
            told = f"With probabilities {probabilities} for {names}, at distance {distance} with a limit of {limit}"
            return f"{told}, expected {expected!r}: {why}. Your function returned {said}."
    return None


q2 = Question(
    Problem(
        "q2",
        'Write a function (probabilities, distance, limit, names), the first an array, that returns a name, "not sure" '
        '(below 0.6), or "none of these" (beyond the limit).',
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
