"""The head: new layers on top of a base, for a new task."""

from collections.abc import Callable, Sequence

import keras
import numpy as np
import pandas as pd

from helpers import checks, config
from helpers.network import graph
from helpers.network.blocks import block_named, blocks, check_functional
from helpers.network.facts import facts_of, state_facts
from helpers.network.randomness import copy_draws
from helpers.photos.split import Split


@checks.checked(
    base=checks.kind_of(keras.Model),
    classes=checks.whole(2, checks.MOST_UNITS),
    cut_at=checks.text,
    hidden_units=checks.units,
    dropout=checks.number(0, 1, below=True),
    seed=checks.seed,
    share=checks.flag,
)
def attach_head(
    base: keras.Model,
    classes: int,
    cut_at: str = "top",
    hidden_units: Sequence[int] = (),
    dropout: float = config.HEAD_DROPOUT,
    seed: int = config.SEED,
    share: bool = False,
) -> keras.Model:
    """Graft a new head onto a base.

    There are two ways: keep the whole base and replace only the output layer (the default), or cut it deeper
    (`cut_at`) and add layers of your own (`hidden_units`). Average pooling turns the base's last feature maps into one
    row of numbers; then come the hidden layers, dropout, and one probability per class.

    Args:
        base: A flat model from `load_base`.
        classes: Number of classes, at least 2.
        cut_at: Name of the last block to keep, see `blocks`.
        hidden_units: Units of each hidden dense layer (ReLU), from the base up.
        dropout: Fraction of values dropped before the output layer during training, from 0 to below 1.
        seed: Decides the head's random weights and its dropout.
        share: By default the new model works on a copy, so training it doesn't change `base`. `True` shares the
            base's layers, which takes no time; then training one model changes every model on this base.

    Returns:
        Flat `keras.Model`: photos of shape `(n, size, size, 3)`, 0 to 255, to probabilities of shape `(n, classes)`.
        The names of its head's layers begin with `head_`; `model.base_licence` says who made the base's weights.

    Raises:
        ValueError: If an argument is wrong; if `cut_at` isn't a block, the message lists the blocks.

    Example:
        >>> model = attach_head(base, classes=5)
        >>> deeper = attach_head(base, classes=5, cut_at="block5c", hidden_units=(64,))
    """
    _check(classes, hidden_units, dropout)
    cut = block_named(base, cut_at, "cut_at")
    trunk = keras.Model(base.input, base.get_layer(cut.output_layer).output)
    trunk = trunk if share else copy_of(trunk)
    x = keras.layers.GlobalAveragePooling2D(name="head_pool")(trunk.output)
    for number, units in enumerate(hidden_units, start=1):
        x = keras.layers.Dense(
            int(units), activation="relu", kernel_initializer=_draw(seed + number), name=f"head_dense_{number}"
        )(x)
    x = keras.layers.Dropout(dropout, seed=seed, name="head_dropout")(x)
    probabilities = keras.layers.Dense(
        int(classes), activation="softmax", kernel_initializer=_draw(seed), name="head_output", dtype="float32"
    )(x)
    model = keras.Model(trunk.input, probabilities, name=f"{base.name}_with_head".replace(".", "_"))
    told = facts_of(base)
    licence = told.get("licence") or told.get("base_licence")
    state_facts(model, pretrained=told.get("pretrained", True), base_licence=licence)
    return model


def cut_table(base: keras.Model, classes: int, cut_at: str = "top", hidden_units: Sequence[int] = ()) -> pd.DataFrame:
    """Return the parts that `attach_head` would build, without building them.

    Args:
        base: A flat model from `load_base`.
        classes, cut_at, hidden_units: As for `attach_head`.

    Returns:
        DataFrame with a row for each block that stays and each layer of the head: `part`, `output_shape`, `params`.

    Example:
        >>> cut_table(base, classes=5, cut_at="block5c", hidden_units=(64,)).params.sum()
    """
    _check(classes, hidden_units, 0.0)
    block_named(base, cut_at, "cut_at")
    rows: list[tuple[str, tuple[int, ...], int]] = []
    for block in blocks(base):
        rows.append((block.name, block.output_shape, block.params))
        if block.name == cut_at:
            break
    width = rows[-1][1][-1]
    rows.append(("pooling", (width,), 0))
    for number, units in enumerate(hidden_units, start=1):
        rows.append((f"hidden layer {number}", (units,), (width + 1) * units))
        width = units
    rows.append(("output layer", (classes,), (width + 1) * classes))
    return pd.DataFrame(rows, columns=["part", "output_shape", "params"])


@checks.checked(model=checks.kind_of(keras.Model))
def copy_of(model: keras.Model) -> keras.Model:
    """Copy a model: the same layers, weights, frozen flags and licence, and nothing shared. Takes half a second.

    Args:
        model: A flat Keras model.

    Returns:
        The copy. Training it doesn't change `model`.

    Example:
        >>> attempt = copy_of(model)
    """
    return copy_with(model, lambda layer: layer.__class__.from_config(layer.get_config()))


def copy_with(model: keras.Model, layer_like: Callable[[keras.layers.Layer], keras.layers.Layer]) -> keras.Model:
    """Copy a model as `copy_of` does, of layers made by another function.

    Args:
        model: A flat Keras model.
        layer_like: Takes a layer and returns a new one of the same weights, as `clone_model`'s `clone_function`.
    """
    copy = keras.models.clone_model(model, clone_function=layer_like)
    copy.set_weights(model.get_weights())
    copy_draws(model, copy)
    for layer, original in zip(copy.layers, model.layers, strict=True):
        layer.trainable = original.trainable
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()  # it computes with constants that set_weights does not refresh
    state_facts(copy, **facts_of(model))
    return copy


def output_layer(model: keras.Model) -> keras.layers.Dense | None:
    """Return the dense layer that scores the classes, also below a softmax layer; `None` if there is none."""
    check_functional(model)
    last = next((layer for layer in model.layers if layer.output is model.output), model.layers[-1])
    separate = isinstance(last, (keras.layers.Softmax, keras.layers.Activation))
    if separate and getattr(last, "activation", keras.activations.softmax) is keras.activations.softmax:
        last = graph.producer_of(graph.inputs_of(last)[0])
        return last if isinstance(last, keras.layers.Dense) else None
    return last if getattr(last, "activation", None) is keras.activations.softmax and hasattr(last, "kernel") else None


def check_fits(model: keras.Model, split: Split) -> None:
    """Raise `ValueError` unless the model takes photos of the split's size and has an output for each class."""
    check_functional(model)
    size, classes = model.input_shape[1], len(split.class_names)
    if size not in (None, split.image_size):
        raise ValueError(f"Expected photos of the model's size, {size} px. Received: photos of {split.image_size} px.")
    if len(model.output_shape) != 2 or model.output_shape[-1] != classes:
        raise ValueError(
            f"Expected a model with one output for each of the {classes} classes. Received: outputs of shape "
            f"{model.output_shape[1:]}. Give it a head: attach_head(base, classes={classes})."
        )
    last = next((layer for layer in model.layers if layer.output is model.output), model.layers[-1])
    softmax = getattr(last, "activation", None) is keras.activations.softmax
    if not softmax and not isinstance(last, keras.layers.Softmax):
        raise ValueError(
            f"Expected a model that ends in a softmax. Received: one that ends in '{last.name}'. "
            "Give it a head: attach_head(base, classes)."
        )


def _draw(seed: int) -> keras.initializers.Initializer:
    return keras.initializers.GlorotUniform(seed=seed)


def _check(classes: int, hidden_units: Sequence[int], dropout: float) -> None:
    if not isinstance(classes, (int, np.integer)) or classes < 2:
        raise ValueError(f"Expected classes to be a whole number of at least 2. Received: {classes!r}.")
    listed = isinstance(hidden_units, (tuple, list))
    if not listed or any(not isinstance(units, (int, np.integer)) or units < 1 for units in hidden_units):
        raise ValueError(
            f"Expected hidden_units to be a tuple of whole numbers such as (64,). Received: {hidden_units!r}."
        )
    if not isinstance(dropout, (int, float, np.number)) or not 0 <= dropout < 1:
        raise ValueError(f"Expected dropout to be at least 0 and less than 1. Received: {dropout!r}.")
