"""Exercises of lesson 6: recall, coverage, and the worst confusion."""

import math

import numpy as np
import pandas as pd

from helpers.exercises.problem import Problem, expecting, run_on
from helpers.exercises.view import Question

_NAMES = ["daisy", "roses", "tulips"]


def _table(rows: list[list[int]]) -> pd.DataFrame:
    return pd.DataFrame(rows, index=_NAMES, columns=_NAMES)


def computes_recall(function) -> str | None:
    """Return what is wrong with a function that should return each class's recall."""
    counts = _table([[8, 2, 0], [1, 3, 6], [0, 5, 5]])
    found = run_on(function, counts.copy())
    with expecting("Expected a share for each class by its name: a dict or a Series."):
        shares = {name: float(found[name]) for name in _NAMES}
    recall = {"daisy": 0.8, "roses": 0.3, "tulips": 0.5}
    precision = {"daisy": 8 / 9, "roses": 0.3, "tulips": 5 / 11}
    if all(math.isclose(shares[name], precision[name]) for name in _NAMES):
        return "That is precision: how many of those called daisy are daisies. Recall is how many daisies were found."
    if any(math.isclose(shares[name], 100 * recall[name]) for name in _NAMES):
        return "Those are percentages. Recall goes from 0 to 1."
    wrong = [name for name in _NAMES if not math.isclose(shares[name], recall[name])]
    if wrong:
        name = wrong[0]
        return f"Of {name}, {counts.loc[name, name]} of {counts.loc[name].sum()} were found, not {shares[name]:.3f}."
    return None


q1 = Question(
    Problem(
        "q1",
        "Write a function that takes a confusion table and returns each class's recall, the share that was found.",
        computes_recall,
        "A good accuracy can hide a class that is hardly ever found.",
        (
            "Each row of the table holds the photos of one true class.",
            "The correct predictions are on the diagonal: table.loc[name, name].",
            "{name: table.loc[name, name] / table.loc[name].sum() for name in table.index}",
        ),
        """
def answer(table):
    return {name: table.loc[name, name] / table.loc[name].sum() for name in table.index}
""",
    )
)


def computes_coverage(function) -> str | None:
    """Return what is wrong with a function that should return coverage and accuracy above a confidence threshold."""
    confidences, right = np.array([0.9, 0.8, 0.6, 0.4]), np.array([True, False, True, False])
    for threshold, coverage, accuracy in ((0.0, 1.0, 0.5), (0.7, 0.5, 0.5), (0.85, 0.25, 1.0), (0.6, 0.75, 2 / 3)):
        found = run_on(function, confidences.copy(), right.copy(), threshold)
        with expecting("Expected two numbers: the share answered, and the accuracy of these answers."):
            share, of_these = (float(each) for each in found)
        if not math.isclose(share, coverage):
            edge = " A confidence equal to the threshold is enough." if threshold == 0.6 else ""
            return f"At {threshold} it answers for {coverage:.2f} of the photos. You return {share:.2f}.{edge}"
        if not math.isclose(of_these, accuracy):
            told = f"At {threshold} {accuracy:.2f} of its answers are right. You return {of_these:.2f}."
            return f"{told} Count only the photos it answers for."
    return None


q2 = Question(
    Problem(
        "q2",
        "Write a function (confidences, right, threshold) that returns coverage and the accuracy of those answers.",
        computes_coverage,
        "A model can abstain where it isn't sure, and you know the price.",
        (
            "confidences >= threshold says which photos get an answer.",
            "Coverage is the mean of that; accuracy is the mean of right among those photos.",
            "sure = confidences >= threshold; return sure.mean(), right[sure].mean()",
        ),
        """
def answer(confidences, right, threshold):
    sure = confidences >= threshold
    return sure.mean(), right[sure].mean()
""",
    )
)


def finds_confusion(function) -> str | None:
    """Return what is wrong with a function that should name the pair of classes most often confused."""
    cases = (
        (_table([[90, 2, 0], [1, 3, 6], [0, 5, 5]]), ("roses", "tulips"), "six roses were taken for tulips"),
        (_table([[1, 0, 0], [9, 3, 6], [0, 5, 5]]), ("roses", "daisy"), "nine roses were taken for daisies"),
        (_table([[50, 0, 0], [0, 50, 0], [0, 1, 50]]), ("tulips", "roses"), "one tulip was taken for a rose"),
    )
    for table, expected, why in cases:
        found = run_on(function, table.copy())
        with expecting(f"Expected two names: the true class and the predicted one. You return {type(found).__name__}."):
            pair = tuple(str(each) for each in found)
        if pair == expected[::-1]:
            return f"The right two, but the wrong way round: rows are the true classes, and {why}."
        if len(pair) == 2 and pair[0] == pair[1]:
            return "That is the diagonal: photos that were classified correctly. Leave it out."
        if pair != expected:
            return f"Where {why}, your function returned {pair}. Expected: {expected}."
    return None


q3 = Question(
    Problem(
        "q3",
        "Write a function that takes a confusion table and returns true and predicted class of the worst confusion.",
        finds_confusion,
        "That is the cell to look at first, photo by photo.",
        (
            "The diagonal holds the correct predictions. Ignore it.",
            "Go through all pairs of different names, and keep the one with the largest count.",
            "max(((a, b) for a in table.index for b in table.columns if a != b), key=lambda pair: table.loc[pair])",
        ),
        """
def answer(table):
    pairs = [(true, said) for true in table.index for said in table.columns if true != said]
    return max(pairs, key=lambda pair: table.loc[pair[0], pair[1]])
""",
    )
)
