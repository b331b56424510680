"""Looking into a network: its feature maps, and where in a photo an answer comes from."""

import keras
import numpy as np
import tensorflow as tf

from helpers.activations.feature_maps import activations
from helpers.network import cutting, head
from helpers.network.blocks import block_named, blocks


def grad_cam(model: keras.Model, image: np.ndarray, label: int | None = None, at: str | None = None) -> np.ndarray:
    """Return where in a photo an answer comes from, by Grad-CAM.

    The feature maps of a block are added up, each weighted by how much the answer's score (before the softmax) would
    grow with it, on average over all places; what speaks against the answer is left out. (Selvaraju and others,
    "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization", 2017.)

    Args:
        model: A flat model that ends in a dense layer with a softmax, from `attach_head`.
        image: Shape `(size, size, 3)`, 0 to 255.
        label: Number of the class to explain; the likeliest by default.
        at: Name of the block whose maps are used; the last by default.

    Returns:
        Array of shape `(size, size)`, 0 to 1. All 0 where nothing speaks for the answer.

    Raises:
        ValueError: If the model does not end in a dense layer with a softmax, or there is no such class.

    Example:
        >>> heat = grad_cam(model, photos.test.images()[0])
    """
    maps, weights = _weighed(model, image, label, at)
    heat = np.maximum((maps * weights).sum(axis=-1), 0)[:, :, None]
    heat = np.asarray(tf.image.resize(heat, np.shape(image)[:2], method="bilinear"))[:, :, 0]
    return heat / heat.max() if heat.max() > 0 else heat


def channel_weights(
    model: keras.Model, image: np.ndarray, label: int | None = None, at: str | None = None
) -> np.ndarray:
    """Return how much the score of a class grows with each channel of a block, on average over all places.

    Args:
        model, image, label, at: As for `grad_cam`.

    Returns:
        Array of shape `(channels,)`.
    """
    return _weighed(model, image, label, at)[1]


def _weighed(model, image, label, at) -> tuple[np.ndarray, np.ndarray]:
    last = head.output_layer(model)
    if last is None:
        ends = model.layers[-1].name
        raise ValueError(
            f"Expected a model that ends in a dense layer with a softmax. Received: one that ends in '{ends}'."
        )
    block = blocks(model)[-1] if at is None else block_named(model, at, "at")
    maps = tf.constant(activations(model, image, block.name)[None])
    to_features = cutting.part(model, block.output_layer, [cutting.before_output(model)])
    with tf.GradientTape() as tape:
        tape.watch(maps)
        scores = to_features(maps, training=False) @ last.kernel + (0.0 if last.bias is None else last.bias)
        label = int(np.argmax(scores)) if label is None else label
        if not 0 <= label < scores.shape[-1]:
            raise ValueError(f"Expected label to be from 0 to {scores.shape[-1] - 1}. Received: {label!r}.")
        score = scores[0, label]
    gradient = tape.gradient(score, maps)
    return np.asarray(maps)[0], np.asarray(gradient)[0].mean(axis=(0, 1))


def overlay(image: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """Return a photo with a heat map on it: what is cold turns grey and dark, what is warm keeps its colours.

    Args:
        image: `uint8`, `(height, width, 3)`.
        heat: `(height, width)`, 0 to 1.

    Returns:
        `uint8`, `(height, width, 3)`.

    Example:
        >>> overlay(image, grad_cam(model, image)).shape
        (128, 128, 3)
    """
    grey = image.mean(axis=-1, keepdims=True) * 0.35
    warm = heat[:, :, None] ** 0.7
    return np.clip(image * warm + grey * (1 - warm), 0, 255).astype(np.uint8)


def stretched(feature_map: np.ndarray, side: int) -> np.ndarray:
    """Return a feature map as a grey picture: its own lowest value black, its highest white, each place a square.

    Args:
        feature_map: Shape `(height, width)`.
        side: Of the picture, in pixels; rounded up to whole squares.
    """
    low, high = float(feature_map.min()), float(feature_map.max())
    grey = (feature_map - low) / (high - low) * 255 if high > low else np.zeros_like(feature_map)
    times = -(-side // max(feature_map.shape))
    return grey.astype(np.uint8).repeat(times, axis=0).repeat(times, axis=1)


def liveliest_maps(base: keras.Model, image: np.ndarray) -> list[tuple[str, int, np.ndarray]]:
    """Return one feature map of each block: that of the channel that varies most over the photo.

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
