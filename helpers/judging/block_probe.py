"""How good a cut is: a linear probe on what each block gives, quick enough to try all blocks."""

from collections.abc import Callable

import keras
import numpy as np
import pandas as pd

from helpers.activations.pooled import pooled_activations
from helpers.judging.interval import wilson_interval
from helpers.judging.linear_probe import probe
from helpers.network.blocks import blocks
from helpers.photos.loading import Photos


def probe_blocks(
    base: keras.Model, photos: Photos, seed: int = 0, on_block: Callable[[pd.DataFrame], None] | None = None
) -> pd.DataFrame:
    """Return how well a linear classifier on each block's features does, and how many weights the cut keeps.

    The features are the block's maps, averaged over all places. A logistic regression learns on the training photos
    and is judged on the validation photos. That takes seconds, and ranks cuts almost as trained heads do.

    Args:
        base: From `load_base`.
        photos: From `load_flowers` or `load_photos`.
        seed: Decides which training photos are used to choose the regularisation.
        on_block: Called with the rows so far after each block.

    Returns:
        DataFrame indexed by `block`, from the stem up: `accuracy` on the validation photos; `low` and `high`, its 95%
        interval; `features`, how many there are; `weights`, how many the base keeps if it is cut after this block.

    Example:
        >>> probe_blocks(base, photos).accuracy.idxmax()
        'block6d'
    """
    train, val = (pooled_activations(base, split) for split in (photos.train, photos.val))
    labels = np.concatenate([photos.train.labels, photos.val.labels])
    learns, judges = np.split(np.arange(len(labels)), [len(photos.train)])
    table, rows, weights = pd.DataFrame(), [], 0
    for block in blocks(base):
        weights += block.params
        features = np.concatenate([train[block.name], val[block.name]])
        accuracy = probe(features, labels, learns, judges, seed)
        low, high = wilson_interval(round(accuracy * len(judges)), len(judges))
        rows.append((block.name, accuracy, low, high, features.shape[1], weights))
        table = pd.DataFrame(rows, columns=["block", "accuracy", "low", "high", "features", "weights"])
        table = table.set_index("block")
        if on_block is not None:
            on_block(table)
    return table
