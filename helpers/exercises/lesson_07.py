"""Exercises of lesson 7: recall, coverage, and the worst confusion."""

import itertools
from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers.exercises.problem import Problem
from helpers.exercises.running import run_on
from helpers.exercises.values import close, described, mistake, number_in, numbers_in, parts_of, told_apart
from helpers.exercises.view import Question


def _table(names: list[str], rows: list[list[int]]) -> pd.DataFrame:
    return pd.DataFrame(rows, index=pd.Index(names, name="true"), columns=pd.Index(names, name="predicted"))


def computes_recall(function) -> str | None:
    """Return what is wrong with a function that should return each class's recall."""
    tables = (
        _table(["daisy", "roses", "tulips"], [[11, 2, 0], [1, 7, 16], [0, 4, 5]]),
        _table(["oak", "elm", "ash", "yew"], [[3, 9, 1, 4], [2, 28, 5, 6], [0, 1, 6, 0], [7, 3, 2, 17]]),
    )
    for table in tables:
        found = run_on(function, table.copy())
        what = "a share for each class by its name, in a dict or a Series"
        if not isinstance(found, (Mapping, pd.Series)) or any(name not in found for name in table.index):
            return f"Expected {what}. Received: {described(found)}."
        if any(found[name] is None for name in table.index):
            return f"Expected {what}. Received: one that holds None."
        for number, name in enumerate(table.index):
            share, hits, row = number_in(found[name], what), table.iloc[number, number], table.iloc[number].sum()
            if close(share, hits / row):
                continue
            known = {
                "That is a percentage. Recall goes from 0 to 1.": 100 * hits / row,
                "That is precision: of the photos given this name, the share that belong to it.": hits
                / table[name].sum(),
                "That is its share of all photos.": hits / table.to_numpy().sum(),
                "That is the share that was missed.": 1 - hits / row,
                "That is the accuracy over all classes.": np.diag(table).sum() / table.to_numpy().sum(),
            }
            yours, right = told_apart(share, hits / row)
            told = f"Of {name}, {hits} of {row} were found, a share of {right}. Yours is {yours}."
            return f"{told} {mistake(share, hits / row, known) or ''}".strip()
    return None


q1 = Question(
    Problem(
        "q1",
        "Write a function that takes a confusion matrix and returns each class's recall, the share that was found.",
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
    rng, what = np.random.default_rng(2), "two numbers: the share answered, and the accuracy of these answers"
    for count in (7, 23, 58):
        confidences, right = rng.uniform(0.3, 1, count), rng.random(count) < 0.6
        for threshold in (0.0, 0.55, float(np.sort(confidences)[count // 3]), 0.8):
            sure = confidences >= threshold
            coverage, accuracy = float(sure.mean()), float(right[sure].mean())
            share, of_these = numbers_in(run_on(function, confidences.copy(), right.copy(), threshold), 2, what)
            if close(share, coverage) and close(of_these, accuracy):
                continue
            if close(share, accuracy) and close(of_these, coverage):
                return "Those are the right numbers in the wrong order: return the share answered first."
            return _coverage_fault((share, of_these), (coverage, accuracy), confidences, right, threshold)
    return None


def _coverage_fault(found, expected, confidences: np.ndarray, right: np.ndarray, threshold: float) -> str:
    sure, count = confidences >= threshold, len(right)
    if not close(found[0], expected[0]):
        yours, wanted = told_apart(found[0], expected[0])
        told = f"At {threshold:.3f} it answers for {sure.sum()} of {count} photos: {wanted}. You return {yours}."
        known = {
            "A confidence equal to the threshold is enough.": float((confidences > threshold).mean()),
            "That is the share it doesn't answer for.": 1 - expected[0],
            "That is a percentage. A share goes from 0 to 1.": 100 * expected[0],
            "That is the number of photos, not their share.": float(sure.sum()),
        }
        return f"{told} {mistake(found[0], expected[0], known) or ''}".strip()
    yours, wanted = told_apart(found[1], expected[1])
    told = (
        f"At {threshold:.3f}, {right[sure].sum()} of its {sure.sum()} answers are right: {wanted}. You return {yours}."
    )
    known = {
        "Count only the photos it answers for.": float(right.mean()),
        "Divide by the number of answers, not by that of all photos.": float(right[sure].sum() / count),
        "That is the share that is wrong.": 1 - expected[1],
        "That is a percentage. An accuracy goes from 0 to 1.": 100 * expected[1],
    }
    return f"{told} {mistake(found[1], expected[1], known) or ''}".strip()


q2 = Question(
    Problem(
        "q2",
        "Write a function (confidences, right, threshold) that returns the coverage and the accuracy of those answers.",
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
    what = "two names: the true class and the predicted one"
    for table in _confusions():
        counts = {(a, b): int(table.loc[a, b]) for a, b in itertools.permutations(table.index, 2)}
        expected = max(counts, key=lambda pair: counts[pair])
        pair = tuple(parts_of(run_on(function, table.copy()), 2, what))
        if any(not isinstance(each, str) or each not in table.index for each in pair):
            return f"Expected {what}. Received: {pair!r:.80}."
        if pair[0] == pair[1]:
            return "That is the diagonal: photos that were classified correctly. Leave it out."
        why = f"{counts[expected]} photos of {expected[0]} were taken for {expected[1]}"
        if pair == expected[::-1]:
            return f"The right two, but the wrong way round: rows are the true classes, and {why}."
        if pair != expected:
            return f"In a table where {why}, your function returned {tuple(map(str, pair))}, with {counts[pair]}."
    return None


def _confusions() -> list[pd.DataFrame]:
    names = ["daisy", "roses", "tulips"]
    tables = [
        _table(names, [[90, 2, 0], [1, 3, 6], [0, 5, 5]]),
        # The largest share of a row, of a column, and of both directions together are each another pair.
        _table(["oak", "elm", "ash", "yew"], [[200, 0, 9, 20], [1, 3, 6, 0], [16, 0, 40, 1], [2, 1, 19, 300]]),
        _table(names, [[50, 0, 0], [0, 50, 0], [0, 1, 50]]),
        _table(["x", "y"], [[4, 7], [3, 60]]),
        # Neither the row nor the column with the most mistakes holds the commonest of them.
        _table(["oak", "elm", "ash", "yew"], [[50, 6, 6, 6], [1, 50, 9, 0], [7, 1, 50, 1], [8, 2, 0, 50]]),
    ]
    rng = np.random.default_rng(7)
    for count in (3, 4, 5):
        counts = rng.permutation(count * count).reshape(count, count) + 25 * np.eye(count, dtype=int)
        tables.append(_table(list("tulip"[:count]), counts.tolist()))
    return tables


q3 = Question(
    Problem(
        "q3",
        "Write a function that takes a confusion matrix and returns the true and the predicted class of the worst "
        "confusion.",
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
