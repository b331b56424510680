"""Which training photos a model finds most similar to a photo, and which photos are like none of them."""

from dataclasses import dataclass

import keras
import numpy as np
import pandas as pd
from sklearn.neighbors import NearestNeighbors

from helpers import checks
from helpers.activations.answers import predict_split
from helpers.activations.cache import activations_at
from helpers.network import cutting
from helpers.network.graph import producer_of
from helpers.photos.loading import Photos
from helpers.photos.split import Split
from helpers.photos.views import PhotoViews

_COUNTED = 5  # the fifth-nearest says more than the nearest, which may be a single odd photo
_KNOWN = 0.95  # share of the validation photos that must count as known
_FARTHEST = 2.0  # the largest cosine distance: the opposite direction
_ROUNDING = 1e-3  # the most by which distances may differ between batches, engines and number formats


def limit_of(distances: np.ndarray) -> float:
    """Return the distance within which nineteen in twenty validation photos lie."""
    return float(np.quantile(distances, _KNOWN))


def limits_of(distances: np.ndarray, labels: np.ndarray, classes: int) -> tuple[float, ...]:
    """Return the distance within which a photo counts as known, for each class that it may be taken for.

    It is the distance within which nineteen in twenty validation photos of all classes lie, and at least as many of
    that class: otherwise a class that varies more than others, or has few photos, would be rejected far more often.

    Args:
        distances: Of the validation photos, `(photos,)`.
        labels: Their classes, `(photos,)`.
        classes: Number of classes.
    """
    of_all = limit_of(distances)
    of_each = (distances[labels == label] for label in range(classes))
    return tuple(max(of_all, _own_limit(own)) if len(own) else of_all for own in of_each)


def _own_limit(distances: np.ndarray) -> float:
    # A distance that was measured, and no mean of two: of a few photos, half lie farther away than that.
    return min(float(np.quantile(distances, _KNOWN, method="higher")) + _ROUNDING, _FARTHEST)


def counted(labels: np.ndarray) -> int:
    """Return which neighbour's distance counts: the fifth, or a nearer one if a class has fewer training photos.

    A class of four photos has no fifth: there, the distance to another class would be measured, and every photo of the
    class would count as unknown.
    """
    return min(_COUNTED, int(np.unique(labels, return_counts=True)[1].min()))


@dataclass(frozen=True, eq=False)
class Likeness:
    """How a photo compares with the training photos.

    Attributes:
        rows: Row numbers of the nearest training photos, nearest first.
        distances: Their cosine distances: 0 is the same direction, 1 is nothing in common.
        distance: The distance of the last of them, which is the one that counts.
        limit: Photos that the model takes for the same class are unknown if they are farther away than this.
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
    photos are, of all classes and of the one that the model takes it for. So up to one in twenty photos of the known
    classes is rejected as well; `turned_away` tells how many of each class. If any class has fewer than five training
    photos, a nearer neighbour counts. (Sun, Ming, Zhu and Li, "Out-of-Distribution Detection with Deep Nearest
    Neighbors", 2022.)

    Args:
        model: A flat model from `attach_head`.
        photos: What it was trained on, and its validation photos.

    Raises:
        ValueError: If there are no training or no validation photos.

    Attributes:
        layer: Name of the layer whose output is compared.
        features: That output for each training photo, `(photos, numbers)`.
        count: Which neighbour's distance counts: the fifth, if each class has five photos.
        limit: Nineteen in twenty validation photos are closer than this.
        limits: Tuple with a distance for each class, never below `limit`: photos that the model takes for this class
            are unknown if they are farther away.

    Example:
        >>> Neighbours(model, photos).of(photos.test.images()[0]).known
        True
    """

    @checks.checked(model=checks.kind_of(keras.Model), photos=checks.kind_of(Photos))
    def __init__(self, model: keras.Model, photos: Photos) -> None:
        if not len(photos.train) or not len(photos.val):
            raise ValueError(
                "Expected the photos that the model was trained on, with some to validate on. "
                f"Received: {photos!r}. Pass what it was trained with."
            )
        self.model, self.photos = model, photos
        self.layer = cutting.before_output(model)
        self.count = counted(photos.train.labels)
        self.features = self.features_of(photos.train)
        self._tree = NearestNeighbors(n_neighbors=self.count, metric="cosine").fit(self.features)
        distances = self.distances_of(photos.val)
        self.limit = limit_of(distances)
        self.limits = limits_of(distances, photos.val.labels, len(photos.class_names))

    def distances_of(self, split: Split) -> np.ndarray:
        """Return the distance that counts for each photo of a split, `(photos,)`."""
        return self._tree.kneighbors(self.features_of(split))[0][:, -1]

    def features_of(self, split: Split) -> np.ndarray:
        """Return the features on which the model decides, for each photo of a split, `(photos, numbers)`, float32."""
        try:
            values = activations_at(self.model, self.layer, PhotoViews(split)).values
        except OSError:  # nothing can be stored here
            values = predict_split(cutting.part(self.model, None, [self.layer]), split)
        return np.asarray(values, np.float32).reshape(len(split), -1)

    def turned_away(self, split: Split) -> pd.Series:
        """Return which share of the photos of each class would be called unknown, although the model knows the class.

        Args:
            split: Photos of the model's classes, in their order, that it wasn't trained on.

        Returns:
            Series of shares from 0 to 1, indexed by class name; NaN for a class without photos.

        Example:
            >>> Neighbours(model, photos).turned_away(photos.test)["daisy"]
            0.05
        """
        features = self.features_of(split)
        away = self._tree.kneighbors(features)[0][:, -1] > np.array(self.limits)[self._taken_for(features)]
        names = list(split.class_names)
        shares = pd.Series(away, dtype=float).groupby(split.labels).mean().reindex(range(len(names)))
        return shares.set_axis(names)

    def _taken_for(self, features: np.ndarray) -> np.ndarray:
        output = cutting.part(self.model, self.layer, [producer_of(self.model.output).name])
        return np.asarray(output(features, training=False)).argmax(axis=1)

    def of(self, image: np.ndarray) -> Likeness:
        """Return how a photo compares with the training photos.

        Args:
            image: `(size, size, 3)`, 0 to 255, prepared as the training photos were: by `read_photo`.
        """
        part = cutting.part(self.model, None, [self.layer])
        values = np.asarray(part(np.asarray(image, np.float32)[None], training=False)).reshape(1, -1)
        distances, rows = self._tree.kneighbors(values)
        return Likeness(rows[0], distances[0], float(distances[0, -1]), self.limits[self._taken_for(values)[0]])
