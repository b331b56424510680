"""The nearer the new task to the old one, the less must change: is that so?

Three networks are transferred to two new tasks. One was trained on the course's flowers, one has only seen pictures
drawn from formulas, and one has random weights. The new tasks are the same flowers in other surroundings (near), and
drawings of them on white paper (far). Nothing, the head, or the upper blocks too may change; in the
random one, which has nothing to keep, everything may change: that is training from scratch.
"""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from helpers.experiments.experiment import Experiment

if TYPE_CHECKING:
    import keras

_SPLIT = (0.4, 0.1, 0.5)  # the sets are small; half of each is for testing
_FAR_DOWN = {"the head": "top", "upper blocks": "block5c", "everything": None}
_SHARED = {"image_size": 64, "per_class": 10, "target": ["flowers_near", "flowers_far"]}
_LEARNED = {"old_task": ["flowers", "formulas"]}
_HEAD_RATE = 3e-3
_RATES = {"upper blocks": (3e-4, 12), "everything": (5e-3, 40)}  # and epochs; from scratch as in photos_per_class
_GENTLY: dict[str, Any] = {"schedule": "cosine", "weight_decay": 0.01, "keep": "last"}
_SETTINGS = (
    _SHARED | {"old_task": "flowers", "changes": "nothing"},
    _SHARED | _LEARNED | {"changes": ["the head", "upper blocks"]},
    _SHARED | {"old_task": "random", "changes": ["the head", "everything"]},
)


def _measure(seed: int, image_size: int, per_class: int, target: str, old_task: str, changes: str) -> dict:
    from helpers import config
    from helpers.judging.report import evaluate
    from helpers.network.freezing import freeze
    from helpers.network.head import attach_head
    from helpers.network.statistics import settle_statistics
    from helpers.photos.loading import load_photos
    from helpers.training.fit import fit

    photos = load_photos(config.DATA / target, image_size, seed, per_class, _SPLIT)
    if changes == "nothing":
        return {"accuracy": evaluate(_knows_flowers(image_size, seed), photos.test).accuracy}
    base = _base(old_task, image_size, seed)
    if old_task == "random":
        settle_statistics(base, photos.train)
    model = attach_head(base, len(photos.class_names), seed=seed)
    freeze(model, until="top")
    if old_task != "random" or changes == "the head":
        fit(model, photos, epochs=40, learning_rate=_HEAD_RATE, keep="last", seed=seed, progress=False)
    if changes != "the head":
        freeze(model, until=_FAR_DOWN[changes])
        rate, epochs = _RATES[changes]
        fit(model, photos, epochs=epochs, learning_rate=rate, **_GENTLY, seed=seed, progress=False)
        if old_task == "random":
            settle_statistics(model, photos.train)
    return {"accuracy": evaluate(model, photos.test).accuracy}


@lru_cache(maxsize=1)
def _knows_flowers(image_size: int, seed: int) -> "keras.Model":
    """Return a model trained on all of the course's flowers: first its head, then its upper blocks."""
    from helpers.network.base import load_base
    from helpers.network.freezing import freeze
    from helpers.network.head import attach_head
    from helpers.photos.loading import load_flowers
    from helpers.training.fit import fit

    photos = load_flowers("bundled", image_size, seed)
    model = attach_head(load_base("EfficientNetB0", "bundled", image_size), len(photos.class_names), seed=seed)
    freeze(model, until="top")
    fit(model, photos, epochs=20, learning_rate=3e-3, seed=seed, progress=False)
    freeze(model, until="block5c")
    fit(model, photos, epochs=8, learning_rate=3e-4, **_GENTLY, seed=seed, progress=False)
    return model


def _base(old_task: str, image_size: int, seed: int) -> "keras.Model":
    import keras

    from helpers.network.base import load_base

    if old_task == "random":
        return load_base("EfficientNetB0", None, image_size, seed)
    base = load_base("EfficientNetB0", "bundled", image_size)
    if old_task == "flowers":
        trained = _knows_flowers(image_size, seed)
        for layer, learned in zip(base.layers, trained.layers, strict=False):  # the head comes after the base
            layer.set_weights(learned.get_weights())
            if isinstance(layer, keras.layers.Normalization):
                layer.finalize_state()  # it computes with constants that set_weights does not refresh
    return base


SIMILARITY = Experiment(
    "similarity", (__doc__ or "").partition("\n")[0], _SETTINGS, _measure, ("target", "old_task", "changes"), seeds=3
)
