"""What the frozen prefix makes of each photo: computed once at the freeze boundary, kept on disk, and trained on.

A frozen prefix gives the same activations for a photo every time. So nothing below the boundary needs to run again:
not in the next epoch, nor in the next run, nor tomorrow. What is kept is named by all it depends on: photos, layers,
weights, size, augmentation. Where the boundary moves up, the activations kept further down are the start.
"""

import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np

from helpers import config
from helpers.activations import engines
from helpers.activations.keys import digest_of, keys_of, names_up_to
from helpers.activations.storage import NoRoomError, Store
from helpers.network import cutting
from helpers.photos.split import Split
from helpers.photos.views import batches_of

_FLOAT16_MAX = float(np.finfo(np.float16).max)


class Kept(NamedTuple):
    """Activations at a cut.

    Attributes:
        values: Array of shape `(photos, …)`, or `(views * photos, …)` with all photos' first views first; read-only,
            mapped from disk. `float32` up to 256 MB, above that `float16` unless a value does not fit into it.
        was_ready: Whether they had been computed before.
        begun_at: The layer whose kept activations they were computed from; `None` for photos.
        engine: What computed them, or would have.
    """

    values: np.ndarray
    was_ready: bool
    begun_at: str | None
    engine: str


def activations_at(
    model: keras.Model,
    cut: str,
    split: Split,
    views: int = 0,
    seed: int = 0,
    engine: str = "auto",
    on_rows: Callable[[int], None] | None = None,
) -> Kept:
    """Return the activations of all photos of a split at a cut, computed once.

    Args:
        model: A flat model on a base.
        cut: Keras's name of the layer whose output is wanted.
        split: The photos.
        views: 0 for the photos as they are; otherwise how many augmented views of each.
        seed: Decides the views.
        engine: What computes them; see `engines.choose`.
        on_rows: Called with the number of photos after each batch that had to be computed. What it raises ends the
            computing, and nothing of it is kept.

    Raises:
        NoRoomError: If they do not fit the limit or the disk. What was kept before stays usable.
    """
    return activations_at_each(model, [cut], split, views, seed, engine, on_rows)[cut]


def activations_at_each(
    model: keras.Model,
    cuts: Sequence[str],
    split: Split,
    views: int = 0,
    seed: int = 0,
    engine: str = "auto",
    on_rows: Callable[[int], None] | None = None,
) -> dict[str, Kept]:
    """Return the activations at several cuts: those that are missing are computed in one pass over the photos.

    Raises:
        NoRoomError: If what is missing does not fit the limit or the disk. Then nothing is begun.
    """
    chosen = engines.choose(engine, len(split) * max(views, 1), split.image_size)
    try:
        return _found_or_computed(model, cuts, split, views, seed, chosen, on_rows)
    except engines.ConversionError as error:
        warnings.warn(f"OpenVINO cannot run this network, so TensorFlow does ({error}).", RuntimeWarning, stacklevel=2)
        return _found_or_computed(model, cuts, split, views, seed, "tensorflow", on_rows)


def _found_or_computed(model, cuts, split, views, seed, engine, on_rows) -> dict[str, Kept]:
    names = names_up_to(model, cuts, engine)
    keys = keys_of(names, split, views, seed)
    found = {cut: kept_on_disk().find(keys[cut]) for cut in cuts}
    missing = [layer for layer in names if layer in cuts and found[layer] is None]
    shapes = {cut: (len(split) * max(views, 1), *shape_at(model, cut, split)) for cut in missing}
    types = {cut: _type_for(math.prod(shape)) for cut, shape in shapes.items()}
    begin, below = _nearest_below(keys, missing, types)
    while missing and any(found[cut] is None for cut in missing):
        size = sum(math.prod(shapes[cut]) * np.dtype(types[cut]).itemsize for cut in missing)
        if reason := kept_on_disk().reason_not_cached(size):
            raise NoRoomError(reason)
        try:
            batches = _rows(below) if begin else batches_of(split, views, seed)
            part, name = cutting.part(model, begin, missing), digest_of(names[missing[-1]], begin, *missing)
            outputs = engines.run(part, batches, engine, name, kept_on_disk())
            found |= _write(_counted(outputs, on_rows), keys, shapes, types)
        except _RangeError as error:
            types[error.args[0]] = np.float32
    return {cut: Kept(found[cut], cut not in missing, begin if cut in missing else None, engine) for cut in cuts}


def reason_not_cached(
    model: keras.Model, cut: str, wanted: Sequence[tuple[Split, int]], seed: int, engine: str
) -> str | None:
    """Return why activations cannot be kept, or `None` if they can, or are there already.

    Args:
        model: A flat model on a base.
        cut: Keras's name of the layer whose output is wanted.
        wanted: Splits, with how many views of each photo.
        seed: Decides the views.
        engine: From `engines.choose`.
    """
    names = names_up_to(model, [cut], engine)
    missing = [
        size_at(model, cut, split, views)
        for split, views in wanted
        if kept_on_disk().find(keys_of(names, split, views, seed)[cut]) is None
    ]
    return kept_on_disk().reason_not_cached(sum(missing)) if missing else None


def shape_at(model: keras.Model, cut: str, split: Split) -> tuple[int, ...]:
    """Return the shape of one photo's activations at a cut."""
    shape = model.get_layer(cut).output.shape
    if None in shape[1:]:  # a model for photos of any size
        shape = cutting.part(model, None, [cut]).compute_output_shape((1, split.image_size, split.image_size, 3))
    return tuple(shape[1:])


def size_at(model: keras.Model, cut: str, split: Split, views: int = 0) -> int:
    """Return how many bytes the activations of a split take at a cut."""
    numbers = len(split) * max(views, 1) * math.prod(shape_at(model, cut, split))
    return numbers * np.dtype(_type_for(numbers)).itemsize


def kept_on_disk() -> Store:
    """Return the store of all activations (in `GRAFT_CACHE`, else `data/cache`)."""
    return _store(config.cache_folder() / "features", config.CACHE_LIMIT)


@cache
def _store(folder: Path, limit: int) -> Store:
    return Store(folder, limit)


def predict_split(model: keras.Model, split: Split) -> np.ndarray:
    """Return a model's output for every photo of a split, in order."""
    outputs = [engines.predict_batch(cutting.whole(model), images) for images in batches_of(split)]
    return np.concatenate(outputs) if outputs else np.zeros((0, *model.output_shape[1:]), np.float32)


class _RangeError(Exception):
    """A value that float16 cannot hold; the argument is the cut."""


def _type_for(numbers: int) -> type:
    return np.float32 if 4 * numbers <= config.FLOAT32_FEATURES_UP_TO else np.float16


def _write(outputs: Iterator, keys: dict[str, str], shapes: dict[str, tuple], types: dict[str, type]) -> dict:
    with ExitStack() as all_written:
        writings = {
            cut: all_written.enter_context(kept_on_disk().writing(keys[cut], shape, types[cut]))
            for cut, shape in shapes.items()
        }
        for values in outputs:
            for (cut, writing), value in zip(writings.items(), values, strict=True):
                if writing.dtype == np.float16 and np.abs(value).max(initial=0) > _FLOAT16_MAX:
                    raise _RangeError(cut)
                writing.write(value)
    return {cut: writing.values for cut, writing in writings.items()}


def _counted(outputs: Iterator[list], on_rows: Callable[[int], None] | None) -> Iterator[list]:
    for values in outputs:
        yield values
        if on_rows is not None:
            on_rows(len(values[0]))


def _rows(values: np.ndarray) -> Iterator[np.ndarray]:
    for start in range(0, len(values), config.BATCH_SIZE):
        yield np.asarray(values[start : start + config.BATCH_SIZE], np.float32)


def _nearest_below(keys: dict[str, str], missing: list[str], types: dict[str, type]) -> tuple:
    """Return the highest layer below all missing cuts whose activations are kept, and these, or twice `None`."""
    layers = list(keys)
    for layer in reversed(layers[: layers.index(missing[0])] if missing else []):
        values = kept_on_disk().find(keys[layer])
        # Rounded activations must not be the start of exact ones: results would depend on what was run before.
        if values is not None and (values.dtype == np.float32 or set(types.values()) == {np.float16}):
            return layer, values
    return None, None
