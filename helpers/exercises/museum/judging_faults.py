"""Bugs in how a model is evaluated and its outputs are read."""

import numpy as np

from helpers.exercises.problem import Problem, expecting, run_on
from helpers.exercises.view import Question


def reports_honestly(function) -> str | None:
    """Return what is wrong with a function that chooses an attempt and reports how good it is."""
    rng = np.random.default_rng(3)
    val_labels, test_labels = rng.integers(0, 5, 60), rng.integers(0, 5, 60)
    attempts = []
    for skill in (0.3, 0.5, 0.4):
        pair = []
        for labels in (val_labels, test_labels):
            guessed = rng.integers(0, 5, 60)
            pair.append(np.where(rng.random(60) < skill, labels, guessed))
        attempts.append(tuple(pair))
    lucky = np.where(rng.random(60) < 0.9, test_labels, 0)  # best on the test photos, hopeless on the others
    attempts.append((rng.integers(0, 5, 60), lucky))
    found = run_on(function, attempts, val_labels, test_labels)
    with expecting(f"Expected one accuracy. Your function returned {type(found).__name__}."):
        found = float(found)
    val = [float((made == val_labels).mean()) for made, _ in attempts]
    test = [float((made == test_labels).mean()) for _, made in attempts]
    if np.isclose(found, max(test)):
        return "You took the attempt that is best on the test photos. They chose it, so they can no longer judge it."
    if np.isclose(found, max(val)):
        return "That is the validation accuracy, which the attempt was chosen for. Report its test accuracy instead."
    wanted = test[int(np.argmax(val))]
    if not np.isclose(found, wanted):
        return f"Expected {wanted:.3f}, the test accuracy of the best attempt on validation. Received: {found:.3f}."
    return None


test_as_validation = Question(
    Problem(
        "q11",
        "Write a function that takes attempts, each a pair of predictions for the validation and for the test photos, "
        "and the labels of both, chooses one attempt, and returns the accuracy to report.",
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
    for name, logits in (("small", rng.normal(0, 2, (6, 5))), ("large", rng.normal(0, 2, (6, 5)) + 1000)):
        with np.errstate(all="ignore"):
            found = run_on(function, logits.copy())
        with expecting(f"Expected an array of numbers. Your function returned {type(found).__name__}."):
            found = np.asarray(found, dtype=float)
        if found.shape != logits.shape:
            return f"Expected an array of shape {logits.shape}. Your function returned {found.shape}."
        if not np.isfinite(found).all():
            return f"With {name} logits your function returned infinities. Subtract each row's maximum first."
        if found.min() < 0 or not np.allclose(found.sum(axis=1), 1, atol=1e-5):
            total = found.sum(axis=1)[0]
            return f"Each photo's probabilities should add up to 1. Your first row adds up to {total:.3g}."
        shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
        if not np.allclose(found, shifted / shifted.sum(axis=1, keepdims=True), atol=1e-4):
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
