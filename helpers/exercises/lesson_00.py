"""Exercises of lesson 0: how near two tasks are, and what chance level is."""

import numpy as np

from helpers.exercises.problem import Problem, expecting, run_on
from helpers.exercises.view import Question

_WORDS = ("little", "more", "much")
# How much must change in a base that learned from everyday photos. Where people may differ, two words are accepted.
_CHANGES = {
    "dog breeds in everyday photos": ("little",),
    "flowers in everyday photos": ("little",),
    "birds seen from a drone": ("little", "more"),
    "paintings by style": ("more",),
    "chest X-rays": ("more", "much"),
    "spectrograms of bat calls": ("much",),
}


def judges_nearness(answers) -> str | None:
    """Return what is wrong with a dict that says how much must change for each new task."""
    if not isinstance(answers, dict):
        return f"Expected a dict from task to one of {', '.join(_WORDS)}. Received: {type(answers).__name__}."
    missing = [task for task in _CHANGES if task not in answers]
    if missing:
        return f"Give an answer for each task. Missing: {missing[0]}."
    for task, accepted in _CHANGES.items():
        said = answers[task]
        if not isinstance(said, str) or said not in _WORDS:
            return f"For {task} you say {said!r}. Expected: one of {', '.join(_WORDS)}."
        if said not in accepted:
            nearer = _WORDS.index(said) < _WORDS.index(accepted[0])
            why = "look unlike everyday photos" if nearer else "look much like what the base has seen"
            return f"{task.capitalize()} {why}: {said} is too {'little' if nearer else 'much'}."
    return None


q1 = Question(
    Problem(
        "q1",
        "A base learned everyday photos. How much of it must change for each new task: little, more, or much?",
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
    for labels, expected in (([0, 1, 2, 3, 4], 0.2), ([0, 0, 0, 1], 0.75), ([2, 2, 2], 1.0), ([1, 0, 1, 0, 1, 3], 0.5)):
        found = run_on(function, np.array(labels))
        with expecting(f"Expected one number. Your function returned {type(found).__name__}."):
            found = float(found)
        if not np.isclose(found, expected):
            return f"With labels {labels} the commonest class has a share of {expected:.2f}. You return {found:g}."
    return None


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
