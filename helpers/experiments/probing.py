"""How much about our flowers stands in the features of each block, by what the base learned from?"""

import numpy as np

from helpers.experiments.experiment import Experiment

_SETTINGS = {
    "image_size": 96,
    "per_class": 20,
    "learned_from": ["photos", "formulas", "nothing"],
    "block": ["stem", "block1a", "block2b", "block3b", "block4c", "block5c", "block6d", "block7a", "top"],
}


def _measure(seed: int, image_size: int, per_class: int, learned_from: str, block: str) -> dict:
    from helpers.activations.feature_maps import activations
    from helpers.experiments.shared import base_of, pictures_of
    from helpers.judging.linear_probe import probe

    photos = pictures_of("drawn", image_size, per_class, seed)
    base = base_of("drawn", learned_from, image_size, per_class, seed)
    parts = [activations(base, split.images(), block).mean(axis=(1, 2)) for split in (photos.train, photos.test)]
    labels = np.concatenate([photos.train.labels, photos.test.labels])
    train, test = np.arange(len(photos.train)), np.arange(len(photos.train), len(labels))
    return {"accuracy": probe(np.concatenate(parts), labels, train, test, seed), "features": parts[0].shape[1]}


PROBING = Experiment("probing", __doc__ or "", (_SETTINGS,), _measure, ("learned_from", "block"))
