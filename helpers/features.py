"""What the frozen prefix makes of each photo: computed once at the freeze boundary, kept, and trained on.

A frozen prefix gives the same activations for a photo every time. So nothing below the boundary needs to run
again: not in the next epoch, nor in the next run. The cut is the last single tensor before the first layer that
is trainable or random. Where the whole base is frozen that lies above the pooling, 50 times smaller than below it.
"""

import hashlib
import inspect
import json
import os
import tempfile
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterator

import keras
import numpy as np

from helpers import anatomy, config, freezing, pixels
from helpers.data import Split

_FLOAT16_MAX = float(np.finfo(np.float16).max)
_NO_BEARING = ("trainable", "momentum", "seed", "name")  # parts of a layer's description that inference ignores

_in_memory: OrderedDict[str, np.ndarray] = OrderedDict()
_parts: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()


def find_cut(model: keras.Model) -> str | None:
    """Return the layer whose output is the freeze boundary's cut, read from `layer.trainable`.

    Args:
        model: A flat model on a base.

    Returns:
        Keras's name of the layer; `None` where nothing is frozen, or something random stands below.

    Example:
        >>> freeze(model, until="top")
        >>> find_cut(model)
        'head_pool'
    """
    prefix = freezing.frozen_prefix(model)
    if not prefix or any(_is_random(layer) for layer in prefix if not isinstance(layer, keras.layers.Dropout)):
        return None
    cut = prefix[-1]
    if prefix[-1].name != anatomy.blocks(model)[-1].output_layer:
        return cut.name
    head = freezing.head_layers(model)
    for layer in head:
        users = [other for other in head if any(tensor is cut.output for tensor in _inputs(other))]
        if users != [layer] or freezing.learns(layer) or _is_random(layer) or layer is head[-1]:
            break
        cut = layer
    return cut.name


def _inputs(layer: keras.layers.Layer) -> list:
    return layer.input if isinstance(layer.input, list) else [layer.input]


def _is_random(layer: keras.layers.Layer) -> bool:
    draws = getattr(layer, "seed_generator", None) or getattr(layer, "generator", None)
    return draws is not None and getattr(layer, "rate", 1) != 0


def prefix_and_suffix(model: keras.Model, cut: str) -> tuple[keras.Model, keras.Model]:
    """Return a model as two that share its layers: photos to the cut, and the cut to the output.

    Training the suffix trains the model, in place. The halves are kept, since each one built leaves nodes behind in
    the layers.
    """
    tensor = model.get_layer(cut).output
    return _kept(model, cut, lambda: (keras.Model(model.input, tensor), keras.Model(tensor, model.output)))


def _kept(model: keras.Model, part: str, build: Callable):
    # A Normalization layer computes with constants that are built into every plan TensorFlow has made. Where they
    # are replaced (adapt, load_weights), models built before would go on with the old ones.
    constants = [layer.mean for layer in model.layers if isinstance(layer, keras.layers.Normalization)]
    parts = _parts.setdefault(model, {})
    built, used = parts.get(part, (None, []))
    if built is None or len(used) != len(constants) or any(a is not b for a, b in zip(used, constants, strict=True)):
        built = build()
        parts[part] = built, constants
    return built


def activations_at(
    model: keras.Model, cut: str, split: Split, views: int = 0, seed: int = 0
) -> tuple[np.ndarray, bool]:
    """Return the activations of all photos of a split at a cut, computed once.

    Args:
        model: A flat model on a base.
        cut: Keras's name of the layer whose output is wanted.
        split: The photos.
        views: 0 for the photos as they are; otherwise how many augmented views of each.
        seed: Decides the views.

    Returns:
        Array of shape `(photos, …)`, or `(views * photos, …)` with all photos' first views first, and whether it was
        there already. `float32` up to 256 MB, above that `float16` unless a value does not fit into it.
    """
    prefix, _ = prefix_and_suffix(model, cut)
    key = _key(prefix, split, views, seed)
    ready = _recall(key)
    if ready is not None:
        return ready, True
    count = len(split) * max(views, 1)
    shape = (count, *prefix.output.shape[1:])
    small = 4 * int(np.prod(shape)) <= config.FLOAT32_FEATURES_UP_TO
    try:
        values = _compute(prefix, split, views, seed, shape, key, np.float32 if small else np.float16)
    except _RangeError:
        values = _compute(prefix, split, views, seed, shape, key, np.float32)
    return _remember(key, values), False


class _RangeError(Exception):
    """A value that float16 cannot hold."""


def _compute(prefix: keras.Model, split: Split, views: int, seed: int, shape: tuple, key: str, dtype) -> np.ndarray:
    on_disk = int(np.prod(shape)) * np.dtype(dtype).itemsize > config.FEATURES_IN_MEMORY
    file = _file(key)
    values, unfinished = np.empty(0), None
    if on_disk:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, unfinished = tempfile.mkstemp(dir=file.parent, suffix=".unfinished")
        os.close(handle)
        values = np.lib.format.open_memmap(unfinished, mode="w+", dtype=dtype, shape=shape)
    else:
        values = np.empty(shape, dtype)
    try:
        start = 0
        for batch in _batches(split, views, seed):
            output = predict_batch(prefix, batch)
            if dtype == np.float16 and np.abs(output).max(initial=0) > _FLOAT16_MAX:
                raise _RangeError
            values[start : start + len(batch)] = output
            start += len(batch)
        if on_disk:
            values.flush()
            os.replace(unfinished, file)  # in one step: a reader sees the whole file or none
            values = np.load(file, mmap_mode="r")
    finally:
        if unfinished and os.path.exists(unfinished):
            os.unlink(unfinished)
    return values


def _batches(split: Split, views: int, seed: int) -> Iterator[np.ndarray]:
    for view in range(max(views, 1)):
        rng = np.random.default_rng([seed, view])
        for images, _ in split.batches(config.BATCH_SIZE):
            yield pixels.augment(images, rng) if views else images


def predict_batch(model: keras.Model, images: np.ndarray, size: int = config.BATCH_SIZE) -> np.ndarray:
    """Return a model's output for one batch, padded to `size` so that TensorFlow need not plan for a second shape."""
    padding = np.zeros((size - len(images), *images.shape[1:]), images.dtype)
    return np.asarray(model.predict_on_batch(np.concatenate([images, padding])))[: len(images)]


def predict_split(model: keras.Model, split: Split) -> np.ndarray:
    """Return a model's output for every photo of a split, in order."""
    whole = _kept(model, "", lambda: keras.Model(model.input, model.output))
    outputs = [predict_batch(whole, images) for images, _ in split.batches(config.BATCH_SIZE)]
    return np.concatenate(outputs) if outputs else np.zeros((0, *model.output_shape[1:]), np.float32)


def forget() -> None:
    """Drop all activations kept in memory."""
    _in_memory.clear()


def _recall(key: str) -> np.ndarray | None:
    if key in _in_memory:
        _in_memory.move_to_end(key)
        return _in_memory[key]
    return np.load(_file(key), mmap_mode="r") if _file(key).is_file() else None


def _remember(key: str, values: np.ndarray) -> np.ndarray:
    values.setflags(write=False)
    if not isinstance(values, np.memmap):
        _in_memory[key] = values
    while sum(kept.nbytes for kept in _in_memory.values()) > config.FEATURES_IN_MEMORY:
        _in_memory.popitem(last=False)
    return values


def _file(key: str):
    return config.cache_folder() / "features" / f"{key}.npy"


def _key(prefix: keras.Model, split: Split, views: int, seed: int) -> str:
    digest = hashlib.blake2b(digest_size=16)
    digest.update(f"{split.fingerprint} {views} {seed if views else 0} {config.AUGMENT_SMALLEST_CROP}".encode())
    digest.update(inspect.getsource(pixels).encode())  # whoever changes how photos are prepared gets new activations
    for layer in prefix.layers:
        description = {name: value for name, value in layer.get_config().items() if name not in _NO_BEARING}
        digest.update(json.dumps([type(layer).__name__, description], sort_keys=True, default=str).encode())
        for weight in layer.get_weights():
            digest.update(np.ascontiguousarray(weight).tobytes())
    return digest.hexdigest()
