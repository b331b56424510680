"""What the frozen prefix makes of each photo: computed once at the freeze boundary, kept on disk, and trained on.

A frozen prefix gives the same activations for a photo every time. So nothing below the boundary needs to run again:
not in the next epoch, nor in the next run, nor tomorrow. What is kept is named by all it depends on: photos, layers,
weights, size, augmentation. Where the boundary moves up, the activations kept further down are the start.
"""

import hashlib
import inspect
import json
import math
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np

from helpers import anatomy, config, cutting, engines, pixels
from helpers.data import Split
from helpers.store import Store

_FLOAT16_MAX = float(np.finfo(np.float16).max)
_NO_BEARING = ("trainable", "momentum", "seed", "name")  # parts of a layer's description that inference ignores


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
    model: keras.Model, cut: str, split: Split, views: int = 0, seed: int = 0, engine: str = "auto"
) -> Kept:
    """Return the activations of all photos of a split at a cut, computed once.

    Args:
        model: A flat model on a base.
        cut: Keras's name of the layer whose output is wanted.
        split: The photos.
        views: 0 for the photos as they are; otherwise how many augmented views of each.
        seed: Decides the views.
        engine: What computes them; see `engines.choose`.

    Raises:
        DiskFullError: If the disk is full. What was kept before stays usable.
    """
    return activations_at_each(model, [cut], split, views, seed, engine)[cut]


def activations_at_each(
    model: keras.Model, cuts: Sequence[str], split: Split, views: int = 0, seed: int = 0, engine: str = "auto"
) -> dict[str, Kept]:
    """Return the activations at several cuts: those that are missing are computed in one pass over the photos."""
    engine = engines.choose(engine, len(split) * max(views, 1), split.image_size)
    names = _names(model, cuts, engine)
    photos = _digest(split.fingerprint, views, seed if views else 0, config.AUGMENT_SMALLEST_CROP, _preparation())
    keys = {layer: f"{photos}{name}" for layer, name in names.items()}
    found = {cut: kept_on_disk().find(keys[cut]) for cut in cuts}
    missing = [layer for layer in names if layer in cuts and found[layer] is None]
    begin, below = _nearest_below(names, keys, missing[0]) if missing else (None, None)
    full_precision: set[str] = set()
    while any(found[cut] is None for cut in missing):
        try:
            batches = _rows(below) if begin else _batches(split, views, seed)
            part, name = cutting.part(model, begin, missing), _digest(names[missing[-1]], begin, *missing)
            outputs = engines.run(part, batches, engine, name, kept_on_disk())
            shapes = {cut: (len(split) * max(views, 1), *shape_at(model, cut, split)) for cut in missing}
            found |= _write(outputs, keys, shapes, full_precision)
        except _RangeError as error:
            full_precision.add(error.args[0])
    return {cut: Kept(found[cut], cut not in missing, begin if cut in missing else None, engine) for cut in cuts}


def views_of(split: Split, rows: Sequence[int], views: int = config.AUGMENT_VIEWS, seed: int = 0) -> np.ndarray:
    """Return the very views of some photos that `fit(…, augment=True, seed=seed)` keeps and draws among.

    Args:
        split: The photos.
        rows: Which of them, as indices.
        views: How many views of each.
        seed: Decides them.

    Returns:
        Array of shape `(views, rows, image_size, image_size, 3)`, `uint8`.

    Example:
        >>> views_of(photos.train, rows=[0, 1]).shape
        (4, 2, 128, 128, 3)
    """
    return np.stack([_view(split, rows, view, seed) for view in range(views)])


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
    batches = _batches(split, 0, 0)
    outputs = [engines.predict_batch(cutting.whole(model), images) for images in batches]
    return np.concatenate(outputs) if outputs else np.zeros((0, *model.output_shape[1:]), np.float32)


class _RangeError(Exception):
    """A value that float16 cannot hold; the argument is the cut."""


def _type_for(numbers: int) -> type:
    return np.float32 if 4 * numbers <= config.FLOAT32_FEATURES_UP_TO else np.float16


def _write(outputs: Iterator, keys: dict[str, str], shapes: dict[str, tuple], full_precision: set) -> dict:
    with ExitStack() as all_written:
        writings = {}
        for cut, shape in shapes.items():
            dtype = np.float32 if cut in full_precision else _type_for(math.prod(shape))
            writings[cut] = all_written.enter_context(kept_on_disk().writing(keys[cut], shape, dtype))
        for values in outputs:
            for (cut, writing), value in zip(writings.items(), values, strict=True):
                if writing.dtype == np.float16 and np.abs(value).max(initial=0) > _FLOAT16_MAX:
                    raise _RangeError(cut)
                writing.write(value)
    return {cut: writing.values for cut, writing in writings.items()}


def _rows(values: np.ndarray) -> Iterator[np.ndarray]:
    for start in range(0, len(values), config.BATCH_SIZE):
        yield np.asarray(values[start : start + config.BATCH_SIZE], np.float32)


def _batches(split: Split, views: int, seed: int) -> Iterator[np.ndarray]:
    """Yield the photos, or one view of all of them after the other; decode the next batch while this one is used."""
    count, size = len(split), config.BATCH_SIZE
    wanted = [(range(at, min(at + size, count)), view) for view in range(max(views, 1)) for at in range(0, count, size)]

    def prepare(rows: range, view: int) -> np.ndarray:
        return _view(split, rows, view, seed) if views else split.images(rows)

    if split.in_memory and not views:
        yield from (prepare(*each) for each in wanted)
        return
    ahead: deque = deque()
    with ThreadPoolExecutor(1) as other:
        for each in wanted:
            ahead.append(other.submit(prepare, *each))
            if len(ahead) > 1:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def _view(split: Split, rows: Iterable[int], view: int, seed: int) -> np.ndarray:
    rows = list(rows)
    chance = [np.random.default_rng([seed, view, row]) for row in rows]
    return np.concatenate(
        [pixels.augment(image[None], rng) for image, rng in zip(split.images(rows), chance, strict=True)]
    )


def _nearest_below(names: dict[str, str], keys: dict[str, str], cut: str) -> tuple[str | None, np.ndarray | None]:
    below = list(names)[: list(names).index(cut)]
    for layer in reversed(below):
        values = kept_on_disk().find(keys[layer])
        if values is not None:
            return layer, values
    return None, None


def _names(model: keras.Model, cuts: Sequence[str], engine: str) -> dict[str, str]:
    """Return, for each block's end up to the highest cut, and each cut, a name for what it computes, lowest first."""
    ends = [block.output_layer for block in anatomy.blocks(model)]
    names, numbers, remaining = {}, {}, set(cuts)
    digest = hashlib.blake2b(engine.encode(), digest_size=16)
    for number, layer in enumerate(model.layers):
        fed_by = [numbers.get(tensor._keras_history.operation.name) for tensor in cutting.inputs_of(layer)]
        numbers[layer.name] = number
        description = {name: value for name, value in layer.get_config().items() if name not in _NO_BEARING}
        digest.update(json.dumps([type(layer).__name__, fed_by, description], sort_keys=True, default=str).encode())
        for weight in layer.weights:
            digest.update(np.asarray(weight).tobytes())
        if layer.name in ends or layer.name in remaining:
            names[layer.name] = digest.hexdigest()
            remaining.discard(layer.name)
        if not remaining:
            break
    return names


@cache
def _preparation() -> str:
    return inspect.getsource(pixels)  # whoever changes how photos are prepared gets new activations


def _digest(*parts) -> str:
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()
