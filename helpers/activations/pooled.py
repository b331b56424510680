"""What blocks make of whole photos: each feature map averaged over all its places, for every photo of a split."""

from collections.abc import Sequence

import keras
import numpy as np

from helpers.activations.engines import predict_batch
from helpers.bars import Bar
from helpers.network import cutting, twins
from helpers.network.blocks import block_named, blocks
from helpers.photos.split import Split
from helpers.photos.views import PhotoViews, batches_of


def pooled_activations(model: keras.Model, split: Split, names: Sequence[str] | None = None) -> dict[str, np.ndarray]:
    """Return the features that blocks give each photo, in one pass over the photos.

    A block's feature maps are averaged over all places, so one number per map is left. Nothing is kept on disk: the
    maps themselves would take a hundred times the room.

    Args:
        model: A flat model on a base.
        split: The photos, of the model's size.
        names: Names of blocks, see `blocks`; by default all of them, from the stem up.

    Returns:
        For each block its array of shape `(photos, channels)`, `float32`.

    Raises:
        ValueError: If there is no such block, or the photos don't have the size that the model takes.

    Example:
        >>> pooled_activations(base, photos.val, ["block5c"])["block5c"].shape
        (200, 112)
    """
    size = model.input_shape[1]
    if size not in (None, split.image_size):
        raise ValueError(
            f"Expected photos of the model's size, {size} px. Received: photos of {split.image_size} px. "
            "Load the photos at that size."
        )
    wanted = blocks(model) if names is None else [block_named(model, name, "block") for name in names]
    part = cutting.part(model, None, [block.output_layer for block in wanted])
    rows: list[list[np.ndarray]] = [[] for _ in wanted]
    with Bar("looking at photos", len(split), "photos") as bar, twins.lent(part) as twin:
        for images in batches_of(PhotoViews(split)):
            bar.to(sum(map(len, rows[0])))
            maps = predict_batch(twin, images)
            for kept, values in zip(rows, maps if isinstance(maps, list) else [maps], strict=True):
                kept.append(values.mean(axis=(1, 2), dtype=np.float32))
    return {block.name: _stacked(kept, block.output_shape[-1]) for block, kept in zip(wanted, rows, strict=True)}


def _stacked(rows: list[np.ndarray], channels: int) -> np.ndarray:
    return np.concatenate(rows) if rows else np.zeros((0, channels), np.float32)
