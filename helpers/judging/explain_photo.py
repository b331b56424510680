"""What a model makes of one photo, with its reasons and its doubts."""

from dataclasses import dataclass

import keras
import numpy as np

from helpers.activations import engines
from helpers.judging import explain
from helpers.judging.neighbours import Likeness, Neighbours


@dataclass(frozen=True, eq=False)
class PhotoExplanation:
    """What a model makes of a photo.

    Attributes:
        label: Number of the likeliest class.
        probabilities: Array of shape `(classes,)`.
        heat: Where in the photo the answer comes from, `(size, size)`, 0 to 1; see `grad_cam`.
        likeness: How the photo lies among the training photos.
    """

    label: int
    probabilities: np.ndarray
    heat: np.ndarray
    likeness: Likeness


def explain_photo(model: keras.Model, image: np.ndarray, neighbours: Neighbours) -> PhotoExplanation:
    """Return what a model makes of a photo.

    Args:
        model: From `attach_head`, trained.
        image: `(size, size, 3)`, 0 to 255, from `read_photo` or a split.
        neighbours: Of the same model.

    Example:
        >>> explain_photo(model, read_photo("unknown.jpg"), Neighbours(model, photos)).likeness.known
    """
    probabilities = engines.predict_batch(model, np.asarray(image)[None], size=1)[0]
    label = int(probabilities.argmax())
    return PhotoExplanation(label, probabilities, explain.grad_cam(model, image, label), neighbours.of(image))
