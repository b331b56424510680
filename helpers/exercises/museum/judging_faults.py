"""Faults in how a model is judged and read."""

import numpy as np

from helpers.exercises.problem import Problem, run_on
from helpers.exercises.view import Question


def reports_honestly(function) -> str | None:
    """Return what is wrong with a function that chooses among attempts, and reports how good the chosen one is."""
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
    found, fault = run_on(function, attempts, val_labels, test_labels)
    if fault:
        return fault
    try:
        found = float(found)
    except (TypeError, ValueError):
        return f"One accuracy was expected. Your function returns {type(found).__name__}."
    val = [float((made == val_labels).mean()) for made, _ in attempts]
    test = [float((made == test_labels).mean()) for _, made in attempts]
    if np.isclose(found, max(test)):
        return "You took the attempt that is best on the test photos. So they chose, and cannot judge any more."
    if np.isclose(found, max(val)):
        return "That is the validation accuracy of the chosen attempt. It was chosen for it: report the test photos'."
    wanted = test[int(np.argmax(val))]
    if not np.isclose(found, wanted):
        return f"Expected {wanted:.3f}, the test accuracy of the best on validation. Received: {found:.3f}."
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
            "Choose by validation accuracy; np.argmax finds the place.",
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
            found, fault = run_on(function, logits.copy())
        if fault:
            return fault
        found = np.asarray(found, dtype=float)
        if found.shape != logits.shape:
            return f"Shape {logits.shape} was expected back. Your function returns {found.shape}."
        if not np.isfinite(found).all():
            return f"With {name} logits your function returns infinities. Subtract each row's largest first."
        if found.min() < 0 or not np.allclose(found.sum(axis=1), 1, atol=1e-5):
            total = found.sum(axis=1)[0]
            return f"Each photo's probabilities should add up to 1. Your first row adds up to {total:.3g}."
        shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
        if not np.allclose(found, shifted / shifted.sum(axis=1, keepdims=True), atol=1e-4):
            return "They add up to 1, but this is not the softmax that the loss was trained for."
    return None


logits_read_as_probabilities = Question(
    Problem(
        "q12",
        "Write a function that takes logits, a row for each photo, and returns probabilities.",
        gives_probabilities,
        "Now a threshold of 0.8 means something.",
        (
            "The exponential makes every number positive; then let each row add up to 1.",
            "Subtract each row's maximum before the exponential, or large logits overflow.",
            "keras.ops.softmax or scipy.special.softmax do it; mind the axis.",
        ),
        """
def answer(logits):
    grown = np.exp(logits - logits.max(axis=1, keepdims=True))
    return grown / grown.sum(axis=1, keepdims=True)
""",
    )
)
