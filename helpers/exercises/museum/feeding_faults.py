"""Bugs in the network's input."""

import numpy as np

from helpers.exercises.museum.reshuffled import Reshuffled
from helpers.exercises.pixels import pixels_fault
from helpers.exercises.problem import Problem
from helpers.exercises.running import run_on
from helpers.exercises.values import array_in, parts_of, rows_in
from helpers.exercises.view import Question

_PARTS = "two lists of row numbers: those to train on, and those to test on"
_PAIR = "two arrays, one after the other: predictions and labels"


def feeds_pixels(function) -> str | None:
    """Return what is wrong with a function that prepares photos for a base."""
    for shape in ((3, 8, 6, 3), (1, 5, 7, 3)):
        photos = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
        fault = pixels_fault(run_on(function, photos.copy()), photos)
        if fault:
            return fault
    return None


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
    rng = np.random.default_rng(1)
    equal = rng.permutation(np.repeat(np.arange(50), 4))
    uneven = rng.permutation(np.repeat(rng.permutation(5000)[:60], rng.integers(2, 6, 60)))  # other photos and numbers
    for groups in (equal, uneven):
        train, test = _apart(function, groups, 0)
        if sorted([*train, *test]) != list(range(len(groups))):
            return f"Each of the {len(groups)} views must be in exactly one of the two lists."
        share = len(test) / len(groups)
        if not 0.1 <= share <= 0.3:
            return f"About a fifth of the views should be for testing, the second list. Yours holds {share:.0%}."
        both = set(groups[train]) & set(groups[test])
        if both:
            many = len(np.unique(groups))
            return f"{len(both)} of {many} photos have views on both sides. Split photos, not views."
        if set(_apart(function, groups, 0)[1]) != set(test):
            return "The same seed should give the same split. Yours differs from call to call."
        if all(set(_apart(function, groups, seed)[1]) == set(test) for seed in (1, 2, 3)):
            return "Another seed should give another split. Yours is the same whatever the seed."
    return None


def _apart(function, groups: np.ndarray, seed: int) -> list[np.ndarray]:
    found = run_on(function, groups.copy(), seed)
    return [rows_in(part, _PARTS) for part in parts_of(found, 2, _PARTS)]


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


def keeps_labels_with_photos(function) -> str | None:
    """Return what is wrong with a function that predicts batches which are reshuffled in each pass."""
    for count, size in ((43, 8), (29, 5)):
        batches = Reshuffled(count, size)
        found = parts_of(run_on(function, batches, batches.predict), 2, _PAIR)
        predictions, labels = _plain(found[0]), _plain(found[1])
        if not len(predictions) == len(labels) == count:
            return f"Expected all {count} predictions and labels. Received: {len(predictions)} and {len(labels)}."
        if np.array_equal(batches.prediction_for(predictions), labels):
            return "Those are the right numbers in the wrong order: return the predictions first, then the labels."
        if len(set(labels.tolist())) < count:
            return "Some photos occur twice and others not at all."
        wrong = int((predictions != batches.prediction_for(labels)).sum())
        if wrong:
            told = f"{wrong} of {count} labels are paired with another photo's prediction."
            return f"{told} How many passes are there?" if batches.passes > 1 else told
    return None


def _plain(found) -> np.ndarray:
    """Return predicted classes or labels, one per photo; of probabilities, the likeliest class."""
    array = array_in(found, _PAIR)
    return array.argmax(axis=1) if array.ndim == 2 and array.shape[1] > 1 else array.ravel()


labels_shuffled = Question(
    Problem(
        "q9",
        "Write a function that takes batches, reshuffled in each pass, and a function predict, and returns "
        "the predicted classes and the labels in the same order.",
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
    photos = np.random.default_rng(0).uniform(0, 255, (5, 4, 6, 3)).astype("float32")
    for shown in (photos, photos[:2]):
        for training in (*[True] * 4, False):  # an answer that augments now and then is found out
            made = run_on(function, shown.copy(), _mirror, training)
            array = array_in(made, "an array of photos", shown.shape)
            if training and np.array_equal(array, shown):
                return "While training, the photos should be augmented. They were not."
            if training and not np.array_equal(array, _mirror(shown)):
                return "While training, the photos should be what augment makes of them, and nothing else."
            if not training and not np.array_equal(array, shown):
                return "While evaluating, the photos must stay as they are. They were changed."
    return None


def _mirror(images, training: bool = True):
    # Like Keras's augmenting layers, it takes photos or one photo, and may be told whether this is training.
    return np.asarray(images)[..., ::-1, :] if training else np.asarray(images)


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
