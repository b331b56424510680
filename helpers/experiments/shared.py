"""What several experiments start from. The last ones are kept, because points with the same start come together."""

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from helpers.experiments.experiment import real_photos
from helpers.training.settings import GENTLY

if TYPE_CHECKING:
    import keras

    from helpers.photos.loading import Photos
    from helpers.training.run import Run

# How a pre-trained base is fine-tuned: the head alone first, then blocks with it, at a smaller rate.
HEAD: dict[str, Any] = {"epochs": 30, "learning_rate": 3e-3} | GENTLY
BLOCKS: dict[str, Any] = {"epochs": 10, "learning_rate": 1e-3} | GENTLY
PLAIN_HEAD: dict[str, Any] = {"epochs": 15, "learning_rate": 3e-3, "keep": "last"}  # in experiments on forgetting

_FEW = 8  # validation photos where they decide nothing

# What a base learned from, and how to load it.
LEARNED_FROM = {
    "photos": ("EfficientNetLite0", "imagenet"),
    "formulas": ("EfficientNetB0", "bundled"),
    "nothing": ("EfficientNetLite0", None),
}


# How the sets that aren't flowers are divided: each has over 200 pictures to test on.
_SPLITS = {"textures": (0.43, 0.14, 0.43), "calls": (0.44, 0.12, 0.44)}


@lru_cache(maxsize=2)
def pictures_of(source: str, image_size: int, per_class: int | None, seed: int) -> "Photos":
    """Return the `"drawn"` flowers of the course, its `"textures"` or `"calls"`, or `"real"` photos: `real_photos`."""
    from helpers import config
    from helpers.photos.loading import load_flowers, load_photos

    if source in _SPLITS:
        return load_photos(config.DATA / source, image_size, seed, per_class, _SPLITS[source])
    return load_flowers("bundled" if source == "drawn" else real_photos(), image_size, seed, per_class)


@lru_cache(maxsize=2)
def base_of(source: str, learned_from: str, image_size: int, per_class: int | None, seed: int) -> "keras.Model":
    """Return a base of `LEARNED_FROM`. The statistics of random weights are settled on the training photos."""
    from helpers.network.base import load_base
    from helpers.network.statistics import settle_statistics

    name, weights = LEARNED_FROM[learned_from]
    base = load_base(name, weights, image_size, seed)
    if base.pretrained:
        return base
    return settle_statistics(base, pictures_of(source, image_size, per_class, seed).train)


@lru_cache(maxsize=1)
def with_trained_head(
    source: str, learned_from: str, image_size: int, per_class: int | None, seed: int, **how: Any
) -> "keras.Model":
    """Return a model whose head was trained on a frozen base of `LEARNED_FROM`. Copy it before you train it.

    Args:
        source, image_size, per_class, seed: As for `pictures_of`.
        learned_from: A name in `LEARNED_FROM`.
        **how: Settings of `fit`; those of `HEAD` by default.
    """
    from helpers.network.freezing import freeze
    from helpers.network.head import attach_head

    photos = pictures_of(source, image_size, per_class, seed)
    base = base_of(source, learned_from, image_size, per_class, seed)
    model = attach_head(base, len(photos.class_names), seed=seed)
    freeze(model, until="top")
    trained_to_the_end(model, photos, seed, **(how or HEAD))
    return model


def trained_to_the_end(model: "keras.Model", photos: "Photos", seed: int, **how: Any) -> "Run":
    """Train with `fit`, and end with the weights of the last epoch.

    Then validation photos decide nothing, but to judge 200 of them after each epoch takes longer than to train on 50.
    So `fit` gets a handful, and the model comes out the same, bit for bit.

    Args:
        model, photos, seed: As for `fit`.
        **how: Settings of `fit`; `keep="last"` is among them.

    Returns:
        The record of the training. Its validation accuracy is that of the handful.
    """
    from helpers.photos.split import rows_of
    from helpers.training.fit import fit

    few = replace(photos, val=rows_of(photos.val, np.arange(min(_FEW, len(photos.val)))))
    to_the_end: dict[str, Any] = how | {"keep": "last"}
    return fit(model, few, **to_the_end, seed=seed, progress=False)


def fine_tuned(
    start: "keras.Model", photos: "Photos", until: str | None, seed: int, batchnorm: str = "frozen", **how: Any
) -> "tuple[keras.Model, Run]":
    """Return a copy of a model whose blocks above `until` were trained further, and the record of that training.

    Args:
        start: Such as from `with_trained_head`. It stays as it is.
        photos, seed: As for `fit`.
        until, batchnorm: As for `freeze`.
        **how: Settings of `fit` that differ from `BLOCKS`.
    """
    from helpers.network.freezing import freeze
    from helpers.network.head import copy_of

    model = copy_of(start)
    freeze(model, until=until, batchnorm=batchnorm)
    return model, trained_to_the_end(model, photos, seed, **BLOCKS | how)


def from_scratch(photos: "Photos", seed: int, **how: Any) -> "tuple[keras.Model, float]":
    """Return the same architecture, trained from random weights on augmented photos, and the seconds that it took.

    Its BatchNorm statistics are computed again after training, because a short training leaves them behind.

    Args:
        photos, seed: As for `fit`.
        **how: Settings of `fit` that differ from `GENTLY`.
    """
    from helpers.network.base import load_base
    from helpers.network.freezing import freeze
    from helpers.network.head import attach_head
    from helpers.network.statistics import settle_statistics

    name, _ = LEARNED_FROM["nothing"]
    base = settle_statistics(load_base(name, None, photos.image_size, seed), photos.train)
    model = attach_head(base, len(photos.class_names), seed=seed, share=True)
    freeze(model, until=None)
    gently: dict[str, Any] = GENTLY | {"augment": True} | how
    run = trained_to_the_end(model, photos, seed, **gently)
    return settle_statistics(model, photos.train), run.seconds


def against_the_frozen(start: "keras.Model", photos: "Photos", until: str | None, seed: int) -> dict[str, Any]:
    """Fine-tune a copy of a model, and count the test photos that it wins and loses against the model it started from.

    Args:
        start: With a trained head on a frozen base.
        photos, until, seed: As for `fine_tuned`; with `"top"` there is nothing more to train.

    Returns:
        What an experiment measures: `accuracy`, `won`, `lost`, `photos`, `seconds`.
    """
    from helpers.judging.comparison import compare
    from helpers.judging.report import evaluate

    model, seconds = start, 0.0
    if until != "top":
        model, run = fine_tuned(start, photos, until, seed)
        seconds = run.seconds
    before, after = evaluate(start, photos.test), evaluate(model, photos.test)
    counts = compare(after, before)
    return {
        "accuracy": after.accuracy,
        "won": counts.only_first,
        "lost": counts.only_second,
        "photos": len(photos.test),
        "seconds": seconds,
    }
