"""How much about our flowers stands in the features of each block, by what the base learned from?"""

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from helpers.experiments.experiment import Experiment

if TYPE_CHECKING:
    import keras

_SETTINGS = {
    "image_size": 96,
    "per_class": 20,
    "learned_from": ["photos", "formulas", "nothing"],
    "block": ["stem", "block1a", "block2b", "block3b", "block4c", "block5c", "block6d", "block7a", "top"],
}


def _measure(seed: int, image_size: int, per_class: int, learned_from: str, block: str) -> dict:
    from helpers.activations.feature_maps import activations
    from helpers.experiments.shared import bundled_flowers
    from helpers.judging.linear_probe import probe

    photos = bundled_flowers(image_size, per_class, seed)
    base = _base(learned_from, image_size, per_class, seed)
    parts = [activations(base, split.images(), block).mean(axis=(1, 2)) for split in (photos.train, photos.test)]
    labels = np.concatenate([photos.train.labels, photos.test.labels])
    train, test = np.arange(len(photos.train)), np.arange(len(photos.train), len(labels))
    return {"accuracy": probe(np.concatenate(parts), labels, train, test, seed), "features": parts[0].shape[1]}


@lru_cache(maxsize=1)
def _base(learned_from: str, image_size: int, per_class: int, seed: int) -> "keras.Model":
    from helpers.experiments.shared import LEARNED_FROM, bundled_flowers
    from helpers.network.base import load_base
    from helpers.network.statistics import settle_statistics

    name, weights = LEARNED_FROM[learned_from]
    base = load_base(name, weights, image_size, seed)
    return base if base.pretrained else settle_statistics(base, bundled_flowers(image_size, per_class, seed).train)


PROBING = Experiment("probing", __doc__ or "", (_SETTINGS,), _measure, ("learned_from", "block"))
