"""Proof of freezing: how far each block's weights and statistics moved, measured from the arrays themselves."""

import keras
import numpy as np
import pandas as pd

from helpers.network import freezing
from helpers.network.blocks import layers_by_block

Snapshot = dict[str, list[np.ndarray]]


def snapshot(model: keras.Model) -> Snapshot:
    """Return a copy of every layer's weights, by the layer's name."""
    return {layer.name: layer.get_weights() for layer in model.layers}


def moved_since(model: keras.Model, before: Snapshot) -> pd.DataFrame:
    """Return how far each block moved since a snapshot.

    A distance is the length of the change divided by the length before, over all numbers of the block together; 0
    means that not a single bit changed. Statistics are the numbers that training doesn't treat as weights: the moving
    means and variances of BatchNorm, and those of the input normalisation.

    Args:
        model: The model the snapshot was taken of.
        before: The result of `snapshot`.

    Returns:
        DataFrame with columns `block`, `frozen`, `weights_moved`, `statistics_moved`.

    Example:
        >>> before = snapshot(model)
        >>> moved_since(model, before).weights_moved.max()
        0.0
    """
    frozen = dict(freezing.plan_of(model).table[["block", "frozen"]].itertuples(index=False))
    places = [(block.name, layers) for block, layers in layers_by_block(model)]
    places.append(("head", freezing.head_layers(model)))
    rows = []
    for name, layers in places:
        weights, statistics = _changes(layers, before)
        rows.append((name, frozen.get(name, True), _distance(weights), _distance(statistics)))
    return pd.DataFrame(rows, columns=["block", "frozen", "weights_moved", "statistics_moved"])


def _changes(layers: list, before: Snapshot) -> tuple[list, list]:
    weights, statistics = [], []
    for layer in layers:
        measured = isinstance(layer, keras.layers.Normalization)
        for variable, old in zip(layer.weights, before[layer.name], strict=True):
            is_statistic = measured or variable.name.startswith("moving_")
            (statistics if is_statistic else weights).append((old, np.asarray(variable)))
    return weights, statistics


def _distance(pairs: list[tuple[np.ndarray, np.ndarray]]) -> float:
    change = sum(float(np.sum((new.astype(np.float64) - old) ** 2)) for old, new in pairs)
    length = sum(float(np.sum(old.astype(np.float64) ** 2)) for old, _ in pairs)
    return float(np.sqrt(change / length)) if length else float(np.sqrt(change))
