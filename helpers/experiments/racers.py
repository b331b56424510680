"""Those that race: each trains one model, one piece of work at a time. Here the one that starts from random weights."""

import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count

import keras
import numpy as np

from helpers import config
from helpers.experiments.part_training import PartTraining
from helpers.network import cutting
from helpers.network.statistics import settle_statistics
from helpers.photos.loading import Photos
from helpers.photos.photo import augment
from helpers.photos.split import rows_of
from helpers.training.settings import GENTLY, TrainingSettings

SCRATCH_RATE = 5e-3  # the best of three in the experiment `photos_per_class`
SETTINGS = TrainingSettings(**GENTLY)
_LOOK_EVERY = 1 / 60  # of the time: a look costs some of it
_WARM_UP = 0.1  # of the time, or of the epochs, until the learning rate is at its highest
_SETTLED_ON = 128  # photos on which BatchNorm statistics are measured before a look

Pieces = Iterator[int | None]


class Racer:
    """One of the three: its model, what it has used, and how far it got.

    Attributes:
        method: What the table calls it.
        model: What is trained; up to date once everything that was borrowed has been given back.
        seconds: Computing time that it has used, as its owner counts it.
        right: Validation photos that were classified correctly at the last look.
    """

    method = ""

    def __init__(self, model: keras.Model, photos: Photos, seed: int) -> None:
        self.model, self.photos, self.seed = model, photos, seed
        self.seconds, self.right, self.steps, self._share = 0.0, 0, 0, 0.0
        self.batch_size = min(config.BATCH_SIZE, len(photos.train))
        self._pieces = self.pieces()
        self._looked_at = -math.inf

    @property
    def epochs(self) -> float:
        """Passes over the training photos so far, to one decimal."""
        return round(self.steps * self.batch_size / len(self.photos.train), 1)

    def do_a_piece(self, share: float) -> int | None:
        """Do the next piece of work.

        Args:
            share: How much of its time is used, 0 to 1. Learning rates follow from it.

        Returns:
            After a look at the validation photos, how many of them were right; otherwise `None`.
        """
        self._share = share
        return next(self._pieces)

    def get_ready(self) -> None:
        """Let TensorFlow trace whatever will run."""
        raise NotImplementedError

    def pieces(self) -> Pieces:
        """Yield after each piece of work: after a look what it saw, otherwise `None`. It never ends."""
        raise NotImplementedError

    def look(self) -> int:
        """Return how many validation photos the model as it is now classifies correctly."""
        raise NotImplementedError

    def count_right(self, predicted: np.ndarray) -> int:
        return int((predicted == self.photos.val.labels).sum())

    def _batches(self, epoch: int) -> Iterator[np.ndarray]:
        # All batches are of one size, or TensorFlow would trace a second step. What is left over differs each time.
        order = np.random.default_rng([self.seed, epoch]).permutation(len(self.photos.train))
        for start in range(0, len(order) - self.batch_size + 1, self.batch_size):
            yield order[start : start + self.batch_size]

    def train(
        self, part: PartTraining, inputs: Callable[[np.ndarray], np.ndarray], peak: float, epochs: int | None = None
    ) -> Pieces:
        """Train a part for some epochs, or until the time is up; the learning rate falls to 0 by then."""
        began, steps = self._share, len(self.photos.train) // self.batch_size
        for epoch in range(epochs) if epochs else count():
            for done, rows in enumerate(self._batches(epoch)):
                way = (epoch + done / steps) / epochs if epochs else (self._share - began) / (1 - began)
                part.step(inputs(rows), rows, peak * rate_at(way))
                self.steps += 1
                yield None
            if self._share - self._looked_at >= _LOOK_EVERY:
                self._looked_at = self._share
                yield self.look()


def rate_at(way: float) -> float:
    """Return the learning rate as a share of its highest: it rises over a tenth of the way, and falls as a cosine."""
    way = min(max(way, 0.0), 1.0)
    return min(1.0, max(way, 1e-3) / _WARM_UP) * (1 + math.cos(math.pi * way)) / 2


class FromScratch(Racer):
    """All of a network with random weights, on augmented photos."""

    method = "from scratch"

    def __init__(self, model: keras.Model, photos: Photos, seed: int, lent: ExitStack) -> None:
        super().__init__(model, photos, seed)
        self._whole = PartTraining(cutting.whole(model), photos.train, SETTINGS, lent)
        lent.callback(self._whole.give)
        rows = np.random.default_rng(seed).permutation(len(photos.train))[:_SETTLED_ON]
        self._some = rows_of(photos.train, np.sort(rows))

    def get_ready(self) -> None:
        self._whole.trace(self.batch_size)

    def pieces(self) -> Pieces:
        rng, train = np.random.default_rng([self.seed, 1]), self.photos.train
        yield from self.train(self._whole, lambda rows: augment(train.images(rows), rng), SCRATCH_RATE)

    def look(self) -> int:
        self._whole.give()
        settle_statistics(self.model, self._some)
        self._whole.take()
        val = self.photos.val
        starts = range(0, len(val), config.BATCH_SIZE)
        rows = [np.arange(start, min(start + config.BATCH_SIZE, len(val))) for start in starts]
        return self.count_right(np.concatenate([self._whole.predict(val.images(each)) for each in rows]))
