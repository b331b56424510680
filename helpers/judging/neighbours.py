"""Which training photos a model finds most similar to a photo, and which photos are like none of them."""

from dataclasses import dataclass

import keras
import numpy as np
from sklearn.neighbors import NearestNeighbors

from helpers.activations.cache import activations_at, predict_split
from helpers.network import cutting
from helpers.photos.loading import Photos
from helpers.photos.split import Split
from helpers.photos.views import PhotoViews

_COUNTED = 5  # the fifth-nearest says more than the nearest, which may be a single odd photo
_KNOWN = 0.95  # share of the validation photos that must count as known


def limit_of(distances: np.ndarray) -> float:
    """Return the distance within which nineteen in twenty validation photos lie."""
    return float(np.quantile(distances, _KNOWN))


@dataclass(frozen=True, eq=False)
class Likeness:
    """How a photo compares with the training photos.

    Attributes:
        rows: Row numbers of the nearest training photos, nearest first.
        distances: Their cosine distances: 0 is the same direction, 1 is nothing in common.
        distance: The distance of the fifth, which is the one that counts.
        limit: Nineteen in twenty validation photos are closer than this.
    """

    rows: np.ndarray
    distances: np.ndarray
    distance: float
    limit: float

    @property
    def known(self) -> bool:
        """Whether the photo looks like something the model was trained on."""
        return self.distance <= self.limit


class Neighbours:
    """The training photos, arranged by their features just before the model's output layer.

    A photo counts as unknown if it is farther from its fifth-nearest training photo than nineteen in twenty validation
    photos are. So one in twenty photos of the known classes is rejected as well. (Sun, Ming, Zhu and Li,
    "Out-of-Distribution Detection with Deep Nearest Neighbors", 2022.)

    Args:
        model: A flat model from `attach_head`.
        photos: What it was trained on, and its validation photos.

    Attributes:
        layer: Name of the layer whose output is compared.
        features: That output for each training photo, `(photos, numbers)`.
        count: Which neighbour's distance counts: the fifth, if there are five.
        limit: Photos farther away than this are unknown.

    Example:
        >>> Neighbours(model, photos).of(photos.test.images()[0]).known
        True
    """

    def __init__(self, model: keras.Model, photos: Photos) -> None:
        self.model, self.photos = model, photos
        self.layer = cutting.before_output(model)
        self.count = min(_COUNTED, len(photos.train))
        self.features = self.features_of(photos.train)
        self._tree = NearestNeighbors(n_neighbors=self.count, metric="cosine").fit(self.features)
        self.limit = limit_of(self.distances_of(photos.val))

    def distances_of(self, split: Split) -> np.ndarray:
        """Return each photo's distance to its fifth-nearest training photo, for a split, `(photos,)`."""
        return self._tree.kneighbors(self.features_of(split))[0][:, -1]

    def features_of(self, split: Split) -> np.ndarray:
        """Return the features on which the model decides, for each photo of a split, `(photos, numbers)`, float32."""
        try:
            values = activations_at(self.model, self.layer, PhotoViews(split)).values
        except OSError:  # nothing can be stored here
            values = predict_split(cutting.part(self.model, None, [self.layer]), split)
        return np.asarray(values, np.float32).reshape(len(split), -1)

    def of(self, image: np.ndarray) -> Likeness:
        """Return how a photo compares with the training photos.

        Args:
            image: `(size, size, 3)`, 0 to 255, prepared as the training photos were: by `read_photo`.
        """
        part = cutting.part(self.model, None, [self.layer])
        values = np.asarray(part(np.asarray(image, np.float32)[None], training=False)).reshape(1, -1)
        distances, rows = self._tree.kneighbors(values)
        return Likeness(rows[0], distances[0], float(distances[0, -1]), self.limit)
