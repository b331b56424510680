"""The output of a block for a few photos."""

import keras
import numpy as np
import tensorflow as tf

from helpers import checks
from helpers.network import cutting
from helpers.network.blocks import block_named

_BATCH = 32


@checks.checked(model=checks.kind_of(keras.Model), images=checks.pixels(3, 4), at=checks.text)
def activations(model: keras.Model, images: np.ndarray, at: str) -> np.ndarray:
    """Return a block's feature maps.

    Args:
        model: A flat model on a base.
        images: Shape `(photos, size, size, 3)` or, for one photo, `(size, size, 3)`; 0 to 255.
        at: Name of a block, see `blocks`.

    Returns:
        Array of shape `(photos, height, width, channels)`, or `(height, width, channels)` for one photo.

    Raises:
        ValueError: If there is no such block, or the photos don't have the size that the model takes.

    Example:
        >>> activations(base, photos.val.images()[:2], "block2b").shape
        (2, 32, 32, 24)
    """
    images = np.asarray(images)
    part = cutting.part(model, None, [block_named(model, at, "at").output_layer])
    batch = images[None] if images.ndim == 3 else images
    size = model.input_shape[1]
    if batch.ndim != 4 or batch.shape[-1] != 3 or size not in (None, batch.shape[1]):
        raise ValueError(
            f"Expected photos of shape (n, {size}, {size}, 3). Received: {images.shape}. Load the photos at that size."
        )
    parts = [tf.constant(batch[start : start + _BATCH], tf.float32) for start in range(0, len(batch), _BATCH)]
    maps = np.concatenate([np.asarray(part(each, training=False)) for each in parts])
    return maps[0] if images.ndim == 3 else maps
