"""Names for what is kept: equal where the same comes out, different where anything that decides it differs."""

import inspect
import json
from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import blake2b

import keras
import numpy as np

from helpers import config
from helpers.network.blocks import blocks
from helpers.network.graph import arguments_of, inputs_of, producer_of
from helpers.photos import photo as photo_module
from helpers.photos import views as views_module
from helpers.photos.folder import digest
from helpers.photos.split import Split

_NO_BEARING = ("trainable", "momentum", "seed", "name")  # parts of a layer's description that inference ignores


def names_up_to(model: keras.Model, cuts: Sequence[str], engine: str) -> dict[str, str]:
    """Return a name for what a network computes, at each block's end up to the highest cut and at each cut.

    Args:
        model: A flat model on a base.
        cuts: Keras's names of layers.
        engine: From `engines.choose`: what one engine computed is not taken for another's.

    Returns:
        From layers to names, lowest layer first.
    """
    ends = [block.output_layer for block in blocks(model)]
    names, numbers, remaining = {}, {}, set(cuts)
    so_far = blake2b(engine.encode(), digest_size=16)
    for number, operation in enumerate(model.operations):
        numbers[operation] = number
        fed_by = [numbers.get(producer_of(tensor)) for tensor in inputs_of(operation)]
        so_far.update(repr((type(operation).__name__, fed_by)).encode())
        for part in _description(operation):
            so_far.update(part)
        if operation.name in ends or operation.name in remaining:
            names[operation.name] = so_far.hexdigest()
            remaining.discard(operation.name)
        if not remaining:
            break
    return names


def keys_of(names: dict[str, str], split: Split, views: int, seed: int) -> dict[str, str]:
    """Return the same names with the photos in them: what the activations of a split are kept under."""
    views_wanted = (views, seed, config.AUGMENT_SMALLEST_CROP) if views else ()
    photos = digest_of(split.fingerprint, views_wanted, config.DECODE_MARGIN, _preparation())
    return {layer: f"{photos}{name}" for layer, name in names.items()}


def digest_of(*parts) -> str:
    """Return a short name for any plain values."""
    return digest(repr(parts).encode())


def _description(operation: keras.Operation) -> Iterator[bytes]:
    """Yield all that decides what a layer, or an operation such as `x / 255`, makes of its inputs."""
    positional, named = arguments_of(operation)
    yield repr([_plain(each) for each in (*positional, *named.items())]).encode()
    if isinstance(operation, keras.layers.Layer):
        config_of = {name: value for name, value in operation.get_config().items() if name not in _NO_BEARING}
        yield json.dumps(config_of, sort_keys=True, default=str).encode()
        for weight in operation.weights:
            yield np.asarray(weight).tobytes()
    if isinstance(operation, keras.layers.Normalization):  # what it computes with, whatever its weights say
        yield np.asarray(operation.mean).tobytes()
        yield np.asarray(operation.variance).tobytes()


def _plain(argument):
    if isinstance(argument, (list, tuple)):
        return [_plain(each) for each in argument]
    if isinstance(argument, keras.KerasTensor):
        return "tensor"
    return np.asarray(argument).tobytes() if hasattr(argument, "__array__") else argument


@cache
def _preparation() -> str:
    # Whoever changes how photos are prepared gets new activations.
    return inspect.getsource(photo_module) + inspect.getsource(views_module)
