"""Where each channel is strongest: an index over all photos, kept so that a look at a channel takes no time."""

import io
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from helpers import config
from helpers.activations.keys import names_up_to
from helpers.activations.whole_files import write_whole
from helpers.network import cutting
from helpers.network.blocks import blocks
from helpers.photos.loading import Photos
from helpers.photos.split import Split

KEPT = 9  # places per channel
_BATCH = 32
_FIELDS = np.dtype([("value", "f2"), ("photo", "u4"), ("row", "u2"), ("column", "u2")])


class DamagedIndexError(Exception):
    """A file that should hold an index and holds something else, or half of one; the message says what is wrong."""


@dataclass(frozen=True, eq=False)
class StrongestIndex:
    """Where in a set of photos each channel of each block is strongest.

    Attributes:
        digest: Changes with the photos and weights it was made from.
        strongest: Dict from block name to a structured array of shape `(channels, kept)`, strongest first, with the
            fields `value`, `photo` (a number counted over all splits), `row`, `column` (in the feature map).
    """

    digest: str
    strongest: dict[str, np.ndarray]


def index_digest(base: keras.Model, photos: Photos) -> str:
    """Return a text that changes with the weights of a base and with the photos."""
    top = blocks(base)[-1].output_layer
    return f"{names_up_to(base, [top], 'tensorflow')[top]}-{photos.fingerprint}"


def index_strongest(
    base: keras.Model, photos: Photos, on_rows: Callable[[int, int], None] | None = None
) -> StrongestIndex:
    """Find the photos and places that excite each channel of each block most, in one pass over all photos.

    Only the strongest place of each photo counts, so that the nine patches of a channel show nine photos.

    Args:
        base: A flat model on a base.
        photos: All three splits are searched.
        on_rows: Called after each batch with how many photos are done, and how many there are.

    Example:
        >>> index_strongest(base, photos).strongest["block2b"][5]["photo"]
    """
    all_blocks = blocks(base)
    part = cutting.part(base, None, [block.output_layer for block in all_blocks])
    best = {block.name: np.zeros((block.output_shape[-1], 0), _FIELDS) for block in all_blocks}
    done, total = 0, sum(map(len, splits_of(photos)))
    for images in _batches(photos):
        outputs = part(tf.constant(images, tf.float32), training=False)
        for block, maps in zip(all_blocks, outputs, strict=True):
            best[block.name] = _merge(best[block.name], _peaks(np.asarray(maps), done))
        done += len(images)
        if on_rows is not None:
            on_rows(done, total)
    return StrongestIndex(index_digest(base, photos), best)


def splits_of(photos: Photos) -> tuple[Split, ...]:
    """Return the splits in the order in which their photos are numbered."""
    return photos.train, photos.val, photos.test


def _batches(photos: Photos) -> Iterator[np.ndarray]:
    for split in splits_of(photos):
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
    write_whole(config.STRONGEST, _packed(index))


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
    with suppress(DamagedIndexError, FileNotFoundError):  # then it is made again
        return _read(file)
    made = index_strongest(base, photos, on_rows)
    with suppress(OSError):  # where nothing can be written, it is made again the next time
        write_whole(file, _packed(made))
    return made


@cache
def _stored() -> StrongestIndex | None:
    try:
        return _read(config.STRONGEST)
    except FileNotFoundError:
        return None
    except DamagedIndexError as error:
        name = config.STRONGEST.name
        warnings.warn(
            f"Expected the course's index of strongest places in '{name}'. Received: a damaged file ({error}). The "
            f"places are measured again instead; to restore the file: git checkout -- data/results/{name}",
            stacklevel=2,
        )
        return None


def _read(file: Path) -> StrongestIndex:
    try:
        with np.load(io.BytesIO(file.read_bytes())) as stored:  # NumPy leaves a damaged file open
            arrays = {name: stored[name] for name in stored.files}
        return StrongestIndex(str(arrays.pop("digest")), arrays)
    except FileNotFoundError:
        raise
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile, zlib.error) as error:
        raise DamagedIndexError(f"{error}") from error


def _packed(index: StrongestIndex) -> bytes:
    packed = io.BytesIO()
    arrays: dict[str, Any] = {"digest": np.array(index.digest), **index.strongest}
    np.savez_compressed(packed, **arrays)
    return packed.getvalue()
