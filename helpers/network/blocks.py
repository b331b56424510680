"""The parts of a base: its blocks, found in the network's graph, and its layers."""

import re
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

import keras
import pandas as pd

from helpers import checks

# How Keras names a block's layers: block4b_add in EfficientNet, expanded_conv_project and block_7_add in MobileNetV2.
_BLOCK = re.compile(r"(block\d+[a-z]+|block_\d+|expanded_conv)_")
_TOP = re.compile(r"top_|Conv_1|out_relu")
_found: weakref.WeakKeyDictionary[keras.Model, tuple[int, list["Block"]]] = weakref.WeakKeyDictionary()


@dataclass(frozen=True)
class Block:
    """A part of the base with a single tensor going in and a single tensor coming out.

    Attributes:
        name: `"stem"`, `"block1a"` … or `"top"`: the same names for every base.
        stage: Number of the stage; the stem is 0. Within a stage, the size and depth of the feature maps stay the same.
        output_layer: Keras's name of the layer whose output is the block's output.
        output_shape: Shape of that output for one photo: `(height, width, channels)`.
        params: Number of weights.
        layers: Keras's names of all its layers, in order.
    """

    name: str
    stage: int
    output_layer: str
    output_shape: tuple[int, ...]
    params: int
    layers: tuple[str, ...]

    def __repr__(self) -> str:
        shape = " × ".join(str(side) for side in self.output_shape)
        return f"<{self.name}: {len(self.layers)} layers, {self.params:,} weights, out {shape}>"


@checks.checked(model=checks.kind_of(keras.Model))
def blocks(model: keras.Model) -> list[Block]:
    """Return the blocks of a base, or of a model built on one, found in its graph.

    A new stage begins where a block has no skip connection: it changes the shape, so there is nothing to add.

    Args:
        model: A flat Keras model: from `load_base` or `attach_head`, or built by hand on a base's output.

    Returns:
        List of `Block`s from the stem up. A head's layers don't belong to any.

    Raises:
        ValueError: If the model holds another model as a layer, or no block is found.

    Example:
        >>> [block.name for block in blocks(base)][:3]
        ['stem', 'block1a', 'block2a']
    """
    count, known = _found.get(model, (0, []))
    if not known or count != len(model.layers):  # a Sequential model can grow
        known = _find_blocks(model)
        _found[model] = len(model.layers), known
    return list(known)


def layers_by_block(model: keras.Model) -> list[tuple[Block, list[keras.layers.Layer]]]:
    """Return each block of a model with its layers, from the stem up."""
    by_name = {layer.name: layer for layer in model.layers}  # Keras's get_layer looks through all of them each time
    return [(block, [by_name[name] for name in block.layers]) for block in blocks(model)]


def _find_blocks(model: keras.Model) -> list[Block]:
    found, stage, letter = [], 0, 0
    for keras_name, layers in _group_layers(model):
        name = keras_name
        if keras_name not in ("stem", "top"):
            has_skip = any(isinstance(layer, keras.layers.Add) for layer in layers)
            stage, letter = (stage, letter + 1) if has_skip and stage else (stage + 1, 0)
            name = f"block{stage}{chr(ord('a') + letter)}"
        elif keras_name == "top":
            stage += 1
        found.append(_block(name, stage, layers))
    return found


def _block(name: str, stage: int, layers: list) -> Block:
    last = layers[-1]
    params = sum(layer.count_params() for layer in layers)
    return Block(name, stage, last.name, tuple(last.output.shape[1:]), params, tuple(layer.name for layer in layers))


def check_flat(model: keras.Model) -> None:
    """Raise `ValueError` for a model that holds another one as a layer: whoever walks through its layers misses those.

    Args:
        model: Any Keras model.
    """
    nested = [layer.name for layer in model.layers if isinstance(layer, keras.Model)]
    if nested:
        raise ValueError(
            f"Expected a flat model. Received one that holds the model '{nested[0]}' as a layer. Build on the base's "
            "output instead (x = base.output), or use attach_head(base, classes)."
        )


def check_functional(model: keras.Model) -> None:
    """Raise `ValueError` for a `Sequential` model, which has no output of its own to cut at.

    Args:
        model: Any Keras model.
    """
    if isinstance(model, keras.Sequential):
        raise ValueError(
            f"Expected a functional model. Received: '{model.name}', a Sequential one. Build it on the base's output, "
            "keras.Model(base.input, layer(base.output)), or use attach_head(base, classes)."
        )


def _group_layers(model: keras.Model) -> Iterator[tuple[str, list]]:
    check_flat(model)
    groups: dict[str, list] = {"stem": []}
    for layer in model.layers:  # Keras lists every layer after its inputs
        block, top = _BLOCK.match(layer.name), _TOP.match(layer.name)
        if block:
            groups.setdefault(block[1], []).append(layer)
        elif top and len(layer.output.shape) == 4:
            groups.setdefault("top", []).append(layer)
        elif len(groups) == 1:
            groups["stem"].append(layer)
    if len(groups) == 1:
        raise ValueError(
            "Expected a base with named blocks (EfficientNet or MobileNetV2), or a model built on one. "
            f"Received: '{model.name}', whose first layers are {[layer.name for layer in model.layers[:4]]}. "
            "Use load_base."
        )
    return iter(groups.items())


def weights_digest(model: keras.Model) -> str:
    """Return a short text that changes with a model's weights."""
    so_far = blake2b(digest_size=16)
    for array in model.get_weights():
        so_far.update(array.tobytes())
    return so_far.hexdigest()


def block_named(model: keras.Model, name: str, argument: str) -> Block:
    """Return the block called `name`, or raise a `ValueError` that lists the blocks."""
    found = blocks(model)
    for block in found:
        if block.name == name:
            return block
    names = ", ".join(block.name for block in found)
    raise ValueError(f"Expected {argument} to be the name of a block: {names}. Received: {name!r}.")


@checks.checked(model=checks.kind_of(keras.Model))
def layer_table(model: keras.Model) -> pd.DataFrame:
    """Return a table of a model's layers, each with the block it belongs to.

    Args:
        model: A flat Keras model.

    Returns:
        DataFrame with columns `block` (`"head"` above the base), `layer`, `type`, `output_shape`, `params`,
        `trainable` (whether training would change it).

    Example:
        >>> layer_table(base).groupby("block").params.sum()
    """
    home = {layer: block.name for block in blocks(model) for layer in block.layers}
    rows = [
        {
            "block": home.get(layer.name, "head"),
            "layer": layer.name,
            "type": type(layer).__name__,
            "output_shape": tuple(layer.output.shape[1:]),
            "params": layer.count_params(),
            "trainable": bool(layer.trainable_weights),
        }
        for layer in model.layers
    ]
    return pd.DataFrame(rows)
