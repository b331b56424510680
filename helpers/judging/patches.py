"""What excites a channel most: the places of all photos where it is strongest, cut out."""

import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from helpers import config
from helpers.activations.keys import names_up_to
from helpers.activations.storage import write_whole
from helpers.network import cutting
from helpers.network.blocks import block_named, blocks
from helpers.network.receptive_field import receptive_field
from helpers.photos.loading import Photos
from helpers.photos.split import Split

KEPT = 9  # places a channel
_LAST_SMALL_FIELD = 67  # pixels, block3b's: fields above it outgrow what tells anything
_SHARE = 0.9  # of the gradient that a patch must hold
_BATCH = 32
_FIELDS = np.dtype([("value", "f2"), ("photo", "u4"), ("row", "u2"), ("column", "u2")])


@dataclass(frozen=True, eq=False)
class StrongestIndex:
    """Where in a set of photos each channel of each block is strongest.

    Attributes:
        digest: Tells photos and weights it was made from.
        strongest: Dict from block name to a structured array of shape `(channels, kept)`, strongest first, with the
            fields `value`, `photo` (a number over all splits), `row`, `column` (in the feature map).
    """

    digest: str
    strongest: dict[str, np.ndarray]


def index_digest(base: keras.Model, photos: Photos) -> str:
    """Return a text that changes with a base's weights and with the photos."""
    top = blocks(base)[-1].output_layer
    return f"{names_up_to(base, [top], 'tensorflow')[top]}-{photos.fingerprint}"


def index_strongest(
    base: keras.Model, photos: Photos, on_rows: Callable[[int, int], None] | None = None
) -> StrongestIndex:
    """Find the photos and places that excite each channel of each block most, in one pass over all photos.

    From one photo only its strongest place counts, so that the nine patches of a channel show nine photos.

    Args:
        base: A flat model on a base.
        photos: All three splits are looked at.
        on_rows: Called after each batch with how many photos are done, and how many there are.

    Example:
        >>> index_strongest(base, photos).strongest["block2b"][5]["photo"]
    """
    all_blocks = blocks(base)
    part = cutting.part(base, None, [block.output_layer for block in all_blocks])
    best = {block.name: np.zeros((block.output_shape[-1], 0), _FIELDS) for block in all_blocks}
    done, total = 0, sum(map(len, _splits(photos)))
    for images in _batches(photos):
        outputs = part(tf.constant(images, tf.float32), training=False)
        for block, maps in zip(all_blocks, outputs, strict=True):
            best[block.name] = _merge(best[block.name], _peaks(np.asarray(maps), done))
        done += len(images)
        if on_rows is not None:
            on_rows(done, total)
    return StrongestIndex(index_digest(base, photos), best)


def _splits(photos: Photos) -> tuple[Split, ...]:
    return photos.train, photos.val, photos.test


def _batches(photos: Photos) -> Iterator[np.ndarray]:
    for split in _splits(photos):
        for images, _ in split.batches(_BATCH):
            yield images


def _peaks(maps: np.ndarray, first: int) -> np.ndarray:
    count, height, width, channels = maps.shape
    flat = maps.reshape(count, height * width, channels)
    where = flat.argmax(axis=1)
    found = np.empty((channels, count), _FIELDS)
    values = np.take_along_axis(flat, where[:, None], axis=1)[:, 0].T
    limit = float(np.finfo(np.float16).max)
    found["value"] = np.clip(values, -limit, limit)
    found["photo"] = np.arange(first, first + count)
    found["row"], found["column"] = (part.T for part in np.divmod(where, width))
    return found


def _merge(old: np.ndarray, new: np.ndarray) -> np.ndarray:
    both = np.concatenate([old, new], axis=1)
    order = np.argsort(-both["value"].astype("float32"), axis=1, kind="stable")[:, :KEPT]
    return np.take_along_axis(both, order, axis=1)


def save_index(index: StrongestIndex) -> None:
    """Store an index beside the measured results."""
    np.savez_compressed(config.STRONGEST, digest=index.digest, **index.strongest)


@cache
def _stored() -> StrongestIndex | None:
    return _read(config.STRONGEST) if config.STRONGEST.is_file() else None


def _read(file: Path) -> StrongestIndex:
    with np.load(file) as stored:
        return StrongestIndex(str(stored["digest"]), {name: stored[name] for name in stored.files if name != "digest"})


def stored_index(base: keras.Model, photos: Photos) -> StrongestIndex | None:
    """Return the index that comes with the course, if it was made from these weights and photos; else `None`."""
    index = _stored()
    return index if index is not None and index.digest == index_digest(base, photos) else None


def index_of(base: keras.Model, photos: Photos, on_rows: Callable[[int, int], None] | None = None) -> StrongestIndex:
    """Return the index of a base and photos: the course's, one made before, or a new one, which is kept."""
    stored = stored_index(base, photos)
    if stored is not None:
        return stored
    file = config.cache_folder() / "strongest" / f"{index_digest(base, photos)}.npz"
    if file.is_file():
        return _read(file)
    made, packed = index_strongest(base, photos, on_rows), io.BytesIO()
    np.savez_compressed(packed, digest=made.digest, **made.strongest)
    with suppress(OSError):  # where nothing can be written, it is made again the next time
        write_whole(file, packed.getvalue())
    return made


@dataclass(frozen=True, eq=False)
class Patch:
    """A piece of a photo that excites a channel.

    Attributes:
        picture: The piece, `uint8` of shape `(height, width, 3)`.
        box: Where it lies in the photo: top, left, bottom, right, in pixels.
        photo: Number of the photo, counted through train, val and test.
        label: Name of its class.
        value: How strong the channel is there.
    """

    picture: np.ndarray
    box: tuple[int, int, int, int]
    photo: int
    label: str
    value: float


def strongest_patches(
    base: keras.Model, photos: Photos, at: str, channel: int, n: int = KEPT, index: StrongestIndex | None = None
) -> list[Patch]:
    """Return the pieces of the photos that excite a channel most, from as many photos, strongest first.

    Up to block3b a piece is what the place can see at all, its receptive field. Further up that field outgrows the
    photo. There the piece is the box that holds 90 % of the gradient of the channel's value with respect to the
    pixels: what would change the value if it changed.

    Args:
        base: A flat model on a base.
        photos: All three splits are searched.
        at: Name of a block.
        channel: From 0.
        n: How many, 9 at most.
        index: From `index_of`, which is asked where it is missing.

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
    for split in _splits(photos):
        if number < len(split):
            return split.images([number])[0], photos.class_names[split.labels[number]]
        number -= len(split)
    raise IndexError(number)


def _boxes(base, block, channel, images, places) -> list[tuple[int, int, int, int]]:
    size = images.shape[1]
    field = receptive_field(base, block.output_layer)
    if field.side <= _LAST_SMALL_FIELD:
        return [field.box(row, column, size) for row, column in places]
    weights = np.abs(_gradients(base, block, channel, images, places)).sum(axis=-1)
    return [box_holding(weight, _SHARE) for weight in weights]


def _gradients(base, block, channel, images, places) -> np.ndarray:
    part = cutting.part(base, None, [block.output_layer])
    pixels = tf.constant(images, tf.float32)
    where = [(photo, row, column, channel) for photo, (row, column) in enumerate(places)]
    with tf.GradientTape() as tape:
        tape.watch(pixels)
        value = tf.reduce_sum(tf.gather_nd(part(pixels, training=False), where))
    return np.asarray(tape.gradient(value, pixels))


def box_holding(weights: np.ndarray, share: float) -> tuple[int, int, int, int]:
    """Return a box that holds a share of all weight, cut from all four sides alike.

    From each side rows and columns are cut that hold no more than a fraction of the weight, the same fraction on each
    side, and the largest that leaves the share inside.

    Args:
        weights: Array of shape `(height, width)`, nowhere negative.
        share: 0 to 1.

    Returns:
        Top, left, bottom, right; bottom and right lie outside.
    """
    total = weights.sum()
    if not total > 0:
        return 0, 0, *weights.shape
    sums = [np.concatenate([[0], np.cumsum(weights.sum(axis=axis))]) / total for axis in (1, 0)]
    for cut in np.linspace((1 - share) / 2, 0, 40):
        (top, bottom), (left, right) = (
            (int(np.searchsorted(each, cut, "right")) - 1, int(np.searchsorted(each, 1 - cut, "left"))) for each in sums
        )
        if weights[top:bottom, left:right].sum() >= share * total * (1 - 1e-6):
            return top, left, bottom, right
    return 0, 0, *weights.shape
