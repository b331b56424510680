"""Faults in what the network is fed with."""

from collections.abc import Iterator

import numpy as np

from helpers.exercises.problem import Problem, run_on
from helpers.exercises.view import Question


def feeds_pixels(function) -> str | None:
    """Return what is wrong with a function that prepares photos for EfficientNet."""
    photos = np.random.default_rng(0).integers(0, 256, (2, 4, 4, 3), dtype=np.uint8)
    prepared, fault = run_on(function, photos.copy())
    if fault:
        return fault
    prepared = np.asarray(prepared)
    if prepared.shape != photos.shape:
        return f"Photos of shape {photos.shape} were expected back. Your function returns {prepared.shape}."
    if not np.issubdtype(prepared.dtype, np.number):
        return f"Numbers were expected. Your function returns {prepared.dtype}."
    if np.allclose(prepared.astype(float), photos):
        return None
    low, high = prepared.min(), prepared.max()
    return f"Your photos lie between {low:.3g} and {high:.3g}. EfficientNet rescales by itself, and wants 0 to 255."


rescaled_twice = Question(
    Problem(
        "q7",
        "Write a function that takes photos as they were loaded, 0 to 255, and returns what EfficientNet is to be fed.",
        feeds_pixels,
        "Right: nothing, or a change of the type. The network does the rest.",
        (
            "Look at the first layers of the base: base.layers[1:3].",
            "There is a Rescaling inside already. What is left for you to do?",
        ),
        """
def answer(images):
    return images.astype("float32")
""",
    )
)


def keeps_photos_apart(function) -> str | None:
    """Return what is wrong with a function that splits views of photos, so that no photo stands on both sides."""
    groups = np.random.default_rng(1).permutation(np.repeat(np.arange(50), 4))
    found, fault = run_on(function, groups.copy(), 0)
    if fault:
        return fault
    try:
        train, test = (np.asarray(rows) for rows in found)
        train, test = train.astype(int), test.astype(int)
    except (TypeError, ValueError):
        return "Two lists of row numbers were expected: those to train on, and those to test on."
    if sorted([*train, *test]) != list(range(len(groups))):
        return f"Each of the {len(groups)} views must stand in exactly one of the two lists."
    share = len(test) / len(groups)
    if not 0.1 <= share <= 0.3:
        return f"About a fifth was expected to test on. Your function takes {share:.0%}."
    both = set(groups[train]) & set(groups[test])
    if both:
        return f"{len(both)} of 50 photos have views on both sides. Split photos, not views."
    return None


on_both_sides = Question(
    Problem(
        "q8",
        "Write a function that takes an array saying which photo each view was made from, and a seed, and returns rows "
        "to train on and about a fifth to test on, no photo on both sides.",
        keeps_photos_apart,
        "No photo meets itself again. Split first, then make views.",
        (
            "Draw photos, not rows: np.unique(groups) are the photos.",
            "np.isin(groups, chosen) says which rows belong to the chosen photos.",
            "scikit-learn's GroupShuffleSplit does it, too.",
        ),
        """
def answer(groups, seed):
    photos = np.random.default_rng(seed).permutation(np.unique(groups))
    tested = np.isin(groups, photos[: len(photos) // 5])
    return np.flatnonzero(~tested), np.flatnonzero(tested)
""",
    )
)


class _Reshuffled:
    """Batches that come in another order each time they are gone through, as training batches do."""

    def __init__(self) -> None:
        self._rng = np.random.default_rng(0)

    def __iter__(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        rows = self._rng.permutation(40)
        for start in range(0, 40, 8):
            labels = rows[start : start + 8]
            yield labels[:, None].astype("float32"), labels


def keeps_labels_with_photos(function) -> str | None:
    """Return what is wrong with a function that predicts batches which are shuffled anew in each pass."""
    found, fault = run_on(function, _Reshuffled(), lambda images: np.asarray(images)[:, 0].astype(int))
    if fault:
        return fault
    try:
        predictions, labels = (np.asarray(each).ravel() for each in found)
    except (TypeError, ValueError):
        return "Two arrays were expected: predictions and labels."
    if not (len(predictions) == len(labels) == 40):
        return f"Predictions and labels of all 40 photos were expected, not {len(predictions)} and {len(labels)}."
    if len(set(labels.tolist())) < 40:
        return "Some photos come twice and others not at all."
    wrong = int((predictions != labels).sum())
    return f"{wrong} of 40 labels stand beside another photo's prediction." if wrong else None


labels_shuffled = Question(
    Problem(
        "q9",
        "Write a function that takes batches, shuffled anew in each pass, and a function predict, and returns "
        "predictions and labels in the same order.",
        keeps_labels_with_photos,
        "One pass, and each label stays with its photo.",
        (
            "How often does the broken code go through the batches?",
            "Go through them once, and collect predict(images) and labels side by side.",
            "np.concatenate joins the parts.",
        ),
        """
def answer(batches, predict):
    pairs = [(predict(images), labels) for images, labels in batches]
    return np.concatenate([made for made, _ in pairs]), np.concatenate([labels for _, labels in pairs])
""",
    )
)


def augments_training_only(function) -> str | None:
    """Return what is wrong with a function that augments photos while training, and leaves them alone otherwise."""
    photos = np.arange(2 * 4 * 4 * 3, dtype="float32").reshape(2, 4, 4, 3)

    def mirror(images):
        return np.asarray(images)[:, :, ::-1]

    for training in (True, False):
        made, fault = run_on(function, photos.copy(), mirror, training)
        if fault:
            return fault
        made = np.asarray(made)
        if made.shape != photos.shape:
            return f"Photos of shape {photos.shape} were expected back. Your function returns {made.shape}."
        if training and not np.array_equal(made, mirror(photos)):
            return "While training, the photos should come back augmented. They did not."
        if not training and not np.array_equal(made, photos):
            return "While measuring, the photos must stay as they are. They were changed."
    return None


validation_augmented = Question(
    Problem(
        "q10",
        "Write a function that takes photos, a function augment, and whether we are training, and returns what the "
        "network should see.",
        augments_training_only,
        "One measure for all attempts: photos that are measured on stay as they are.",
        (
            "Augmentation is there to make training harder.",
            "Measuring should give the same number each time.",
        ),
        """
def answer(images, augment, training):
    return augment(images) if training else images
""",
    )
)
