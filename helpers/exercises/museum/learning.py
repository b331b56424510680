"""Small models that show whether a learner's function really makes layers learn, and leaves statistics alone."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from helpers.exercises.compiled import loss_fault
from helpers.exercises.models import outputs_of, train_for_an_epoch
from helpers.exercises.small_base import small_base
from helpers.network import graph


def learning_fault(unfreeze: Callable[[keras.Model, str], Any]) -> str | None:
    """Return what is wrong with a function that should make a named layer of a trained model learn, or `None`.

    Args:
        unfreeze: Takes a model and the name of a frozen layer, and changes the model.
    """
    name = "second"
    model = _trained_model(("first", name, "third"), name)
    unfreeze(model, name)
    layer = model.get_layer(name)
    if not layer.trainable:
        return (
            f"After your function has run, the layer '{name}' is still frozen. model.trainable = True changes nothing "
            "where it is True already: set the layer's own."
        )
    before = {each.name: each.get_weights() for each in model.layers}
    train_for_an_epoch(model, *_rows(), "After your function has run, the model can't be trained: {error}")
    if not _changed(layer, before):
        return (
            f"The layer '{name}' is marked as trainable, but none of its weights changed. "
            "What did Keras fix when training began?"
        )
    frozen = [other for other in ("first", "third") if not _changed(model.get_layer(other), before)]
    if frozen:
        return f"Your function froze '{frozen[0]}', which was learning before. Change the named layer alone."
    return loss_fault(model)


def _changed(layer: keras.layers.Layer, before: dict[str, list[np.ndarray]]) -> bool:
    return not all(np.array_equal(old, new) for old, new in zip(before[layer.name], layer.get_weights(), strict=True))


def _trained_model(names: tuple[str, str, str], frozen: str) -> keras.Model:
    x = inputs = keras.Input((4,))
    for units, name in zip((5, 3), names, strict=False):
        draw = keras.initializers.GlorotUniform(seed=units)
        x = keras.layers.Dense(units, kernel_initializer=draw, name=name, trainable=name != frozen)(x)
    draw = keras.initializers.GlorotUniform(seed=2)
    model = keras.Model(inputs, keras.layers.Dense(2, "softmax", kernel_initializer=draw, name=names[-1])(x))
    model.compile("adam", loss="sparse_categorical_crossentropy", jit_compile=False)  # for 8 rows not worth the while
    train_for_an_epoch(model, *_rows(), "{error}")
    return model


def _rows() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.normal(size=(8, 4)).astype("float32"), rng.integers(0, 2, 8)


def statistics_fault(build: Callable[[keras.Model], keras.Model]) -> str | None:
    """Return what is wrong with a function that builds on a base that should learn, except for its statistics.

    Args:
        build: Takes a base and returns a model with five outputs, on the base itself or on a copy.
    """
    base = _base_that_knows_something()
    known = {layer.name: layer.get_weights() for layer in base.layers}
    model = build(base)
    if len(model.outputs) != 1 or tuple(model.outputs[0].shape[1:]) != (5,):
        shapes = ", ".join(str(tuple(output.shape[1:])) for output in model.outputs)
        return f"Expected a model with five outputs for each photo. Received: one with outputs of shape {shapes}."
    rng = np.random.default_rng(0)
    photos, labels = rng.uniform(0, 255, (8, 16, 16, 3)).astype("float32"), rng.integers(0, 5, 8)
    photos[0] = 0  # sigmoids that are sure of one class add up to 1 as well; on a black photo nothing is sure
    probabilities = outputs_of(model, photos)
    if probabilities.min() < 0 or not np.allclose(probabilities.sum(axis=1), 1, atol=1e-3):
        return "The five outputs aren't probabilities: they don't add up to 1. End in a softmax."
    layers = [layer for layer in graph.sublayers_of(model) if known.get(layer.name)]  # a head may have norms of its own
    if len(layers) < sum(map(bool, known.values())):
        return "Layers of the base are missing. Build on base.output."
    if any(_changed(layer, known) for layer in layers):
        return "Your model doesn't have the base's weights: clone_model copies none of them. Build on base.output."
    norms = [layer for layer in layers if isinstance(layer, keras.layers.BatchNormalization)]
    kernels = [layer.kernel for layer in layers if layer not in norms]
    statistics = [each for norm in norms for each in (norm.moving_mean, norm.moving_variance)]
    before = [np.array(each) for each in (*kernels, *statistics)]
    model.compile("adam", loss="sparse_categorical_crossentropy", run_eagerly=True)  # a single step isn't worth tracing
    train_for_an_epoch(model, photos, labels, "Your model could not be trained: {error}")
    moved = [not np.array_equal(old, new) for old, new in zip(before, (*kernels, *statistics), strict=True)]
    learned = sum(moved[: len(kernels)])
    if learned < len(kernels):
        return f"The base's convolutions should learn, but only {learned} of {len(kernels)} changed in fit."
    if any(moved[len(kernels) :]):
        return (
            f"After one epoch of fit, {sum(moved[len(kernels) :])} of {len(statistics)} statistics of the base's "
            "BatchNormalization have changed. Did you rely on training=False?"
        )
    return None


def _base_that_knows_something() -> keras.Model:
    """Return a small base with weights that none has that is built anew, and a convolution that is no `Conv2D`."""
    below = small_base()
    draw = keras.initializers.GlorotUniform(seed=1)
    maps = keras.layers.DepthwiseConv2D(3, padding="same", depthwise_initializer=draw, name="top_dwconv")(below.output)
    base = keras.Model(below.input, maps, name="small_base")
    for weight in base.weights:
        weight.assign(1.1 * weight + 0.01)
    return base
