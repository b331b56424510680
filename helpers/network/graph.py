"""All of Keras's private API that the course uses: a model's graph, random numbers, the folder of downloaded weights.

Keras keeps the graph of a functional model in attributes that begin with an underscore. Each function below says which
public call is missing; `tests/network/test_graph.py` fails with that sentence if a new Keras moves the private one.
"""

import os
import tempfile
from pathlib import Path
from typing import Any

import keras
import numpy as np


def producer_of(tensor: keras.KerasTensor) -> keras.Operation:
    """Return the layer, or other operation, whose output a symbolic tensor is.

    Keras has no public way from a tensor back to its operation; `_keras_history` holds it.

    Args:
        tensor: A symbolic tensor, such as `model.output`.

    Example:
        >>> producer_of(base.output).name
        'top_activation'
    """
    return tensor._keras_history.operation  # pyright: ignore[reportAttributeAccessIssue] # private


def inputs_of(operation: keras.Operation) -> list[keras.KerasTensor]:
    """Return the symbolic tensors that an operation works on, as it was first called.

    Keras's public `operation.input` raises an error for an operation that several models share, as the parts of a cut
    model do; `_inbound_nodes` holds every call.

    Args:
        operation: A layer or another operation of a functional model.

    Example:
        >>> [tensor.shape for tensor in inputs_of(base.get_layer("block2b_add"))]
        [(None, 32, 32, 24), (None, 32, 32, 24)]
    """
    return list(operation._inbound_nodes[0].input_tensors)


def arguments_of(operation: keras.Operation) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the arguments of an operation's first call: positional ones, and those by name.

    Keras has no public way to the constants of an operation such as `x / 255`; `_inbound_nodes` holds them.

    Args:
        operation: A layer or another operation of a functional model.
    """
    arguments = operation._inbound_nodes[0].arguments
    return arguments.args, arguments.kwargs


def sublayers_of(layer: keras.layers.Layer) -> list[keras.layers.Layer]:
    """Return a layer and all the layers it is made of, such as those of a `Pipeline`.

    Keras lists a model's layers publicly (`model.layers`), but not a layer's own; `_flatten_layers` does.

    Args:
        layer: Any layer.
    """
    return list(layer._flatten_layers())


def random_state() -> dict[str, Any]:
    """Return where Keras's own random numbers are, for `restore_random_state`.

    Keras has no public way to read the generator that layers without a seed draw from, nor the seed that it was made
    from; both are global attributes.

    Example:
        >>> state = random_state()
    """
    from keras.src.backend.common.global_state import get_global_attribute

    generator = get_global_attribute("global_seed_generator")
    drawn = None if generator is None else np.array(generator.state)
    return {"seed": get_global_attribute("global_random_seed"), "generator": generator, "drawn": drawn}


def restore_random_state(state: dict[str, Any]) -> None:
    """Let Keras draw the random numbers again that it would have drawn when a state was taken.

    Keras's public `keras.utils.set_random_seed` can only start from a seed, and changes the state of Python and NumPy.

    Args:
        state: From `random_state`.

    Example:
        >>> restore_random_state(state)
    """
    from keras.src.backend.common.global_state import set_global_attribute

    set_global_attribute("global_random_seed", state["seed"])
    set_global_attribute("global_seed_generator", state["generator"])
    if state["generator"] is not None:
        state["generator"].state.assign(state["drawn"])


def downloads_folder() -> Path:
    """Return the folder below which Keras keeps what it downloads: weights in its sub-folder `models`.

    Keras has no public way to it: `keras.utils.get_file` tells only by downloading. `keras_home` in
    `keras.src.backend.config` holds it, and `get_file` falls back to a temporary folder where that isn't writable.
    """
    from keras.src.backend.config import keras_home

    home = os.path.expanduser(keras_home())
    if os.access(home, os.W_OK):
        return Path(home)
    return Path("/tmp" if os.path.isdir("/tmp") else tempfile.gettempdir()) / ".keras"
