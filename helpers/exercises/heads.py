"""Whether a learner's model is a base with a new head: flat, complete, with dropout, and with probabilities."""

from collections.abc import Iterator
from contextlib import contextmanager

import keras
import numpy as np

from helpers.exercises.models import blocks_of, outputs_of, photos_for
from helpers.exercises.running import expecting
from helpers.network import graph
from helpers.network.blocks import blocks

_NOT_RUN = "The head of your model could not be run by itself: {error}"


def head_fault(model: keras.Model, base: keras.Model, classes: int) -> str | None:
    """Return what is wrong with a model that should be `base` with a head, or `None`.

    Args:
        model: The answer.
        base: The base that it should be built on, or copied from.
        classes: Number of outputs expected.

    Raises:
        AnswerError: If the model can't be run.

    Example:
        >>> head_fault(attach_head(base, classes=5), base, 5)
    """
    return _base_fault(model, base) or _shape_fault(model, classes) or _numbers_fault(model, base)


def _base_fault(model: keras.Model, base: keras.Model) -> str | None:
    nested = [layer.name for layer in model.layers if isinstance(layer, keras.Model)]
    names = {layer.name for layer in model.layers}
    if nested and blocks(base)[-1].output_layer in names:
        return f"Your head is hidden inside the layer '{nested[0]}'. Call its layers one by one."
    if nested:
        return f"The base is hidden inside the layer '{nested[0]}'. Build on base.output instead of calling base(x)."
    missing = [block.name for block in blocks(base) if block.output_layer not in names]
    if missing:
        return f"Blocks of the base are missing: {', '.join(missing[:4])}. Start at base.input, go on from base.output."
    for block in blocks_of(model):
        for name in block.layers:
            if not _same_weights(model.get_layer(name), base):
                return f"The weights of '{name}' aren't those of the base. Build on base.output, not on another base."
    return None


def _same_weights(layer: keras.layers.Layer, base: keras.Model) -> bool:
    if layer.name not in {each.name for each in base.layers}:
        return not layer.weights
    pairs = zip(layer.get_weights(), base.get_layer(layer.name).get_weights(), strict=False)
    return all(np.array_equal(new, old) for new, old in pairs)


def _shape_fault(model: keras.Model, classes: int) -> str | None:
    if isinstance(model.output, (list, tuple, dict)) and len(model.outputs) != 1:
        return f"Expected a model with one output, a probability per class. Yours has {len(model.outputs)} outputs."
    shape = tuple(model.outputs[0].shape)
    if len(shape) != 2:
        return f"Expected one row of numbers per photo. Your model outputs the shape {shape[1:]}: pool the maps."
    if shape[-1] != classes:
        return f"There are {classes} classes, and your model has {shape[-1]} outputs."
    return _pooling_fault(model)


def _pooling_fault(model: keras.Model) -> str | None:
    own = {name for block in blocks_of(model) for name in block.layers}
    for layer in model.layers:
        if isinstance(layer, (keras.layers.Flatten, keras.layers.Reshape)) and layer.name not in own:
            given, flat = graph.inputs_of(layer)[0], len(layer.output.shape) == 2
            unpooled = any((side or 2) > 1 for side in given.shape[1:-1]) or graph.producer_of(given).name in own
            if flat and unpooled:
                return "Flatten keeps every position of every map, so the head gets far more weights. Pool instead."
    return None


def _numbers_fault(model: keras.Model, base: keras.Model) -> str | None:
    probabilities = outputs_of(model, photos_for(base, 4))
    if not _add_up(probabilities):
        return "The outputs for a photo should be probabilities: none below 0, adding up to 1. Use a softmax."
    if _softmax_of_probabilities(model, photos_for(base, 4)):
        return "The softmax is applied twice, which makes all classes nearly equally likely. Remove one of the two."
    if fault := _scores_fault(model):
        return fault
    if _keeps_positions(model, blocks_of(model)[-1].output_layer):
        return "The answer depends on where in the photo things are. Pool over all positions, axes 1 and 2."
    if _mixes_up_features(model, blocks_of(model)[-1].output_layer):
        return "Shuffled features give the same answer: they were pooled, too. Pool over the positions, axes 1 and 2."
    own = {name for block in blocks_of(model) for name in block.layers}
    dropped = [layer for layer in model.layers if "Dropout" in type(layer).__name__ and layer.name not in own]
    if not dropped:
        return "No features are dropped at random above the base: a Dropout layer is missing."
    told = _answers_in_training(model, blocks_of(model)[-1].output_layer)
    if not all(map(_add_up, told)):
        return "While training, the probabilities no longer add up to 1. Drop features before the output layer."
    if all(np.allclose(told[0], other, atol=1e-6) for other in told[1:]):
        return f"'{dropped[0].name}' drops nothing that matters. Give it a rate such as 0.2."
    return None


def _softmax_of_probabilities(model: keras.Model, photos: np.ndarray) -> bool:
    last = graph.producer_of(model.outputs[0])
    is_softmax = type(last).__name__ == "Softmax" or getattr(last, "activation", None) is keras.activations.softmax
    if not is_softmax or getattr(last, "weights", None):  # a dense layer has scores of its own
        return False
    return _add_up(outputs_of(keras.Model(model.inputs, graph.inputs_of(last)[0]), photos))


def _scores_fault(model: keras.Model) -> str | None:
    """Return what is wrong with what comes between the layer that scores the classes and a softmax of its own."""
    last = graph.producer_of(model.outputs[0])
    if getattr(last, "weights", None) or isinstance(last, keras.layers.Dropout):
        return None
    while len(graph.inputs_of(last)) == 1:
        last = graph.producer_of(graph.inputs_of(last)[0])
        if isinstance(last, keras.layers.Dropout):
            return "Dropout sets the scores of some classes to 0. Drop features, before the output layer."
        activation = getattr(last, "activation", keras.activations.linear)
        if activation is keras.activations.softmax:  # the only one: what follows pools, or passes on
            return None
        if activation is not keras.activations.linear:
            return f"The scores go through {activation.__name__} before the softmax. They should have no activation."
        if getattr(last, "weights", None):
            return None
    return None


def _keeps_positions(model: keras.Model, last: str) -> bool:
    """Return whether the head answers otherwise to maps turned upside down, with nothing that may look around."""
    with _head_of(model, last) as (head, maps):
        if any("Pool" in type(layer).__name__ or hasattr(layer, "kernel_size") for layer in head.layers):
            return False
        told, turned = (np.asarray(head(each, training=False)) for each in (maps, maps[:, ::-1, ::-1]))
    return not np.allclose(told, turned, atol=1e-5)


def _mixes_up_features(model: keras.Model, last: str) -> bool:
    """Return whether the head takes an average over features, where each should have a weight of its own."""
    with _head_of(model, last) as (head, maps):
        told, shuffled = (np.asarray(head(each, training=False)) for each in (maps, maps[..., ::-1]))
    return np.allclose(told, shuffled, atol=1e-6) and not np.allclose(told[0], told, atol=1e-6)


def _answers_in_training(model: keras.Model, last: str) -> list[np.ndarray]:
    """Return what the head makes of the same random maps in four steps of training."""
    with _head_of(model, last) as (head, maps):
        return [np.asarray(head(maps, training=True)) for _ in range(4)]


@contextmanager
def _head_of(model: keras.Model, last: str) -> Iterator[tuple[keras.Model, np.ndarray]]:
    """Lend the head and random maps for it. Everything is set back, dropout's own random state included."""
    rng = np.random.default_rng(0)
    with expecting(_NOT_RUN):
        head = keras.Model(model.get_layer(last).output, model.outputs[0])
        before = [np.array(variable) for variable in head.variables]
        for variable in head.trainable_variables:
            if not np.any(variable):  # zeros would hide what the layers before them do
                variable.assign(rng.normal(0, 0.1, variable.shape))
        try:
            yield head, rng.normal(1, 1, (16, *(side or 4 for side in head.inputs[0].shape[1:]))).astype("float32")
        finally:
            for variable, value in zip(head.variables, before, strict=True):
                variable.assign(value)


def _add_up(probabilities: np.ndarray) -> bool:
    return bool(np.min(probabilities) >= 0 and np.allclose(np.sum(probabilities, axis=1), 1, atol=1e-3))
