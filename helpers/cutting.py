"""Where a model is cut, and the parts it is cut into.

The cut is the last single tensor before the first layer that is trainable or random. Where the whole base is frozen
that lies above the pooling, 50 times smaller than below it.
"""

import weakref
from collections.abc import Callable, Sequence

import keras

from helpers import anatomy, freezing

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
        users = [other for other in head if any(tensor is cut.output for tensor in inputs_of(other))]
        if users != [layer] or freezing.learns(layer) or _is_random(layer) or layer is head[-1]:
            break
        cut = layer
    return cut.name


def inputs_of(layer: keras.layers.Layer) -> list:
    """Return the tensors that a layer works on."""
    return layer.input if isinstance(layer.input, list) else [layer.input]


def _is_random(layer: keras.layers.Layer) -> bool:
    draws = getattr(layer, "seed_generator", None) or getattr(layer, "generator", None)
    return draws is not None and getattr(layer, "rate", 1) != 0


def part(model: keras.Model, begin: str | None, ends: Sequence[str]) -> keras.Model:
    """Return the part of a model between two cuts, sharing its layers.

    Training a part trains the model, in place. Parts are kept, since each one built leaves nodes behind in the layers.

    Args:
        model: A flat model on a base.
        begin: Keras's name of the layer whose output the part works on; `None` for photos.
        ends: Names of the layers whose outputs are wanted, lowest first.
    """

    def build() -> keras.Model:
        outputs = [model.get_layer(end).output for end in ends]
        inputs = model.get_layer(begin).output if begin else model.input
        return keras.Model(inputs, outputs if len(outputs) > 1 else outputs[0])

    return _kept(model, (begin, *ends), build)


def suffix(model: keras.Model, cut: str) -> keras.Model:
    """Return the part of a model from a cut to its output."""
    return _kept(model, (cut,), lambda: keras.Model(model.get_layer(cut).output, model.output))


def whole(model: keras.Model) -> keras.Model:
    """Return a second model on the same layers: compiling it leaves the user's own compilation alone."""
    return _kept(model, (), lambda: keras.Model(model.input, model.output))


def _kept(model: keras.Model, name: tuple, build: Callable[[], keras.Model]) -> keras.Model:
    # A Normalization layer computes with constants that are built into every plan TensorFlow has made. Where they
    # are replaced (adapt, load_weights), models built before would go on with the old ones.
    constants = [layer.mean for layer in model.layers if isinstance(layer, keras.layers.Normalization)]
    parts = _parts.setdefault(model, {})
    built, used = parts.get(name, (None, []))
    if built is None or len(used) != len(constants) or any(a is not b for a, b in zip(used, constants, strict=True)):
        built = build()
        parts[name] = built, constants
    return built
