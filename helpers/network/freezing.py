"""The freeze boundary: nothing below it is trained, everything above it is."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import keras
import numpy as np
import pandas as pd

from helpers import checks, config
from helpers.network.blocks import block_named, blocks, layers_by_block


@dataclass(frozen=True, eq=False, repr=False)
class FreezePlan:
    """What is frozen, what will be trained, and how many weights there are of each.

    Attributes:
        boundary: Name of the highest block of the frozen prefix; `None` if nothing is frozen.
        table: DataFrame with a row for each block and for the head: `block`, `frozen`, `params`, `trainable`.
    """

    boundary: str | None
    table: pd.DataFrame

    @property
    def trainable_params(self) -> int:
        """Number of weights that training changes."""
        return int(self.table.trainable.sum())

    @property
    def frozen_params(self) -> int:
        """Number of weights that training doesn't change, including BatchNorm statistics."""
        return int(self.table.params.sum()) - self.trainable_params

    def __repr__(self) -> str:
        frozen = f"frozen up to {self.boundary}" if self.boundary else "nothing frozen"
        return (
            f"<FreezePlan: {frozen}; {self.trainable_params:,} trainable weights, {self.frozen_params:,} non-trainable>"
        )


@checks.checked(model=checks.kind_of(keras.Model), until=checks.or_none(checks.text))
def freeze(model: keras.Model, until: str | None = "top", batchnorm: str = "frozen") -> FreezePlan:
    """Freeze a model's base up to and including a block; make everything above it trainable.

    This is a shortcut for setting `layer.trainable` by hand, which `fit` understands as well.

    Args:
        model: A flat model from `attach_head`, changed in place.
        until: Name of the last block to freeze; `"top"` freezes the whole base; `None` freezes nothing.
        batchnorm: BatchNormalization in the blocks above the boundary. `"frozen"` keeps its statistics and scales as
            the base learned them. `"free"` trains them, with momentum 0.9. A base with random weights and nothing
            frozen is trained from scratch, so there they are always free. (A model built by hand counts as random as
            long as its statistics have their initial values.)

    Returns:
        A `FreezePlan`.

    Raises:
        ValueError: If there is no such block, or `batchnorm` is neither of the two.

    Example:
        >>> freeze(model, until="block6d")
        <FreezePlan: frozen up to block6d; 1,127,989 trainable weights, 2,927,987 non-trainable>
    """
    if batchnorm not in ("frozen", "free"):
        raise ValueError(f'Expected batchnorm to be "frozen" or "free". Received: {batchnorm!r}.')
    found = blocks(model)
    lowest = 0
    if until is not None:
        lowest = found.index(block_named(model, until, "until")) + 1
    elif not _pretrained(model):
        batchnorm = "free"
    frozen = {layer for block in found[:lowest] for layer in block.layers}
    above = {layer for block in found[lowest:] for layer in block.layers}
    model.trainable = True
    for layer in model.layers:
        layer.trainable = layer.name not in frozen
        if layer.name in above and isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = batchnorm == "free"
            layer.momentum = config.FREE_BATCHNORM_MOMENTUM if batchnorm == "free" else layer.momentum
    return plan_of(model)


def plan_of(model: keras.Model) -> FreezePlan:
    """Return the `FreezePlan` that follows from a model's `layer.trainable` flags, however they were set."""
    rows, boundary, still_frozen = [], None, True
    for block, layers in layers_by_block(model):
        frozen = not any(learns(layer) for layer in layers)
        still_frozen = still_frozen and frozen
        boundary = block.name if still_frozen else boundary
        rows.append((block.name, frozen, block.params, _count(layers)))
    head = head_layers(model)
    if head:
        frozen = not any(learns(layer) for layer in head)
        rows.append(("head", frozen, sum(layer.count_params() for layer in head), _count(head)))
    return FreezePlan(boundary, pd.DataFrame(rows, columns=["block", "frozen", "params", "trainable"]))


def head_layers(model: keras.Model) -> list[keras.layers.Layer]:
    """Return the layers above the base, in order."""
    base = {name for block in blocks(model) for name in block.layers}
    return [layer for layer in model.layers if layer.name not in base]


def frozen_prefix(model: keras.Model) -> list[keras.layers.Layer]:
    """Return the layers of the blocks up to the boundary, in order."""
    boundary, layers = plan_of(model).boundary, []
    for block, of_block in layers_by_block(model) if boundary else []:
        layers += of_block
        if block.name == boundary:
            break
    return layers


@contextmanager
def prefix_silenced(model: keras.Model) -> Iterator[None]:
    """Switch stochastic depth off in the frozen prefix while the block runs.

    Frozen layers go on dropping out as long as the model runs in training mode: neither `layer.trainable = False`
    nor, inside `fit`, `base(x, training=False)` stops them (https://github.com/keras-team/keras/issues/20285).
    """
    drops = [layer for layer in frozen_prefix(model) if isinstance(layer, keras.layers.Dropout)]
    rates = [layer.rate for layer in drops]
    try:
        for layer in drops:
            layer.rate = 0.0
        yield
    finally:
        for layer, rate in zip(drops, rates, strict=True):
            layer.rate = rate


def learns(layer: keras.layers.Layer) -> bool:
    """Return whether training would change a layer: its weights, or the statistics of a free BatchNormalization."""
    is_norm = isinstance(layer, keras.layers.BatchNormalization)  # may have statistics and nothing else
    return bool(layer.trainable_weights) or (is_norm and layer.trainable)


def _count(layers: list) -> int:
    return sum(math.prod(variable.shape) for layer in layers for variable in layer.trainable_weights)


def _pretrained(model: keras.Model) -> bool:
    # Models from load_base and attach_head say so. Any other with statistics at their initial values was never trained.
    norms = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    untouched = norms and all(
        not np.any(layer.moving_mean) and np.all(np.equal(layer.moving_variance, 1)) for layer in norms
    )
    return getattr(model, "pretrained", not untouched)
