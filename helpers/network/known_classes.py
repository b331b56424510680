"""Which classes a trained model knows: by name, since a position means nothing in another folder."""

import keras
import numpy as np

from helpers.network.facts import facts_of
from helpers.photos.split import Split, make_split


def known_classes(model: keras.Model) -> tuple[str, ...] | None:
    """Return the names of the classes that `fit` trained a model for, in the order of its outputs; else `None`."""
    names = facts_of(model).get("class_names")
    return tuple(map(str, names)) if isinstance(names, (tuple, list)) else None


def check_same_classes(model: keras.Model, class_names: tuple[str, ...]) -> None:
    """Raise `ValueError` if a model was trained for other classes than these."""
    known = known_classes(model)
    if known is not None and known != class_names:
        raise ValueError(
            f"Expected photos of the classes that this model was trained for: {', '.join(known)}. "
            f"Received: {', '.join(class_names)}. Train a new model for them."
        )


def matched_by_name(model: keras.Model, split: Split) -> Split:
    """Return a split with its labels in the order of a model's outputs.

    Args:
        model: A model; one that doesn't say which classes it knows is taken to know those of the split, in order.
        split: Photos of all classes that the model knows, or of some of them.

    Returns:
        The split itself if its classes are the model's, else one with the same photos and the model's `class_names`.

    Raises:
        ValueError: If the model doesn't know one of the classes.

    Example:
        >>> matched_by_name(model, photos.test).class_names
        ('daisy', 'dandelion', 'roses', 'sunflowers', 'tulips')
    """
    known = known_classes(model)
    if known is None or known == split.class_names:
        return split
    strange = [name for name in split.class_names if name not in known]
    if strange:
        raise ValueError(
            f"Expected photos of classes that this model knows: {', '.join(known)}. Received: {', '.join(strange)}. "
            "Leave these folders out, or give them the names that the model knows if they show the same."
        )
    labels = np.array([known.index(name) for name in split.class_names], dtype=np.int64)[split.labels]
    squares = split.images() if split.in_memory else None
    return make_split(split.name, split.paths, labels, known, split.image_size, split.digests, squares, split.stretch)
