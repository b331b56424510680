"""How much about our flowers stands in the features of each block, by what the base learned from?"""

from functools import lru_cache

import numpy as np

from helpers.experiments.experiment import Experiment

_SETTINGS = {
    "image_size": 96,
    "per_class": 20,
    "learned_from": ["photos", "formulas", "nothing"],
    "block": ["stem", "block1a", "block2b", "block3b", "block4c", "block5c", "block6d", "block7a", "top"],
}
_BATCH = 32


def _measure(seed: int, image_size: int, per_class: int, learned_from: str, block: str) -> dict:
    from helpers.experiments.shared import bundled_flowers
    from helpers.judging.linear_probe import probe

    photos = bundled_flowers(image_size, per_class, seed)
    features = _features(learned_from, image_size, per_class, seed)[block]
    labels = np.concatenate([photos.train.labels, photos.test.labels])
    train, test = np.arange(len(photos.train)), np.arange(len(photos.train), len(labels))
    return {"accuracy": probe(features, labels, train, test, seed), "features": features.shape[1]}


@lru_cache(maxsize=1)
def _features(learned_from: str, image_size: int, per_class: int, seed: int) -> dict[str, np.ndarray]:
    # Of every block at once: the photos go through the network a single time.
    from helpers.experiments.shared import LEARNED_FROM, bundled_flowers
    from helpers.network import cutting
    from helpers.network.base import load_base
    from helpers.network.blocks import blocks
    from helpers.network.statistics import settle_statistics

    photos = bundled_flowers(image_size, per_class, seed)
    base = load_base(*LEARNED_FROM[learned_from], image_size, seed)
    if not base.pretrained:
        settle_statistics(base, photos.train)
    found = {block.name: block.output_layer for block in blocks(base)}
    part = cutting.part(base, None, list(found.values()))
    pooled = []
    for split in (photos.train, photos.test):
        for images, _ in split.batches(_BATCH):
            maps = part(np.asarray(images, "float32"), training=False)
            pooled.append([np.asarray(each).mean(axis=(1, 2)) for each in maps])
    return dict(zip(found, map(np.concatenate, zip(*pooled, strict=True)), strict=True))


PROBING = Experiment("probing", __doc__ or "", (_SETTINGS,), _measure, ("learned_from", "block"))
