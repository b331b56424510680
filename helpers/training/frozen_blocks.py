"""The frozen blocks' part in a training: they run once per photo, and what they give is kept for every epoch."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from helpers import config
from helpers.activations import engines
from helpers.activations.cache import activations_of
from helpers.network import cutting, freezing
from helpers.photos.loading import Photos
from helpers.photos.photo import smallest_crop_of
from helpers.photos.views import PhotoViews
from helpers.training.settings import TrainingSettings


@dataclass(frozen=True, eq=False)
class KeptActivations:
    """What the frozen blocks made of the training and validation photos. False where nothing is kept.

    Attributes:
        arrays: Activations of the training photos (all photos' first views first) and of the validation photos;
            `None` where the frozen blocks must run in every epoch.
        cut: Keras's name of the layer they were taken from.
        record: What a `Run` notes about them.
        val_key: Tells those of the validation photos from any others.
    """

    arrays: tuple[np.ndarray, np.ndarray] | None
    cut: str
    record: dict[str, Any]
    val_key: str = ""

    def __bool__(self) -> bool:
        return self.arrays is not None

    def sentence(self, photos: Photos) -> str | None:
        """Return what to tell the user about them, if there is anything to tell."""
        record = self.record
        if record["not_kept"]:
            return (
                f"The frozen blocks run in every epoch, because their activations cannot be kept: {record['not_kept']}."
            )
        if not self:
            return None
        count = len(photos.train) + len(photos.val)
        what = f"activations of {count:,} photos at {self.cut}, {record['cached_bytes'] / 1e6:.1f} MB"
        if record["cache_reused"]:
            return f"Using the kept {what}."
        start = f" from those kept at {record['computed_from']}" if record["computed_from"] else ""
        return f"Computed the {what}, once, in {record['cache_seconds']:.1f} s{start}."


def not_kept(reason: str | None) -> KeptActivations:
    """Return that nothing is kept, and why; `None` where there was nothing to keep, or nobody asked for it."""
    return KeptActivations(None, "", {"cut": None, "cached_bytes": 0, "not_kept": reason})


def views_and_engine(photos: Photos, settings: TrainingSettings, seed: int) -> tuple[list[PhotoViews], str]:
    """Return which views of the training and the validation photos the frozen blocks look at, and what runs the blocks.

    The engine is chosen by the number of photos alone, not by what is kept: the same training gives the same numbers,
    whatever ran before it.

    Args:
        photos, settings, seed: As for `run_once`.
    """
    views = config.AUGMENT_VIEWS if settings.augment else 0
    wanted = [PhotoViews(photos.train, views, seed, smallest_crop_of(settings.augment)), PhotoViews(photos.val)]
    return wanted, engines.choose(settings.engine, sum(map(len, wanted)), photos.image_size)


def run_once(
    model: keras.Model,
    photos: Photos,
    settings: TrainingSettings,
    seed: int,
    counting: Callable[[int], Callable[[int], None]],
) -> KeptActivations:
    """Run the frozen blocks over the training and validation photos, unless that was done before or cannot be.

    Args:
        model: A flat model on a base.
        photos: What it is trained on.
        settings: How; `cache`, `engine` and `augment` matter here.
        seed: Decides the augmented views.
        counting: Takes the number of views to compute, and returns what to call with the number of each batch.
    """
    began, cut = time.perf_counter(), cutting.find_cut(model)
    wanted, engine = views_and_engine(photos, settings, seed)
    if not settings.cache or not freezing.frozen_prefix(model):
        return not_kept(None)
    if cut is None:
        return not_kept(cutting.reason_not_cut(model))
    try:
        train, val = activations_of(model, cut, wanted, engine, counting(sum(map(len, wanted))))
    except OSError as error:
        return not_kept(str(error))
    record = {
        "cut": cut,
        "cached_bytes": int(train.values.nbytes + val.values.nbytes),
        "not_kept": None,
        "cache_seconds": time.perf_counter() - began,
        "cache_reused": train.was_ready,
        "computed_from": train.begun_at,
        "engine": train.engine,
    }
    return KeptActivations((train.values, val.values), cut, record, val.key)
