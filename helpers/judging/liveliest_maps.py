"""The feature maps worth looking at: of each block the one that varies most, and a map as a picture."""

import keras
import numpy as np
import tensorflow as tf

from helpers.network import cutting
from helpers.network.blocks import blocks


def stretched(feature_map: np.ndarray, side: int) -> np.ndarray:
    """Return a feature map as a grey picture: its lowest value is black, its highest white, each place a square.

    Args:
        feature_map: Shape `(height, width)`.
        side: Side of the picture in pixels; rounded up to whole squares.
    """
    low, high = float(feature_map.min()), float(feature_map.max())
    grey = (feature_map - low) / (high - low) * 255 if high > low else np.zeros_like(feature_map)
    times = -(-side // max(feature_map.shape))
    return grey.astype(np.uint8).repeat(times, axis=0).repeat(times, axis=1)


def liveliest_maps(base: keras.Model, image: np.ndarray) -> list[tuple[str, int, np.ndarray]]:
    """Return one feature map per block: the one of the channel that varies most over the photo.

    Args:
        base: A flat model on a base.
        image: One photo of the model's size, 0 to 255.

    Returns:
        List of block name, channel, and map of shape `(height, width)`, from the stem up.
    """
    found = blocks(base)
    part = cutting.part(base, None, [block.output_layer for block in found])
    rows = []
    for block, maps in zip(found, part(tf.constant(image[None], tf.float32), training=False), strict=True):
        values = np.asarray(maps)[0]
        spread = values.std(axis=(0, 1)) / (np.abs(values).mean(axis=(0, 1)) + np.abs(values).mean() + 1e-9)
        channel = int(spread.argmax())
        rows.append((block.name, channel, values[:, :, channel]))
    return rows
