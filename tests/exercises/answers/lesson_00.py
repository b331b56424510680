"""Answers to lesson 0's problems."""

import statistics
from collections import Counter

import keras
import numpy as np
import pandas as pd

from tests.exercises.answers import Answers

NEAR = {
    "dog breeds in everyday photos": "little",
    "flowers in everyday photos": "little",
    "birds seen from a drone": "little",
    "paintings by style": "more",
    "chest X-rays": "more",
    "spectrograms of bat calls": "much",
}

nearness = Answers(
    right=[
        NEAR,
        NEAR | {"chest X-rays": "much", "birds seen from a drone": "more"},
        NEAR | {"paintings by style": "More", "another task": "little"},
    ],
    wrong=[
        (NEAR | {"flowers in everyday photos": "much"}, "what the base has learned from"),
        (NEAR | {"spectrograms of bat calls": "little"}, "nothing that a camera sees"),
        (NEAR | {"birds seen from a drone": "much"}, "'much' is too large a change"),
        (NEAR | {"paintings by style": "little"}, "'little' is too small a change"),
        (NEAR | {"paintings by style": "a bit"}, "Expected: one of"),
        (NEAR | {"paintings by style": 2}, "Expected: one of"),
        (dict.fromkeys(NEAR, "more"), "too large a change"),
        ({"chest X-rays": "much"}, "Missing"),
        (list(NEAR.values()), "a list of 6"),
        (NEAR.get, "Expected a dict"),
    ],
)


def loop(labels):
    best = 0
    for label in set(labels.tolist()):
        best = max(best, sum(labels == label))
    return best / len(labels)


def spoiling(labels):
    labels.sort()
    return np.bincount(labels).max() / len(labels)


guessing = Answers(
    right=[
        loop,
        lambda labels: Counter(labels.tolist()).most_common(1)[0][1] / len(labels),
        lambda labels: pd.Series(labels).value_counts(normalize=True).max(),
        lambda labels: np.float32(np.unique(labels, return_counts=True)[1].max() / labels.size),
        lambda labels: keras.ops.max(keras.ops.bincount(labels)) / len(labels),
        lambda labels: round(float(np.mean(labels == statistics.mode(labels.tolist()))), 3),
    ],
    wrong=[
        (lambda labels: 1 / len(np.unique(labels)), "equally common"),
        (lambda labels: np.histogram(labels)[0].max() / len(labels), "has a share of"),
        (lambda labels: np.histogram(labels, bins=10)[0].max() / len(labels), "has a share of"),
        (lambda labels: 0.2, "has a share of"),
        (lambda labels: np.bincount(labels).max(), "Divide by the number of labels"),
        (lambda labels: np.bincount(labels).argmax(), "the commonest label itself"),
        (lambda labels: 100 * np.bincount(labels).max() / len(labels), "percentage"),
        (lambda labels: (labels == labels[0]).mean(), "the first label"),
        (lambda labels: (labels == np.median(labels)).mean(), "has a share of"),
        (lambda labels: max((labels == label).sum() for label in range(5)) / len(labels), "has a share of"),
        (lambda labels: max((labels == label).sum() for label in range(10)) / len(labels), "has a share of"),
        (lambda labels: str(np.bincount(labels).max() / len(labels)), "the text"),
        (lambda labels: print(labels.max()), "a function without return"),
        (lambda labels: np.bincount(labels) / len(labels), "an array of shape"),
        (lambda labels: {"share": 1.0}, "a dict of 1"),
        (lambda labels: [0.2], "a list of 1"),
        (lambda labels: np.bincount(labels).max() / len(labels) > 0.5, "yes or no"),
        (spoiling, "changes 'labels'"),
        (np.mean, "has a share of"),
        (lambda: 0.2, "exactly the arguments"),
        (0.2, "Expected a function"),
    ],
)

ANSWERS = {"q1": nearness, "q2": guessing}
