"""Where a model is cut, and the parts it is cut into.

The cut is the last single tensor before the first layer that is trainable or random. Where the whole base is frozen,
it is above the pooling, where activations are 50 times smaller than below.
"""

import weakref
from collections.abc import Callable, Sequence

import keras

from helpers import checks
from helpers.network import freezing, head
from helpers.network.blocks import blocks
from helpers.network.graph import inputs_of, producer_of
from helpers.network.randomness import draws_of

_parts: weakref.WeakKeyDictionary[keras.Model, dict] = weakref.WeakKeyDictionary()


def find_cut(model: keras.Model) -> str | None:
    """Return the layer whose output is the freeze boundary's cut, read from `layer.trainable`.

    Args:
        model: A flat model on a base.

    Returns:
        Keras's name of the layer; `None` if nothing is frozen, or nothing can be cut off (see `reason_not_cut`).

    Example:
        >>> freeze(model, until="top")
        >>> find_cut(model)
        'head_pool'
    """
    prefix = freezing.frozen_prefix(model)
    if not prefix or reason_not_cut(model):
        return None
    cut = prefix[-1]
    if prefix[-1].name != blocks(model)[-1].output_layer:
        return cut.name
    above = freezing.head_layers(model)
    for layer in above:
        follows = any(tensor is cut.output for tensor in inputs_of(layer))
        fixed = not (freezing.learns(layer) or _is_random(layer) or is_opaque(layer))
        if not follows or not fixed or layer is above[-1] or not is_single(model, layer):
            break
        cut = layer
    return cut.name


def reason_not_cut(model: keras.Model) -> str | None:
    """Return why the frozen prefix of a model cannot be cut off, if it has one that cannot."""
    prefix = freezing.frozen_prefix(model)
    for layer in prefix:
        if _is_random(layer) and not isinstance(layer, keras.layers.Dropout):
            return f"'{layer.name}' among the frozen blocks draws at random"
        if is_opaque(layer):
            return f"what '{layer.name}', a layer of your own, computes cannot be told from its description"
    if prefix and not is_single(model, prefix[-1]):
        return f"the layers above '{prefix[-1].name}' also use what comes from below it"
    return None


def before_output(model: keras.Model) -> str:
    """Return the layer whose output goes into the last dense layer: the features on which the model decides.

    Raises:
        ValueError: If the model does not end in a dense layer with a softmax.
    """
    last = head.output_layer(model)
    if last is None:
        raise ValueError(
            f"Expected a model that ends in a dense layer with a softmax. Received: {checks.shown(model)}, which "
            "doesn't. Pass what attach_head returned."
        )
    return producer_of(inputs_of(last)[0]).name


def _is_random(layer: keras.layers.Layer) -> bool:
    return any(getattr(each, "rate", 1) != 0 for each, _ in draws_of(layer))


def is_opaque(layer: keras.layers.Layer) -> bool:
    """Return whether what a layer computes can't be told from its description: one of the user's own, or a `Lambda`."""
    # Activations are identified by a layer's description. A function or class of the user's own can change without
    # its description changing; then old activations would be mistaken for new ones.
    return isinstance(layer, keras.layers.Lambda) or not type(layer).__module__.startswith("keras.")


def is_single(model: keras.Model, cut: keras.layers.Layer) -> bool:
    """Return whether all that lies above a layer works on its output alone, so that the model can be cut there."""
    below: set[keras.Operation] = {cut}
    waiting: list[keras.Operation] = [cut]
    while waiting:
        for tensor in inputs_of(waiting.pop()):
            operation = producer_of(tensor)
            if operation not in below:
                below.add(operation)
                waiting.append(operation)
    above = [operation for operation in model.operations if operation not in below]
    return all(
        tensor is cut.output or producer_of(tensor) not in below
        for operation in above
        for tensor in inputs_of(operation)
    )


def part(model: keras.Model, begin: str | None, ends: Sequence[str]) -> keras.Model:
    """Return the part of a model between two cuts, sharing its layers.

    Training a part trains the model, in place. Parts are kept, because each new one leaves nodes behind in the layers.

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
    """Return a second model on the same layers, so that compiling it doesn't change how the user compiled theirs."""
    return _kept(model, (), lambda: keras.Model(model.input, model.output))


def _kept(model: keras.Model, name: tuple, build: Callable[[], keras.Model]) -> keras.Model:
    # A Normalization layer computes with constants that become part of every graph TensorFlow has traced. When they
    # are replaced (adapt, load_weights), models built before would continue with the old ones.
    constants = [layer.mean for layer in model.layers if isinstance(layer, keras.layers.Normalization)]
    parts = _parts.setdefault(model, {})
    built, used = parts.get(name, (None, []))
    if built is None or len(used) != len(constants) or any(a is not b for a, b in zip(used, constants, strict=True)):
        built = build()
        parts[name] = built, constants
    return built
