"""Names for what is kept: equal where the result is the same, different where anything that decides it differs."""

import inspect
import json
from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import blake2b

import keras
import numpy as np

from helpers import config
from helpers.network import cutting, freezing
from helpers.network.blocks import blocks
from helpers.network.graph import arguments_of, inputs_of, producer_of
from helpers.photos import colours, heif, opening, profiles, strips
from helpers.photos import photo as photo_module
from helpers.photos import views as views_module
from helpers.photos.entries import digest
from helpers.photos.views import PhotoViews

# Anyone who upgrades one of these gets new activations. NumPy only copies and rounds.
_DECISIVE_LIBRARIES = ("keras", "tensorflow", "openvino", "pillow", "pillow-heif")
_NO_BEARING = ("trainable", "momentum", "seed", "name")  # parts of a layer's description that inference ignores


def names_up_to(model: keras.Model, cuts: Sequence[str], engine: str) -> dict[str, str]:
    """Return a name for what a network computes wherever it can be cut, up to the highest cut that is wanted.

    It can be cut at each block's end, and in the head wherever all that follows works on a single tensor.

    Args:
        model: A flat model on a base.
        cuts: Keras's names of layers.
        engine: One of TensorFlow and OpenVINO: what one computed is not taken for the other's.

    Returns:
        Names by layer, lowest layer first.
    """
    ends = {block.output_layer for block in blocks(model)}
    ends |= {layer.name for layer in freezing.head_layers(model) if cutting.is_single(model, layer)}
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


def keys_of(names: dict[str, str], photos: PhotoViews) -> dict[str, str]:
    """Return what activations are kept under: the same names, with photos and library versions added.

    The versions are added here and not in `names_up_to`, because results measured for a network outlive an upgrade.

    Args:
        names: From `names_up_to`.
        photos: Which photos, and how many views of each.
    """
    views_wanted = (photos.views, photos.seed, photos.smallest_crop) if photos.views else ()
    prepared = (photos.split.fingerprint, views_wanted, config.DECODE_MARGIN, _preparation())
    shown = digest_of(*prepared, library_versions())
    return {layer: f"{shown}{name}" for layer, name in names.items()}


def library_versions() -> dict[str, str]:
    """Return the versions of the libraries that decide what photos look like and what a network makes of them."""
    return config.versions(_DECISIVE_LIBRARIES)


def digest_of(*parts: object) -> str:
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


def _plain(argument: object) -> object:
    if isinstance(argument, (list, tuple)):
        return [_plain(each) for each in argument]
    if isinstance(argument, keras.KerasTensor):
        return "tensor"
    return np.asarray(argument).tobytes() if hasattr(argument, "__array__") else argument


@cache
def _preparation() -> str:
    # Anyone who changes how photos are prepared gets new activations.
    return "".join(map(inspect.getsource, (opening, heif, colours, profiles, strips, photo_module, views_module)))
