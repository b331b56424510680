"""How much of its source task a base still knows: what fine-tuning can cost."""

from functools import lru_cache

import keras
import numpy as np

from helpers import checks, config
from helpers.bars import Bar
from helpers.judging.source_head import formula_head, source_head
from helpers.photos.photo import read_photo


@checks.checked(base=checks.kind_of(keras.Model))
def source_accuracy(base: keras.Model) -> float:
    """Measure how much of the source task a bundled base, fine-tuned or not, still knows.

    The head that the base was pre-trained with is put back onto it, and classifies one picture per class of the source
    task, none of which it was trained on. The input size is the base's own; the pictures are 128 pixels square.

    Args:
        base: A base from `load_base(weights="bundled")`, or a model built on one by `attach_head`.

    Returns:
        Share of the pictures, 0 to 1, that are classified correctly. Chance level is 1 in the number of
            classes.

    Raises:
        ValueError: If the base's last layer doesn't fit the head.
        FileNotFoundError: If the head isn't on disk.

    Example:
        >>> source_accuracy(load_base(weights="bundled"))  # doctest: +SKIP
    """
    pictures, labels = source_pictures(base.input_shape[1])
    return float((formula_head().probabilities(base, pictures).argmax(axis=1) == labels).mean())


@checks.checked(before=checks.kind_of(keras.Model), after=checks.kind_of(keras.Model), images=checks.pixels(4))
def old_answers_kept(before: keras.Model, after: keras.Model, images: np.ndarray) -> float:
    """Measure how much of what a base knew has survived training, by what its old head says of some photos.

    The head that the base was pre-trained with is put onto both. Where its likeliest class is no longer the same, the
    features below it have changed. That needs no photos of the old task, and says nothing about right or wrong.

    Args:
        before: The base as it was, from `load_base`.
        after: The base, or a model built on it, after training.
        images: Photos on which nothing was trained, 0 to 255, of shape `(photos, size, size, 3)`.

    Returns:
        Share of the photos, 0 to 1, that get the same answer before and after.

    Raises:
        ValueError: If the base's old head isn't on this machine; see `source_head`.

    Example:
        >>> old_answers_kept(base, model, photos.test.images())  # doctest: +SKIP
    """
    head = source_head(before)
    with Bar("asking the old head"):
        answers = [head.probabilities(model, images).argmax(axis=1) for model in (before, after)]
    return float(np.mean(answers[0] == answers[1]))


@checks.checked(image_size=checks.image_size)
@lru_cache(maxsize=1)
def source_pictures(image_size: int = config.IMAGE_SIZE) -> tuple[np.ndarray, np.ndarray]:
    """Return one picture per class of the source task, none of which the bundled base was trained on.

    Args:
        image_size: Side of the square pictures in pixels.

    Returns:
        The pictures, `uint8` of shape `(classes, image_size, image_size, 3)`, and the class number of each.

    Example:
        >>> pictures, labels = source_pictures(128)
    """
    files = sorted(config.SOURCE_PICTURES.glob("*.jpg"))
    pictures = np.stack([read_photo(file, image_size) for file in files])
    pictures.setflags(write=False)  # they are cached and shared
    return pictures, np.array([int(file.stem) for file in files])
