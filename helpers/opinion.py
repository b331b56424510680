"""What a model makes of one photo, with its reasons and its doubts."""

from dataclasses import dataclass

import keras
import numpy as np

from helpers import engines, explain
from helpers.neighbours import Likeness, Neighbours


@dataclass(frozen=True, eq=False)
class Opinion:
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


def opinion_of(model: keras.Model, image: np.ndarray, neighbours: Neighbours) -> Opinion:
    """Return what a model makes of a photo.

    Args:
        model: From `attach_head`, trained.
        image: `(size, size, 3)`, 0 to 255, from `read_photo` or a split.
        neighbours: Of the same model.

    Example:
        >>> opinion_of(model, read_photo("unknown.jpg"), Neighbours(model, photos)).likeness.known
    """
    probabilities = engines.predict_batch(model, np.asarray(image)[None], size=1)[0]
    label = int(probabilities.argmax())
    return Opinion(label, probabilities, explain.grad_cam(model, image, label), neighbours.of(image))
