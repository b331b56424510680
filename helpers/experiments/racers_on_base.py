"""Those that race on a pre-trained base: one trains a new head on it, the other its upper blocks as well."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import keras
import numpy as np

from helpers import config
from helpers.activations.answers import predict_split
from helpers.experiments.part_training import PartTraining, RunningPart
from helpers.experiments.racers import SETTINGS, Pieces, Racer
from helpers.experiments.shared import BLOCKS, HEAD
from helpers.network import cutting
from helpers.photos.loading import Photos


class OnBase(Racer):
    """A frozen base, or its lower blocks, and what is trained on top of it.

    Args:
        model, photos, seed: The model is frozen up to where it stays so.
        lent: See `PartTraining`.
    """

    def __init__(self, model: keras.Model, photos: Photos, seed: int, lent: ExitStack) -> None:
        super().__init__(model, photos, seed)
        self._head = PartTraining(cutting.suffix(model, "head_pool"), photos.train, SETTINGS, lent)
        self._trained, self._seen_by_it = self._head, np.zeros(0)  # what is trained now, and its validation inputs

    def look(self) -> int:
        if not len(self._seen_by_it):  # the blocks below haven't seen the validation photos yet
            return self.count_right(predict_split(self.model, self.photos.val).argmax(axis=1))
        return self.count_right(self._trained.predict(self._seen_by_it))

    def _through(self, part: RunningPart, inputs: Callable[[np.ndarray], np.ndarray], rows: int) -> Any:
        """Run a part over all rows, a batch per piece, and return its outputs."""
        outputs = []
        for start in range(0, rows, config.BATCH_SIZE):
            outputs.append(part.run(inputs(np.arange(start, min(start + config.BATCH_SIZE, rows)))))
            yield None
        return np.concatenate(outputs)

    def _photos_through(self, part: RunningPart) -> Any:
        train = yield from self._through(part, self.photos.train.images, len(self.photos.train))
        val = yield from self._through(part, self.photos.val.images, len(self.photos.val))
        return train, val


class FrozenBase(OnBase):
    """A new head on a frozen base, which looks at each photo once."""

    method = "frozen base"

    def __init__(self, model: keras.Model, photos: Photos, seed: int, lent: ExitStack) -> None:
        super().__init__(model, photos, seed, lent)
        self._base = RunningPart(cutting.part(model, None, ["head_pool"]), lent)
        lent.callback(self._head.give)

    def get_ready(self) -> None:
        self._base.trace()
        self._head.trace(self.batch_size)

    def pieces(self) -> Pieces:
        features, self._seen_by_it = yield from self._photos_through(self._base)
        yield from self.train(self._head, features.__getitem__, HEAD["learning_rate"])


class FineTuned(OnBase):
    """A new head on a frozen base first, then with it the blocks above the boundary, at a smaller rate."""

    method = "fine-tuned"

    def __init__(self, model: keras.Model, photos: Photos, seed: int, lent: ExitStack) -> None:
        super().__init__(model, photos, seed, lent)
        cut = cutting.find_cut(model)
        if cut is None:
            raise ValueError(
                "Expected a base whose lower blocks can be cut off, so that they run only once. Received one where "
                f"{cutting.reason_not_cut(model)}. Use a base from load_base."
            )
        self._lower = RunningPart(cutting.part(model, None, [cut]), lent)
        self._upper = RunningPart(cutting.part(model, cut, ["head_pool"]), lent)
        self._suffix = PartTraining(cutting.suffix(model, cut), photos.train, SETTINGS, lent)
        lent.callback(lambda: self._trained.give())  # of the two, the one that was trained last

    def get_ready(self) -> None:
        for part in (self._lower, self._upper):
            part.trace()
        for part in (self._head, self._suffix):
            part.trace(self.batch_size)

    def pieces(self) -> Pieces:
        kept, kept_val = yield from self._photos_through(self._lower)
        features = yield from self._through(self._upper, kept.__getitem__, len(kept))
        self._seen_by_it = yield from self._through(self._upper, kept_val.__getitem__, len(kept_val))
        yield from self.train(self._head, features.__getitem__, HEAD["learning_rate"], HEAD["epochs"])
        self._head.give()
        self._suffix.take()
        self._trained, self._seen_by_it = self._suffix, kept_val
        yield from self.train(self._suffix, kept.__getitem__, BLOCKS["learning_rate"])
