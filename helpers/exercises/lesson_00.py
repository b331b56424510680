"""Exercises of lesson 0: how near two tasks are, and what chance level is."""

from collections.abc import Mapping

import numpy as np

from helpers.exercises.problem import Problem
from helpers.exercises.running import run_on
from helpers.exercises.values import close, described, mistake, number_in, told_apart
from helpers.exercises.view import Question

_WORDS = ("little", "more", "much")
# How much must change in a base that learned from everyday photos, and why. Where people may differ, two words will do.
_CHANGES = {
    "dog breeds in everyday photos": (("little",), "such photos are what the base has learned from"),
    "flowers in everyday photos": (("little",), "such photos are what the base has learned from"),
    "birds seen from a drone": (("little", "more"), "they are photos of familiar things, from an unusual side"),
    "paintings by style": (("more",), "they show familiar things, but they aren't photos"),
    "chest X-rays": (("more", "much"), "they are photographic, but look unlike everyday photos"),
    "spectrograms of bat calls": (("much",), "they show nothing that a camera sees"),
}


def judges_nearness(answers) -> str | None:
    """Return what is wrong with a dict that says how much must change for each new task."""
    if not isinstance(answers, Mapping):
        return f"Expected a dict from task to one of {', '.join(_WORDS)}. Received: {described(answers)}."
    missing = [task for task in _CHANGES if task not in answers]
    if missing:
        return f"Give an answer for each task. Missing: {missing[0]}."
    for task, (accepted, why) in _CHANGES.items():
        said = answers[task].strip().lower() if isinstance(answers[task], str) else None
        if said not in _WORDS:
            return f"For {task} you say {answers[task]!r}. Expected: one of {', '.join(_WORDS)}."
        if said not in accepted:
            side = "small" if _WORDS.index(said) < _WORDS.index(accepted[0]) else "large"
            return f"For {task}, '{said}' is too {side} a change: {why}."
    return None


q1 = Question(
    Problem(
        "q1",
        "A base learned from everyday photos. How much of it must change for each new task: little, more, or much?",
        judges_nearness,
        "The nearer the tasks, the less has to change.",
        (
            "For each task, ask: are these photos of everyday things, taken the way people take photos?",
            "Dogs and flowers are near. A painting is a picture of things, but not a photo. A spectrogram is neither.",
            'For example {"chest X-rays": "much", …}.',
        ),
        """
answer = {
    "dog breeds in everyday photos": "little",
    "flowers in everyday photos": "little",
    "birds seen from a drone": "more",
    "paintings by style": "more",
    "chest X-rays": "much",
    "spectrograms of bat calls": "much",
}
""",
    )
)


def knows_guessing(function) -> str | None:
    """Return what is wrong with a function that should return the accuracy of always naming the commonest class."""
    for labels, counts in _labels_and_counts():
        expected = max(counts.values()) / len(labels)
        found = number_in(run_on(function, labels.copy()), "one number, a share from 0 to 1")
        if close(found, expected):
            continue
        commonest = max(counts, key=lambda label: counts[label])
        known = {
            "That is a percentage. An accuracy goes from 0 to 1.": 100 * expected,
            "That is how often the commonest label occurs. Divide by the number of labels.": max(counts.values()),
            "That is the commonest label itself. What is its share?": commonest,
            "That is 1 divided by the number of classes, which holds only if all are equally common.": 1 / len(counts),
            "That is the share of the first label, which needn't be the commonest.": counts[labels[0]] / len(labels),
        }
        yours, right = told_apart(found, expected)
        told = f"Of the {len(labels)} labels {_start_of(labels)}, the commonest, {commonest}, has a share of {right}."
        return f"{told} Your function returned {yours}. {mistake(found, expected, known) or ''}".strip()
    return None


# More than a histogram's ten bins.
_THIRTEEN = {label: 7 + label % 3 for label in range(13)} | {11: 12}


def _labels_and_counts() -> list[tuple[np.ndarray, dict[int, int]]]:
    rng = np.random.default_rng(20)
    # The first label, the median and the smallest aren't the commonest; labels go beyond 4, and some don't occur.
    given = (
        {0: 9, 3: 17, 4: 5, 9: 6},
        {6: 21, 1: 13, 2: 19},
        {7: 8},
        {0: 3, 1: 30, 2: 11, 5: 31, 8: 2},
        {0: 23, 1: 4},
        _THIRTEEN,
    )
    cases = []
    for counts in given:
        labels = rng.permutation(np.repeat(list(counts), list(counts.values())))
        rarest = np.flatnonzero(labels == min(counts, key=lambda label: counts[label]))[0]
        labels[[0, rarest]] = labels[[rarest, 0]]
        cases.append((labels, counts))
    return cases


def _start_of(labels: np.ndarray) -> str:
    return f"{', '.join(str(label) for label in labels[:5])}, …"


q2 = Question(
    Problem(
        "q2",
        "Write a function that takes labels and returns the accuracy of always predicting the commonest class.",
        knows_guessing,
        "That is chance level: any model has to beat it before it deserves a look.",
        (
            "How often does the commonest label occur?",
            "np.bincount(labels) counts each label.",
            "np.bincount(labels).max() / len(labels)",
        ),
        """
def answer(labels):
    return np.bincount(labels).max() / len(labels)
""",
    )
)
