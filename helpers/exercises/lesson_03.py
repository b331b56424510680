"""Exercises of lesson 3: heads, their size, and the network's input."""

import keras
import numpy as np

from helpers.exercises.models import model_of, outputs_of
from helpers.exercises.problem import Problem, expecting, run_on
from helpers.exercises.view import Question
from helpers.network.blocks import blocks


def is_flat_and_complete(model, base, classes) -> str | None:
    """Return what is wrong with a model that should be a base with a head, built flat."""
    model = model_of(model)
    nested = [layer.name for layer in model.layers if isinstance(layer, keras.Model)]
    if nested:
        return f"The base is hidden inside the layer '{nested[0]}'. Build on base.output instead of calling base(x)."
    names = {layer.name for layer in model.layers}
    missing = [block.name for block in blocks(base) if block.output_layer not in names]
    if missing:
        return (
            f"Blocks of the base are missing: {', '.join(missing[:4])}. Start at base.input and end above base.output."
        )
    if len(model.output_shape) != 2:
        return f"Expected one row of numbers per photo. Your model outputs {model.output_shape[1:]}: pool the maps."
    if model.output_shape[-1] != classes:
        return f"There are {classes} classes, and your model has {model.output_shape[-1]} outputs."
    kinds = [type(layer) for layer in model.layers]
    if keras.layers.Flatten in kinds:
        return "Flatten keeps every position of every map, so the head gets far more weights. Pool instead."
    size = base.input_shape[1] or 64
    photos = np.random.default_rng(0).integers(0, 256, (4, size, size, 3)).astype("float32")
    answers = outputs_of(model, photos)
    if answers.min() < 0 or not np.allclose(answers.sum(axis=1), 1, atol=1e-4):
        return "The outputs for a photo should be probabilities: none below 0, adding up to 1. Use a softmax."
    if not any(issubclass(kind, keras.layers.Dropout) for kind in kinds[len(base.layers) :]):
        return "No features are dropped at random above the base: a Dropout layer is missing."
    return None


q1 = Question(
    Problem(
        "q1",
        "Build a flat model on base.output in plain Keras: pooling, dropout, and one probability per class.",
        is_flat_and_complete,
        "A flat model: you can get every layer by its name.",
        (
            "Three layers: GlobalAveragePooling2D, Dropout, Dense.",
            "Each layer is called on the output of the one before it, starting with base.output.",
            'Dense(classes, activation="softmax"), and then keras.Model(base.input, …).',
        ),
        """
x = keras.layers.GlobalAveragePooling2D()(base.output)
x = keras.layers.Dropout(0.2)(x)
answer = keras.Model(base.input, keras.layers.Dense(classes, activation="softmax")(x))
""",
    )
)


def weights_of_a_head(count, base, classes, units) -> str | None:
    """Return what is wrong with the number of weights of a head with one hidden layer on the whole base."""
    if isinstance(count, bool) or not isinstance(count, (int, np.integer)):
        return f"Expected a whole number. Received: an answer of type {type(count).__name__}."
    features = base.output_shape[-1]
    expected = (features + 1) * units + (units + 1) * classes
    if count == expected:
        return None
    told = {
        features * units + units * classes: "Each unit also has a bias: one more weight per unit.",
        (features + 1) * units: "That is the hidden layer. The output layer has weights too.",
        (features + 1) * classes: "That is a head without a hidden layer.",
        (features + 1) * (units + classes): "The output layer sees the hidden units, not the features.",
    }
    return told.get(int(count), "Not quite. A dense layer has (inputs + 1) × units weights; the 1 is the bias.")


q2 = Question(
    Problem(
        "q2",
        "How many weights does a head with one hidden layer of 64 units on the whole base have? Compute, don't build.",
        weights_of_a_head,
        "Pooling and dropout have none: all of them are in the two dense layers.",
        (
            "A dense layer has one weight for each pair of input and unit, and one bias per unit.",
            "The hidden layer has base.output_shape[-1] inputs, the output layer 64.",
            "(features + 1) * 64 + (64 + 1) * classes",
        ),
        """
features = base.output_shape[-1]
answer = (features + 1) * 64 + (64 + 1) * classes
""",
    )
)


def prepares_input(function) -> str | None:
    """Return what is wrong with a function that should prepare photos for a base from `load_base`."""
    photos = np.random.default_rng(0).integers(0, 256, (3, 16, 16, 3), dtype=np.uint8)
    given = photos.copy()
    found = run_on(function, given)
    with expecting("Expected an array of photos."):
        found = np.asarray(found)
    if found.shape != photos.shape:
        return f"Expected photos of the same shape, {photos.shape}. Your function returned {found.shape}."
    if not np.array_equal(given, photos):
        return "Your function changes the photos it is given."
    if np.allclose(found, photos, atol=0.51):
        if not np.issubdtype(found.dtype, np.floating):
            return "The values are right. Return them as float32, the type that layers compute with."
        return None
    if np.allclose(found * 255, photos, atol=0.51):
        return "Divided by 255: the base does its scaling itself. Doing it twice leaves it nearly blind."
    if np.allclose((found + 1) * 127.5, photos, atol=0.51):
        return "Elsewhere, MobileNet is given -1 to 1. A base from load_base expects 0 to 255."
    if np.allclose(found[..., ::-1], photos, atol=0.51):
        return "Red and blue are swapped. A base from load_base expects red first."
    return "The values are no longer those of the photos. The base expects them unchanged, 0 to 255."


q3 = Question(
    Problem(
        "q3",
        "Write a function that takes photos as uint8 and returns the right input for the course's bases, as float32.",
        prepares_input,
        "Unchanged: the scaling is part of the network.",
        (
            "Which layers come first in the network? Look at layer_table(base).head().",
            "Rescaling is among them. So what is left to do outside?",
            'Only the type: photos.astype("float32").',
        ),
        """
def answer(photos):
    return photos.astype("float32")
""",
    )
)
