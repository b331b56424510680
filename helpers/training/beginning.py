"""What a network says of the validation photos before it is trained: asked only once of all runs that begin alike."""

from collections.abc import Callable
from weakref import WeakKeyDictionary

import keras
import numpy as np

from helpers.network.blocks import weights_digest
from helpers.photos.loading import Photos
from helpers.training.frozen_blocks import KeptActivations
from helpers.training.settings import TrainingSettings

_KEPT = 32  # beginnings of each twin
_known: WeakKeyDictionary[keras.Model, dict[tuple, dict[str, float]]] = WeakKeyDictionary()


def judged(
    twin: keras.Model,
    part: keras.Model,
    photos: Photos,
    settings: TrainingSettings,
    kept: KeptActivations,
    evaluate: Callable[[], dict[str, float] | None],
) -> dict[str, float] | None:
    """Return what `evaluate` does, or what it returned when this twin had the same weights and the same photos before.

    In the freeze lab every run begins with the same head on the same base; only the rate or the boundary is another.

    Args:
        twin: The network that is evaluated, lent to `part`; see `helpers.network.twins`.
        part: What lies above the kept activations.
        photos: Its validation photos are what is judged.
        settings: Of the training.
        kept: The activations of the frozen blocks.
        evaluate: Returns the loss and the accuracy by name, or `None` where it was stopped, which isn't kept.
    """
    if not kept or twin is part:
        return evaluate()
    known = _known.setdefault(twin, {})
    labels = np.asarray(photos.val.labels).tobytes()
    key = kept.val_key, labels, settings.batch_size, weights_digest(part)
    if key in known:
        return known[key]
    found = evaluate()
    if found is not None:
        known[key] = found
        while len(known) > _KEPT:
            known.pop(next(iter(known)))
    return found
