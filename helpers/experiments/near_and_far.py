"""The nearer the new task to the old one, the less must change: is that so?

One base that learned from photos meets three tasks: flowers (near), grey shapes and textures (further away), and
spectrograms of calls (far: no photos at all). On each, the boundary moves down.
"""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from helpers.experiments.experiment import Experiment

if TYPE_CHECKING:
    import keras

    from helpers.photos.loading import Photos

_SETTINGS = {
    "image_size": 128,
    "target": ["flowers", "textures", "calls"],
    "until": ["top", "block6d", "block5c"],
}
# Photos per class to train on, and how a set is divided. Each has at least 200 pictures to test on.
_SETS = {
    "flowers": (40, (0.6, 0.2, 0.2)),
    "textures": (12, (0.43, 0.14, 0.43)),
    "calls": (40, (0.44, 0.12, 0.44)),
}


def _measure(seed: int, image_size: int, target: str, until: str) -> dict[str, Any]:
    from helpers.experiments.shared import fine_tuned
    from helpers.judging.report import evaluate

    photos = target_photos(target, image_size, seed)
    start = _with_trained_head(target, image_size, seed)
    before = evaluate(start, photos.test)
    model, seconds = start, 0.0
    if until != "top":
        model, run = fine_tuned(start, photos, until, seed)
        seconds = run.seconds
    after = evaluate(model, photos.test)
    return {
        "accuracy": after.accuracy,
        "won": int((after.correct & ~before.correct).sum()),
        "lost": int((before.correct & ~after.correct).sum()),
        "photos": len(photos.test),
        "seconds": seconds,
    }


@lru_cache(maxsize=2)
def target_photos(target: str, image_size: int, seed: int) -> "Photos":
    """Return the pictures of a task: `"flowers"`, `"textures"` or `"calls"`, as the experiments divide them."""
    from helpers import config
    from helpers.photos.loading import load_photos

    per_class, split = _SETS[target]
    return load_photos(config.DATA / target, image_size, seed, per_class, split)


@lru_cache(maxsize=1)
def _with_trained_head(target: str, image_size: int, seed: int) -> "keras.Model":
    from helpers.experiments.shared import HEAD
    from helpers.network.base import load_base
    from helpers.network.freezing import freeze
    from helpers.network.head import attach_head
    from helpers.training.fit import fit

    photos = target_photos(target, image_size, seed)
    model = attach_head(load_base("EfficientNetLite0", "imagenet", image_size), len(photos.class_names), seed=seed)
    freeze(model, until="top")
    fit(model, photos, **HEAD, seed=seed, progress=False)
    return model


NEAR_AND_FAR = Experiment(
    "near_and_far", (__doc__ or "").partition("\n")[0], (_SETTINGS,), _measure, ("target", "until")
)
