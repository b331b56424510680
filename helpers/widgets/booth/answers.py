"""Answers as fast as a camera asks: the frozen base traced once for all trainings, the head as a matrix product."""

import threading

import keras
import numpy as np

from helpers.activations import engines
from helpers.judging.answer import Answer
from helpers.judging.neighbours import Neighbours
from helpers.network import cutting
from helpers.network.head import attach_head, output_layer

_POOL = "head_pool"


class FrozenEyes:
    """A frozen base that turns one photo after the other into features, without tracing it again for each training.

    Args:
        base: From `load_base`. It is used as it is, and not changed.
    """

    def __init__(self, base: keras.Model) -> None:
        self._part = cutting.part(attach_head(base, classes=2, share=True), None, [_POOL])
        self._one_at_a_time = threading.Lock()

    def get_ready(self, image_size: int) -> None:
        """Trace the base, for one photo and for the batches that training reads: seconds that nobody has to wait for.

        Args:
            image_size: Side of the photos in pixels.
        """
        black = np.zeros((1, image_size, image_size, 3), np.uint8)
        self.features_of(black[0])
        engines.predict_images(self._part, black)

    def features_of(self, image: np.ndarray) -> np.ndarray:
        """Return the features of a photo, `(channels,)`, float32.

        Args:
            image: `(size, size, 3)`, 0 to 255.
        """
        with self._one_at_a_time:
            return np.asarray(self._part.predict_on_batch(np.asarray(image)[None]), np.float32)[0]


class QuickAnswers:
    """What a model says about photos, as `explain_photo` would, in a fraction of its time.

    Args:
        model: From `attach_head`, on the base of `eyes`, which stayed frozen: features, dropout, a dense layer.
        neighbours: Made from the same model.
        eyes: The base.
    """

    def __init__(self, model: keras.Model, neighbours: Neighbours, eyes: FrozenEyes) -> None:
        last = output_layer(model)
        assert last is not None
        assert neighbours.layer in (_POOL, "head_dropout"), "no hidden layers in between"
        self._eyes, self._neighbours = eyes, neighbours
        self._kernel, self._bias = (np.asarray(values, np.float32) for values in last.get_weights())
        self._known = _directions(neighbours.features)
        self.class_names = neighbours.photos.class_names

    def of(self, image: np.ndarray) -> Answer:
        """Return what the model says about a photo.

        Args:
            image: `(size, size, 3)`, 0 to 255.
        """
        features = self._eyes.features_of(image)
        scores = features @ self._kernel + self._bias
        powers = np.exp(scores - scores.max())
        probabilities, label = powers / powers.sum(), int(scores.argmax())
        count = self._neighbours.count
        distances = 1 - self._known @ _directions(features[None])[0]
        distance = float(np.partition(distances, count - 1)[count - 1])
        limit = self._neighbours.limits[label]
        named = dict(zip(self.class_names, map(float, probabilities), strict=True))
        return Answer(self.class_names[label], named, distance <= limit, distance, limit)


def _directions(features: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    return features / np.maximum(lengths, np.finfo(np.float32).tiny)
