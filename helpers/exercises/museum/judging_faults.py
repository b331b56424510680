"""Bugs in how a model is evaluated and its outputs are read."""

import numpy as np

from helpers.exercises.problem import Problem
from helpers.exercises.running import run_on
from helpers.exercises.values import array_in, close, mistake, number_in, told_apart
from helpers.exercises.view import Question

# Each attempt's skill on validation and on test photos. With these seeds one alone is best on the validation photos: of
# two equals, either could be chosen. The runner-up is the better one on the test photos: nobody may ask them.
CASES = (
    (1, ((0.3, 0.3), (0.6, 0.4), (0.5, 0.6))),
    (5, ((0.7, 0.5), (0.2, 0.2), (0.35, 0.4), (0.6, 0.8))),
    (8, ((0.2, 0.2), (0.3, 0.3), (0.6, 0.7), (0.4, 0.4), (0.75, 0.55))),
)


def reports_honestly(function) -> str | None:
    """Return what is wrong with a function that chooses an attempt and reports how good it is."""
    for seed, skills in CASES:
        attempts, val_labels, test_labels = attempts_of(np.random.default_rng(seed), skills)
        found = number_in(run_on(function, attempts, val_labels, test_labels), "one accuracy")
        val = [float((made == val_labels).mean()) for made, _ in attempts]
        test = [float((made == test_labels).mean()) for _, made in attempts]
        both = [sum(pair) for pair in zip(val, test, strict=True)]
        expected = test[int(np.argmax(val))]
        if close(found, expected):
            continue
        known = {
            "It is the best on the test photos. They chose it, so they can no longer judge it.": max(test),
            "That is the validation accuracy, which the attempt was chosen for. Report its test accuracy.": max(val),
            "That attempt was chosen on both sets, so the test photos can no longer judge it.": test[
                int(np.argmax(both))
            ],
            "That is the mean of all attempts. Choose one.": float(np.mean(test)),
        }
        yours, right = told_apart(found, expected)
        told = f"Expected {right}, the test accuracy of the best attempt on validation. Received: {yours}."
        return f"{told} {mistake(found, expected, known) or ''}".strip()
    return None


def attempts_of(rng: np.random.Generator, skills: tuple[tuple[float, float], ...]):
    """Return attempts, of which the second is best on the test photos and hopeless on the others; and the labels."""
    val_labels, test_labels = rng.integers(0, 5, 60), rng.integers(0, 5, 83)
    attempts = [
        tuple(
            np.where(rng.random(len(labels)) < skill, labels, rng.integers(0, 5, len(labels)))
            for skill, labels in zip(pair, (val_labels, test_labels), strict=True)
        )
        for pair in skills
    ]
    lucky = np.where(rng.random(len(test_labels)) < 0.97, test_labels, 0)
    attempts.insert(1, (rng.integers(0, 5, len(val_labels)), lucky))
    return attempts, val_labels, test_labels


test_as_validation = Question(
    Problem(
        "q11",
        "Write a function (attempts, val_labels, test_labels) that chooses one attempt and returns the accuracy to "
        "report. An attempt is a pair of arrays: the class numbers predicted for the validation photos, and those "
        "for the test photos.",
        reports_honestly,
        "The validation photos choose, the test photos judge.",
        (
            "There are two steps: choose one attempt, then report one number about it.",
            "Choose by validation accuracy; np.argmax finds the best one.",
            "Report that attempt's accuracy on the test photos.",
        ),
        """
def answer(attempts, val_labels, test_labels):
    chosen = max(attempts, key=lambda attempt: (attempt[0] == val_labels).mean())
    return (chosen[1] == test_labels).mean()
""",
    )
)


def gives_probabilities(function) -> str | None:
    """Return what is wrong with a function that turns logits into probabilities."""
    rng = np.random.default_rng(0)
    cases = (
        ("small", rng.normal(0, 2, (6, 5))),
        ("large", rng.normal(0, 2, (9, 3)) + 1000),
        ("very negative", rng.normal(0, 2, (4, 7)) - 1000),
        ("unequal", rng.normal(0, 2, (1, 4))),
        ("mixed", rng.normal(0, 2, (3, 5)) + np.array([[-900], [0], [900]])),
    )
    for name, logits in cases:
        with np.errstate(all="ignore"):
            found = run_on(function, logits.copy())
        array = array_in(found, "an array of numbers", logits.shape)
        fault = _softmax_fault(array.astype(float), logits, name)
        if fault:
            return fault
    return None


def _softmax_fault(found: np.ndarray, logits: np.ndarray, name: str) -> str | None:
    if not np.isfinite(found).all():
        return f"With {name} logits your function returned nan or infinity. Subtract each row's maximum first."
    if found.min() < 0:
        return f"Probabilities are never below 0. With {name} logits your smallest is {found.min():.3g}."
    totals = found.sum(axis=1)
    worst = totals[np.abs(totals - 1).argmax()]
    if abs(worst - 1) > 5e-3:
        return f"Each photo's probabilities should add up to 1. With {name} logits, one row adds up to {worst:.4g}."
    grown = np.exp(logits - logits.max(axis=1, keepdims=True))
    if not np.allclose(found, grown / grown.sum(axis=1, keepdims=True), atol=1e-3):
        return "They add up to 1, but this is not the softmax that the model was trained with."
    return None


logits_read_as_probabilities = Question(
    Problem(
        "q12",
        "Write a function that takes logits, one row per photo, and returns probabilities.",
        gives_probabilities,
        "Now a threshold of 0.8 means something.",
        (
            "The exponential makes every number positive; then divide so that each row adds up to 1.",
            "Subtract each row's maximum before the exponential, or large logits overflow.",
            "keras.ops.softmax and scipy.special.softmax do it; mind the axis.",
        ),
        """
def answer(logits):
    grown = np.exp(logits - logits.max(axis=1, keepdims=True))
    return grown / grown.sum(axis=1, keepdims=True)
""",
    )
)
