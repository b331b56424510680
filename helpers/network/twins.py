"""Traced once: a network that is lent to all networks of its architecture, with their weights put in.

Before Keras runs a network, TensorFlow traces it, and for a training of a few seconds that takes longer than the
arithmetic. What is traced depends on the layers and not on their numbers. So a twin is kept of each architecture: it is
traced for the first network that asks, and borrowed by every later one.
"""

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import keras

from helpers import config
from helpers.network import cutting, head
from helpers.network.graph import sublayers_of
from helpers.network.pointwise import quicker
from helpers.network.randomness import copy_draws

# Parts of a layer's description that decide its first weights and draws, and nothing that is traced.
_FIRST_VALUES = {"seed", "kernel_initializer", "depthwise_initializer", "bias_initializer"}
_MATTERS_IN_TRAINING = {"trainable", "momentum", "rate"}


@dataclass(eq=False)
class _Twin:
    model: keras.Model
    borrowed: threading.Lock = field(default_factory=threading.Lock)


_kept: OrderedDict[tuple, _Twin] = OrderedDict()  # the one that was borrowed last comes last
_changing = threading.Lock()


@contextmanager
def lent(
    model: keras.Model, purpose: Hashable = None, prepare: Callable[[keras.Model], None] = lambda twin: None
) -> Iterator[keras.Model]:
    """Lend a network that computes what `model` does, and has been traced already if one like it was lent before.

    At most `config.TWINS` are kept. A network with layers or functions of the user's own is lent itself, and so is one
    whose twin is in use by another thread.

    Args:
        model: A functional Keras model.
        purpose: `None` to predict. To train, whatever else decides what is traced, such as the loss: twins for
            different purposes differ.
        prepare: Makes a new twin ready, such as by compiling it.

    Yields:
        The twin, with the weights and the random generators' states of `model`. If it is trained, `copy_state` brings
        them back.
    """
    described = model.get_config()
    twin = _twin_of(model, described, purpose, prepare) if _is_all_keras(model, described) else None
    if twin is None or not twin.borrowed.acquire(blocking=False):
        prepare(model)
        yield model
        return
    try:
        copy_state(model, twin.model)
        yield twin.model
    finally:
        twin.borrowed.release()


def copy_state(source: keras.Model, target: keras.Model) -> None:
    """Copy weights, statistics and the states of random generators between networks of one architecture.

    Args:
        source: The network to copy from.
        target: The network that is changed; nothing happens if it is `source` itself.
    """
    if source is target:
        return
    for weight, other in zip(source.weights, target.weights, strict=True):
        other.assign(weight.value)
    copy_draws(source, target)


def forget() -> None:
    """Drop all twins, and the memory that they take."""
    with _changing:
        _kept.clear()


def is_kept(model: keras.Model, purpose: Hashable = None) -> bool:
    """Return whether a network like this one was lent before, and is kept with its trace.

    Args:
        model, purpose: As for `lent`.
    """
    return _key(model, model.get_config(), purpose) in _kept


def _key(model: keras.Model, described: dict[str, Any], purpose: Hashable) -> tuple[Hashable, str]:
    no_bearing = _FIRST_VALUES | _MATTERS_IN_TRAINING if purpose is None else _FIRST_VALUES
    return purpose, _architecture(model, described, no_bearing)


def _twin_of(
    model: keras.Model, described: dict[str, Any], purpose: Hashable, prepare: Callable[[keras.Model], None]
) -> _Twin:
    key = _key(model, described, purpose)
    with _changing:
        twin = _kept.get(key)
        if twin is None:
            # Predictions are what Keras gives, to the last bit. Training may round differently, and is much quicker.
            twin = _Twin(head.copy_of(model) if purpose is None else head.copy_with(model, quicker))
            prepare(twin.model)
            _kept[key] = twin
            while len(_kept) > config.TWINS:
                _kept.popitem(last=False)
        _kept.move_to_end(key)
    return twin


def _is_all_keras(model: keras.Model, described: dict[str, Any]) -> bool:
    # A layer, activation or other function of the user's own may do something else without its description changing,
    # or can't be built from its description at all.
    parts = [each for layer in model.layers for each in sublayers_of(layer)]
    return not any(cutting.is_opaque(each) for each in parts) and not _names_own_code(described)


def _names_own_code(described: Any) -> bool:
    """Tell whether a Keras description holds an object that isn't Keras's: Keras notes the name it is registered by."""
    if isinstance(described, dict):
        own = described.get("registered_name") or described.get("class_name") == "__lambda__"
        return bool(own) or any(map(_names_own_code, described.values()))
    return isinstance(described, (list, tuple)) and any(map(_names_own_code, described))


def _architecture(model: keras.Model, described: dict[str, Any], no_bearing: set[str]) -> str:
    text = json.dumps(_without(no_bearing, _nameless(described)), sort_keys=True, default=str)
    # Normalization's mean and variance become constants of what is traced.
    constants = [
        (layer.mean, layer.variance) for layer in model.layers if isinstance(layer, keras.layers.Normalization)
    ]
    numbers = [keras.ops.convert_to_numpy(each).tolist() for pair in constants for each in pair]
    return f"{text} {numbers}"


def _nameless(described: dict[str, Any]) -> dict[str, Any]:
    """Return a network's description with each layer's number for its name.

    Names decide nothing that is traced, and Keras gives each layer that has none another one.
    """
    numbers = {_named(layer): number for number, layer in enumerate(described["layers"])}
    layers = [
        layer
        | {"name": number, "config": {**layer["config"], "name": number}}
        | {"inbound_nodes": _numbered(numbers, layer.get("inbound_nodes"))}  # a Sequential has none
        for number, layer in enumerate(described["layers"])
    ]
    ends = {key: _numbered(numbers, described.get(key), True) for key in ("input_layers", "output_layers")}
    return described | ends | {"name": "", "layers": layers}


def _named(layer: dict[str, Any]) -> str:
    return layer["config"].get("name") or layer["name"]


def _numbered(numbers: dict[str, int], described: Any, is_tensor: bool = False) -> Any:
    """Put a layer's number for its name where a description says from which layer a tensor comes."""
    if isinstance(described, dict):
        return {key: _numbered(numbers, value, is_tensor or key == "keras_history") for key, value in described.items()}
    if isinstance(described, (list, tuple)):
        return [_numbered(numbers, value, is_tensor) for value in described]
    return numbers.get(described, described) if is_tensor and isinstance(described, str) else described


def _without(names: set[str], described: Any) -> Any:
    if isinstance(described, dict):
        return {name: _without(names, value) for name, value in described.items() if name not in names}
    if isinstance(described, (list, tuple)):
        return [_without(names, value) for value in described]
    return described
