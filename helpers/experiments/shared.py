"""What several experiments start from. The last ones are kept, because points with the same start come together."""

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

    from helpers.photos.loading import Photos

_HEAD_EPOCHS = 15


@lru_cache(maxsize=2)
def bundled_flowers(image_size: int, per_class: int, seed: int) -> "Photos":
    """Return the bundled flowers, with a limited number of training photos per class."""
    from helpers.photos.loading import load_flowers

    return load_flowers("bundled", image_size, seed, per_class)


@lru_cache(maxsize=2)
def base_of(weights: str | None, image_size: int, per_class: int, seed: int) -> "keras.Model":
    """Return the bundled base, or one with random weights whose statistics were settled on the training photos."""
    from helpers.network.base import load_base
    from helpers.network.statistics import settle_statistics

    base = load_base(weights=weights, image_size=image_size, seed=seed)
    return base if base.pretrained else settle_statistics(base, bundled_flowers(image_size, per_class, seed).train)


@lru_cache(maxsize=1)
def trained_head(image_size: int, per_class: int, seed: int) -> "keras.Model":
    """Return a model whose head was trained on the frozen bundled base. Copy it before you train it."""
    from helpers.network.freezing import freeze
    from helpers.network.head import attach_head
    from helpers.training.fit import fit

    photos = bundled_flowers(image_size, per_class, seed)
    model = attach_head(base_of("bundled", image_size, per_class, seed), len(photos.class_names), seed=seed)
    freeze(model, until="top")
    fit(model, photos, epochs=_HEAD_EPOCHS, learning_rate=3e-3, keep="last", seed=seed, progress=False)
    return model
