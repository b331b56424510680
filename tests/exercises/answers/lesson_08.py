"""Answers to lesson 8's problems."""

import statistics

import keras
import numpy as np
import pandas as pd

from tests.exercises.answers import Answers


def reaching(target, counts, accuracies):
    return [count for count, accuracy in zip(counts, accuracies, strict=True) if accuracy >= target]


def by_sorting(target, counts, accuracies):
    for count, accuracy in sorted(zip(counts, accuracies, strict=True)):
        if accuracy >= target:
            return count
    return None


def by_numpy(target, counts, accuracies):
    enough = np.array(counts)[np.array(accuracies) >= target]
    return enough.min() if len(enough) else None


def by_pandas(target, counts, accuracies):
    enough = pd.Series(accuracies, index=counts).loc[lambda found: found >= target].index
    return None if enough.empty else float(enough.min())


def in_place(target, counts, accuracies):
    counts.sort()
    return by_sorting(target, counts, accuracies)


def interpolating(target, counts, accuracies):
    if target > max(accuracies):
        return None
    return np.interp(target, accuracies, counts)


readings = Answers(
    right=[
        by_sorting,
        by_numpy,
        by_pandas,
        lambda *given: keras.ops.min(reaching(*given)) if reaching(*given) else None,
    ],
    wrong=[
        (
            lambda target, counts, found: min(
                (c for c, a in zip(counts, found, strict=True) if a > target), default=None
            ),
            "which is enough",
        ),
        (lambda *given: max(reaching(*given), default=None), "already"),
        (lambda *given: min(reaching(*given), default=0), "expected None"),
        (lambda *given: min(reaching(*given), default=np.nan), "Received: nan"),
        (lambda *given: min(reaching(*given), default="None"), "the text"),
        (lambda *given: min(reaching(*given)), "raised ValueError"),
        (lambda *given: next(iter(reaching(*given)), None), "any order"),
        (lambda target, counts, found: counts[np.argmax(np.array(found) >= target)], "nothing that was measured"),
        (interpolating, "a photo count"),
        (lambda target, counts, found: len(reaching(target, counts, found)), "expected 10"),
        (lambda target, counts, found: counts.index(by_sorting(target, counts, found)), "expected"),
        (lambda target, counts, found: found[counts.index(by_sorting(target, counts, found))], "a photo count"),
        (lambda *given: [by_sorting(*given)], "a list of 1"),
        (lambda *given: str(by_sorting(*given)), "the text"),
        (lambda target, counts, found: min(counts) if found >= [target] else None, "expected"),
        (in_place, "changes 'counts'"),
        (lambda counts, target: 10, "exactly the arguments"),
    ],
)


def by_loop(values):
    low = high = values[0]
    for value in values:
        low, high = min(low, value), max(high, value)
    return [sum(values) / len(values), low, high]


def sorting(values):
    values.sort()
    return np.mean(values), values[0], values[-1]


summaries = Answers(
    right=[
        by_loop,
        lambda values: np.array(by_loop(values), "float32"),
        lambda values: (statistics.mean(values), sorted(values)[0], sorted(values)[-1]),
        lambda values: tuple(round(each, 3) for each in by_loop(values)),
        lambda values: [keras.ops.mean(values), keras.ops.min(values), keras.ops.max(values)],
        lambda values: (values.mean(), values.min(), values.max()),
        lambda values: pd.Series(values).agg(["mean", "min", "max"]),
    ],
    wrong=[
        (lambda values: (max(values), min(values), max(values)), "best seed"),
        (lambda values: (np.median(values), min(values), max(values)), "the median"),
        (lambda values: (np.mean(values), max(values), min(values)), "wrong order"),
        (lambda values: (min(values), max(values), np.mean(values)), "wrong order"),
        (
            lambda values: (np.mean(values), *(np.mean(values) + s * np.std(values) for s in (-1, 1))),
            "standard deviation",
        ),
        (lambda values: (np.mean(values), min(values), np.std(values)), "standard deviation"),
        (lambda values: (np.mean(values), values[0], values[-1]), "The lowest of|The highest of"),
        (lambda values: (np.mean(values), *np.quantile(values, [0.025, 0.975])), "The lowest of"),
        (lambda values: (100 * np.mean(values), min(values), max(values)), "percentage"),
        (lambda values: ((min(values) + max(values)) / 2, min(values), max(values)), "The mean of"),
        (lambda values: np.mean(values), "three numbers"),
        (lambda values: (np.mean(values), (min(values), max(values))), "a tuple of 2"),
        (lambda values: {"mean": np.mean(values), "low": min(values), "high": max(values)}, "a dict of 3"),
        (lambda values: tuple(map(str, by_loop(values))), "the text"),
        (lambda values: f"{np.mean(values)} ({min(values)} to {max(values)})", "the text"),
        (lambda values: (0.667, 0.5, 0.9), "The mean of"),
        (sorting, "changes 'values'"),
        (lambda values: None, "a function without return"),
    ],
)

ANSWERS = {"q1": readings, "q2": summaries}
