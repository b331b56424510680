"""Bugs in the network's input."""

from collections.abc import Iterator

import numpy as np

from helpers.exercises.problem import Problem, expecting, run_on
from helpers.exercises.view import Question


def feeds_pixels(function) -> str | None:
    """Return what is wrong with a function that prepares photos for a base."""
    photos = np.random.default_rng(0).integers(0, 256, (2, 4, 4, 3), dtype=np.uint8)
    prepared = run_on(function, photos.copy())
    with expecting("Expected an array of photos."):
        prepared = np.asarray(prepared)
    if prepared.shape != photos.shape:
        return f"Expected photos of shape {photos.shape}. Your function returned {prepared.shape}."
    if not np.issubdtype(prepared.dtype, np.number):
        return f"Expected numbers. Your function returned {prepared.dtype}."
    if np.allclose(prepared.astype(float), photos):
        return None
    low, high = prepared.min(), prepared.max()
    return f"Your photos are between {low:.3g} and {high:.3g}. The base rescales them itself, and expects 0 to 255."


rescaled_twice = Question(
    Problem(
        "q7",
        "Write a function that takes photos as loaded, 0 to 255, and returns the right input for the base.",
        feeds_pixels,
        "There is nothing to do but perhaps change the type. The network does the rest.",
        (
            "Look at the first layers of the base: base.layers[1:3].",
            "There is already a Rescaling layer inside. What is left for you to do?",
        ),
        """
def answer(images):
    return images.astype("float32")
""",
    )
)


def keeps_photos_apart(function) -> str | None:
    """Return what is wrong with a function that splits views of photos so that no photo is on both sides."""
    groups = np.random.default_rng(1).permutation(np.repeat(np.arange(50), 4))
    found = run_on(function, groups.copy(), 0)
    with expecting("Expected two lists of row numbers: those to train on, and those to test on."):
        train, test = (np.asarray(rows).astype(int).ravel() for rows in found)
    if sorted([*train, *test]) != list(range(len(groups))):
        return f"Each of the {len(groups)} views must be in exactly one of the two lists."
    share = len(test) / len(groups)
    if not 0.1 <= share <= 0.3:
        return f"About a fifth should be for testing. Your function takes {share:.0%}."
    both = set(groups[train]) & set(groups[test])
    if both:
        return f"{len(both)} of 50 photos have views on both sides. Split photos, not views."
    return None


on_both_sides = Question(
    Problem(
        "q8",
        "Write a function that takes an array saying which photo each view was made from, and a seed, and returns rows "
        "to train on and about a fifth to test on, with no photo on both sides.",
        keeps_photos_apart,
        "No photo is in both parts. Split first, then make views.",
        (
            "Draw photos, not rows: np.unique(groups) gives the photos.",
            "np.isin(groups, chosen) says which rows belong to the chosen photos.",
            "scikit-learn's GroupShuffleSplit does it too.",
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
    """Batches that come in a different order in each pass, as training batches do."""

    def __init__(self) -> None:
        self._rng = np.random.default_rng(0)

    def __iter__(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        rows = self._rng.permutation(40)
        for start in range(0, 40, 8):
            labels = rows[start : start + 8]
            yield labels[:, None].astype("float32"), labels


def keeps_labels_with_photos(function) -> str | None:
    """Return what is wrong with a function that predicts batches which are reshuffled in each pass."""
    found = run_on(function, _Reshuffled(), lambda images: np.asarray(images)[:, 0].astype(int))
    with expecting("Expected two arrays: predictions and labels."):
        predictions, labels = (np.asarray(each).ravel() for each in found)
    if not (len(predictions) == len(labels) == 40):
        return f"Expected predictions and labels of all 40 photos. Received: {len(predictions)} and {len(labels)}."
    if len(set(labels.tolist())) < 40:
        return "Some photos occur twice and others not at all."
    wrong = int((predictions != labels).sum())
    return f"{wrong} of 40 labels are paired with another photo's prediction." if wrong else None


labels_shuffled = Question(
    Problem(
        "q9",
        "Write a function that takes batches, reshuffled in each pass, and a function predict, and returns "
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
    """Return what is wrong with a function that augments photos while training and leaves them alone otherwise."""
    photos = np.arange(2 * 4 * 4 * 3, dtype="float32").reshape(2, 4, 4, 3)

    def mirror(images):
        return np.asarray(images)[:, :, ::-1]

    for training in (True, False):
        made = run_on(function, photos.copy(), mirror, training)
        with expecting("Expected an array of photos."):
            made = np.asarray(made)
        if made.shape != photos.shape:
            return f"Expected photos of shape {photos.shape}. Your function returned {made.shape}."
        if training and not np.array_equal(made, mirror(photos)):
            return "While training, the photos should be augmented. They were not."
        if not training and not np.array_equal(made, photos):
            return "While evaluating, the photos must stay as they are. They were changed."
    return None


validation_augmented = Question(
    Problem(
        "q10",
        "Write a function that takes photos, a function augment, and whether we are training, and returns what the "
        "network should see.",
        augments_training_only,
        "The same measure for all attempts: photos for evaluation stay as they are.",
        (
            "Augmentation is there to make training harder.",
            "Evaluating should give the same number each time.",
        ),
        """
def answer(images, augment, training):
    return augment(images) if training else images
""",
    )
)
