"""What excites a channel most: the places of all photos where it is strongest, cut out."""

from collections.abc import Sequence
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from helpers import checks
from helpers.judging.strongest_places import KEPT, StrongestIndex, index_of, splits_of
from helpers.network import cutting
from helpers.network.blocks import Block, block_named
from helpers.network.receptive_field import receptive_field
from helpers.photos.loading import Photos

_LAST_SMALL_FIELD = 67  # pixels, block3b's: fields above it are too large to show what excites a channel
_SHARE = 0.9  # of the gradient that a patch must hold
Box = tuple[int, int, int, int]  # top, left, bottom, right, in pixels; bottom and right lie outside


@dataclass(frozen=True, eq=False)
class Patch:
    """A piece of a photo that excites a channel.

    Attributes:
        picture: The piece, `uint8` of shape `(height, width, 3)`.
        box: Where it lies in the photo.
        photo: Number of the photo, counted through train, val and test.
        label: Name of its class.
        value: How strong the channel is there.
    """

    picture: np.ndarray
    box: Box
    photo: int
    label: str
    value: float


@checks.checked(
    base=checks.kind_of(keras.Model),
    photos=checks.kind_of(Photos),
    at=checks.text,
    channel=checks.whole(0),
    n=checks.whole(1, KEPT),
    index=checks.or_none(checks.kind_of(StrongestIndex)),
)
def strongest_patches(
    base: keras.Model, photos: Photos, at: str, channel: int, n: int = KEPT, index: StrongestIndex | None = None
) -> list[Patch]:
    """Return the pieces of the photos that excite a channel most, each from another photo, strongest first.

    Up to block3b a piece is everything the place can see, its receptive field. Further up, that field is larger than
    the photo. There the piece is the box that holds 90% of the gradient of the channel's value with respect to the
    pixels: what would change the value if it changed.

    Args:
        base: A flat model on a base.
        photos: All three splits are searched.
        at: Name of a block.
        channel: From 0.
        n: How many, at most 9.
        index: From `index_of`; made by it if missing.

    Returns:
        List of `Patch`es.

    Raises:
        ValueError: If there is no such block or channel.

    Example:
        >>> [patch.label for patch in strongest_patches(base, photos, "block2b", channel=3)]
    """
    block = block_named(base, at, "at")
    channels = block.output_shape[-1]
    if not 0 <= channel < channels:
        raise ValueError(f"Expected channel to be from 0 to {channels - 1}. Received: {channel!r}.")
    index = index or index_of(base, photos)
    peaks = index.strongest[at][channel][:n]
    found = [_photo(photos, int(peak["photo"])) for peak in peaks]
    images = np.stack([image for image, _ in found])
    boxes = _boxes(base, block, channel, images, [(int(peak["row"]), int(peak["column"])) for peak in peaks])
    return [
        Patch(
            image[top:bottom, left:right], (top, left, bottom, right), int(peak["photo"]), label, float(peak["value"])
        )
        for (image, label), (top, left, bottom, right), peak in zip(found, boxes, peaks, strict=True)
    ]


def _photo(photos: Photos, number: int) -> tuple[np.ndarray, str]:
    for split in splits_of(photos):
        if number < len(split):
            return split.images([number])[0], photos.class_names[split.labels[number]]
        number -= len(split)
    raise IndexError(number)


def _boxes(
    base: keras.Model, block: Block, channel: int, images: np.ndarray, places: Sequence[tuple[int, int]]
) -> list[Box]:
    size = images.shape[1]
    field = receptive_field(base, block.output_layer)
    if field.side <= _LAST_SMALL_FIELD:
        return [field.box(row, column, size) for row, column in places]
    weights = np.abs(_gradients(base, block, channel, images, places)).sum(axis=-1)
    return [box_holding(weight, _SHARE) for weight in weights]


def _gradients(
    base: keras.Model, block: Block, channel: int, images: np.ndarray, places: Sequence[tuple[int, int]]
) -> np.ndarray:
    part = cutting.part(base, None, [block.output_layer])
    pixels = tf.constant(images, tf.float32)
    where = tf.constant([(photo, row, column, channel) for photo, (row, column) in enumerate(places)])
    with tf.GradientTape() as tape:
        tape.watch(pixels)
        value = tf.reduce_sum(tf.gather_nd(part(pixels, training=False), where))
    return np.asarray(tape.gradient(value, pixels))


def box_holding(weights: np.ndarray, share: float) -> Box:
    """Return a box that holds a share of all weight, cut equally from all four sides.

    The same fraction of the weight is cut off on each side: the largest fraction that leaves the share inside.

    Args:
        weights: Array of shape `(height, width)`, nowhere negative.
        share: 0 to 1.

    Returns:
        Top, left, bottom, right; bottom and right lie outside.
    """
    total, whole = weights.sum(), (0, 0, weights.shape[0], weights.shape[1])
    if not total > 0:
        return whole
    sums = [np.concatenate([[0], np.cumsum(weights.sum(axis=axis))]) / total for axis in (1, 0)]
    for cut in np.linspace((1 - share) / 2, 0, 40):
        (top, bottom), (left, right) = (
            (int(np.searchsorted(each, cut, "right")) - 1, int(np.searchsorted(each, 1 - cut, "left"))) for each in sums
        )
        if weights[top:bottom, left:right].sum() >= share * total * (1 - 1e-6):
            return top, left, bottom, right
    return whole
