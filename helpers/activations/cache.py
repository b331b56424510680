"""The frozen prefix's output for each photo: computed once at the freeze boundary, kept on disk, and trained on.

A frozen prefix gives the same activations for a photo every time, so nothing below the boundary needs to run again:
not in the next epoch, not in the next run, and not tomorrow. What is kept is named by everything it depends on: photos,
layers, weights, size, augmentation, library versions. When the boundary moves up, the activations kept further down
are the starting point.
"""

import math
import warnings
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeVar

import keras
import numpy as np

from helpers import config
from helpers.activations import engines
from helpers.activations.keys import digest_of, keys_of, library_versions, names_up_to
from helpers.activations.storage import NoRoomError, Store
from helpers.activations.writing import RangeError, counted, rows_of, type_for, write
from helpers.network import cutting
from helpers.photos.split import Split
from helpers.photos.views import PhotoViews, batches_of

Computed = TypeVar("Computed")


class Kept(NamedTuple):
    """Activations at a cut.

    Attributes:
        values: Array of shape `(photos, …)`, or `(views * photos, …)` with all photos' first views first; read-only,
            mapped from disk. `float32` up to 256 MB, above that `float16` unless a value does not fit into it.
        was_ready: Whether they had been computed before.
        begun_at: The layer whose kept activations they were computed from; `None` for photos.
        engine: What computed them, or would have.
        key: What they are kept under: the same for the same photos below the same blocks.
    """

    values: np.ndarray
    was_ready: bool
    begun_at: str | None
    engine: str
    key: str


def activations_at(
    model: keras.Model,
    cut: str,
    photos: PhotoViews,
    engine: str = "auto",
    on_rows: Callable[[int], None] | None = None,
) -> Kept:
    """Return the activations of photos at a cut, computed once.

    Args:
        model: A flat model on a base.
        cut: Keras's name of the layer whose output is wanted.
        photos: Which photos, and how many augmented views of each.
        engine: What computes them; see `engines.choose`. `"auto"` prefers the engine whose activations are kept.
        on_rows: Called with the number of photos after each batch that had to be computed. If it raises an error, the
            computation ends, and nothing of it is kept.

    Raises:
        NoRoomError: If they don't fit the limit or the disk. What was kept before stays usable.

    Example:
        >>> activations_at(model, "head_pool", PhotoViews(photos.train)).values.shape
        (600, 1280)
    """
    return activations_at_each(model, [cut], photos, engine, on_rows)[cut]


def activations_of(
    model: keras.Model,
    cut: str,
    wanted: Sequence[PhotoViews],
    engine: str,
    on_rows: Callable[[int], None] | None = None,
) -> list[Kept]:
    """Return the activations of several sets of photos at one cut, or none of them.

    Args:
        model, cut, on_rows: As for `activations_at`.
        wanted: Which photos, and how many views of each.
        engine: From `engine_for`.

    Raises:
        NoRoomError: If what is missing doesn't fit the limit or the disk. Then nothing is computed.
    """
    names = names_up_to(model, [cut], engine)  # reads every weight below the cut, so only once
    if reason := _reason_not_cached(model, cut, wanted, names):
        raise NoRoomError(reason)

    def compute(used: str) -> list[Kept]:
        known = names if used == engine else None
        return [_found_or_computed(model, [cut], photos, used, on_rows, known)[cut] for photos in wanted]

    return _by(engine, compute)


def activations_at_each(
    model: keras.Model,
    cuts: Sequence[str],
    photos: PhotoViews,
    engine: str = "auto",
    on_rows: Callable[[int], None] | None = None,
) -> dict[str, Kept]:
    """Return the activations at several cuts: those that are missing are computed in one pass over the photos.

    Args:
        model, photos, engine, on_rows: As for `activations_at`.
        cuts: Keras's names of the layers whose outputs are wanted.

    Raises:
        NoRoomError: If what is missing doesn't fit the limit or the disk. Then nothing is computed.
    """
    chosen = engine_for(model, cuts, [photos], engine)
    return _by(chosen, lambda used: _found_or_computed(model, cuts, photos, used, on_rows))


def _by(engine: str, compute: Callable[[str], Computed]) -> Computed:
    """Compute with an engine, or with TensorFlow where OpenVINO can't run the network."""
    try:
        return compute(engine)
    except engines.ConversionError as error:
        warnings.warn(f"OpenVINO cannot run this network, so TensorFlow does ({error}).", RuntimeWarning, stacklevel=3)
        return compute("tensorflow")


def engine_for(model: keras.Model, cuts: Sequence[str], wanted: Sequence[PhotoViews], engine: str = "auto") -> str:
    """Return the one engine that all activations of a request come from.

    Where the choice is free, it falls on the engine whose activations are kept already, at these cuts or as far up as
    possible below them, so that nothing is computed twice. The engines agree up to rounding. That is good enough for
    whatever looks at activations; `fit` chooses for itself, so that a training never depends on what ran before it.

    Args:
        model: A flat model on a base.
        cuts: Keras's names of the layers whose outputs are wanted.
        wanted: All photos of the request, at least one.
        engine: One of `engines.ENGINES`.

    Raises:
        ValueError: If there is no such engine, or it isn't available.
    """
    chosen = engines.choose(engine, sum(map(len, wanted)), wanted[0].split.image_size)
    if not engines.is_free(engine):
        return chosen
    missing = {each: _layers_to_run(model, cuts, wanted, each) for each in engines.available()}
    return chosen if missing[chosen] == min(missing.values()) else min(missing, key=missing.__getitem__)


def _layers_to_run(model: keras.Model, cuts: Sequence[str], wanted: Sequence[PhotoViews], engine: str) -> int:
    """Return the number of block ends and cuts above what is kept, added up over all photos and cuts."""
    names, total = names_up_to(model, cuts, engine), 0
    layers = list(names)
    for keys in (keys_of(names, photos) for photos in wanted):
        for cut in cuts:
            below = reversed(layers[: layers.index(cut) + 1])
            steps = (step for step, layer in enumerate(below) if kept_on_disk().find(keys[layer]) is not None)
            total += next(steps, len(layers))
    return total


def _found_or_computed(
    model: keras.Model,
    cuts: Sequence[str],
    photos: PhotoViews,
    engine: str,
    on_rows: Callable[[int], None] | None,
    names: dict[str, str] | None = None,
) -> dict[str, Kept]:
    names = names or names_up_to(model, cuts, engine)
    keys = keys_of(names, photos)
    on_disk = {cut: kept_on_disk().find(keys[cut]) for cut in cuts}
    found = {cut: values for cut, values in on_disk.items() if values is not None}
    missing = [layer for layer in names if layer in cuts and layer not in found]
    shapes = {cut: (len(photos), *shape_at(model, cut, photos.split)) for cut in missing}
    types = {cut: type_for(math.prod(shape)) for cut, shape in shapes.items()}
    begun_at = None
    while not found.keys() >= set(cuts):
        size = sum(math.prod(shapes[cut]) * np.dtype(types[cut]).itemsize for cut in missing)
        if reason := kept_on_disk().reason_not_cached(size):
            raise NoRoomError(reason)
        begun_at, below = _nearest_below(keys, missing, types)
        try:
            batches = batches_of(photos) if below is None else rows_of(below)
            part = cutting.part(model, begun_at, missing)
            name = digest_of(names[missing[-1]], begun_at, *missing, library_versions())
            outputs = engines.run(part, batches, engine, name, kept_on_disk())
            found |= write(counted(outputs, on_rows), kept_on_disk(), keys, shapes, types)
        except RangeError as error:  # begun again in full precision, from a start that is as precise
            types[error.args[0]] = np.float32
    starts = dict.fromkeys(missing, begun_at)
    return {cut: Kept(found[cut], cut not in missing, starts.get(cut), engine, keys[cut]) for cut in cuts}


def reason_not_cached(model: keras.Model, cut: str, wanted: Sequence[PhotoViews], engine: str) -> str | None:
    """Return why activations cannot be kept, or `None` if they can, or are there already.

    Args:
        model: A flat model on a base.
        cut: Keras's name of the layer whose output is wanted.
        wanted: Which photos, and how many views of each.
        engine: From `engine_for`.
    """
    return _reason_not_cached(model, cut, wanted, names_up_to(model, [cut], engine))


def _reason_not_cached(model: keras.Model, cut: str, wanted: Sequence[PhotoViews], names: dict[str, str]) -> str | None:
    missing = [
        size_at(model, cut, photos) for photos in wanted if kept_on_disk().find(keys_of(names, photos)[cut]) is None
    ]
    return kept_on_disk().reason_not_cached(sum(missing)) if missing else None


def shape_at(model: keras.Model, cut: str, split: Split) -> tuple[int, ...]:
    """Return the shape of one photo's activations at a cut."""
    shape = model.get_layer(cut).output.shape
    if None in shape[1:]:  # a model for photos of any size
        shape = cutting.part(model, None, [cut]).compute_output_shape((1, split.image_size, split.image_size, 3))
    return tuple(shape[1:])


def size_at(model: keras.Model, cut: str, photos: PhotoViews) -> int:
    """Return the number of bytes that the activations of photos take at a cut."""
    numbers = len(photos) * math.prod(shape_at(model, cut, photos.split))
    return numbers * np.dtype(type_for(numbers)).itemsize


def kept_on_disk() -> Store:
    """Return the store of all activations (in `GRAFT_CACHE`, else `data/cache`)."""
    return _store(config.cache_folder() / "features", config.CACHE_LIMIT)


@cache
def _store(folder: Path, limit: int) -> Store:
    return Store(folder, limit)


def _nearest_below(
    keys: dict[str, str], missing: list[str], types: dict[str, type]
) -> tuple[str, np.ndarray] | tuple[None, None]:
    """Return the highest layer below all missing cuts whose activations are kept, and these, or twice `None`."""
    layers = list(keys)
    for layer in reversed(layers[: layers.index(missing[0])]):
        values = kept_on_disk().find(keys[layer])
        # Exact activations must not start from rounded ones: results would depend on what was run before.
        if values is not None and (values.dtype == np.float32 or set(types.values()) == {np.float16}):
            return layer, values
    return None, None
