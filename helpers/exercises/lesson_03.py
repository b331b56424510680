"""Exercises of lesson 3: heads, their size, and the pixels they are fed with."""

import keras
import numpy as np

from helpers.exercises.problem import Problem, run_on
from helpers.exercises.view import Question
from helpers.network.blocks import blocks


def is_flat_and_complete(model, base, classes) -> str | None:
    """Return what is wrong with a model that should be a base with a head, built flat."""
    if not isinstance(model, keras.Model):
        return f"A keras.Model was expected. This is of type {type(model).__name__}."
    nested = [layer.name for layer in model.layers if isinstance(layer, keras.Model)]
    if nested:
        return f"The base is hidden inside the layer '{nested[0]}'. Go on from base.output instead of calling base(x)."
    names = {layer.name for layer in model.layers}
    missing = [block.name for block in blocks(base) if block.output_layer not in names]
    if missing:
        return (
            f"Blocks of the base are missing: {', '.join(missing[:4])}. Begin at base.input and end above base.output."
        )
    if len(model.output_shape) != 2:
        return f"One row of numbers a photo was expected. Yours puts out {model.output_shape[1:]}: pool the maps first."
    if model.output_shape[-1] != classes:
        return f"There are {classes} classes, and your model has {model.output_shape[-1]} outputs."
    kinds = [type(layer) for layer in model.layers]
    if keras.layers.Flatten in kinds:
        return "Flatten keeps every place of every map, so the head gets far more weights. Pool instead."
    size = base.input_shape[1] or 64
    photos = np.random.default_rng(0).integers(0, 256, (4, size, size, 3)).astype("float32")
    answers = model.predict(photos, verbose=0)
    if answers.min() < 0 or not np.allclose(answers.sum(axis=1), 1, atol=1e-4):
        return (
            "The outputs of a photo should be probabilities: none below 0, together 1. The last layer needs a softmax."
        )
    if not any(issubclass(kind, keras.layers.Dropout) for kind in kinds[len(base.layers) :]):
        return "Nothing is hidden at random above the base: a Dropout layer is missing."
    return None


q1 = Question(
    Problem(
        "q1",
        "Build a model in plain Keras on base.output: pool, hide some features, one probability a class. Keep it flat.",
        is_flat_and_complete,
        "A flat graft: every layer can be reached by its name.",
        (
            "Three layers: GlobalAveragePooling2D, Dropout, Dense.",
            "Each layer is called on what comes before it, beginning with base.output.",
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
        return f"A whole number was expected. This is of type {type(count).__name__}."
    features = base.output_shape[-1]
    expected = (features + 1) * units + (units + 1) * classes
    if count == expected:
        return None
    told = {
        features * units + units * classes: "Each unit also has a bias: one more weight a unit.",
        (features + 1) * units: "That is the hidden layer. The output layer has weights, too.",
        (features + 1) * classes: "That is a head without a hidden layer.",
        (features + 1) * (units + classes): "The output layer sees the hidden units, not the features.",
    }
    return told.get(int(count), "Not quite. A dense layer has (inputs + 1) × units weights; the 1 is the bias.")


q2 = Question(
    Problem(
        "q2",
        "How many weights has a head on the whole base with one hidden layer of 64 units? Compute it, do not build it.",
        weights_of_a_head,
        "Pooling has none, dropout has none: all of it is in the two dense layers.",
        (
            "A dense layer has one weight for each pair of input and unit, and a bias a unit.",
            "The hidden layer has base.output_shape[-1] inputs, the output layer 64.",
            "(features + 1) * 64 + (64 + 1) * classes",
        ),
        """
features = base.output_shape[-1]
answer = (features + 1) * 64 + (64 + 1) * classes
""",
    )
)


def feeds_rightly(function) -> str | None:
    """Return what is wrong with a function that should prepare photos for EfficientNet."""
    photos = np.random.default_rng(0).integers(0, 256, (3, 16, 16, 3), dtype=np.uint8)
    given = photos.copy()
    found, fault = run_on(function, given)
    if fault:
        return fault
    found = np.asarray(found)
    if found.shape != photos.shape:
        return f"The shape should stay {photos.shape}. Your function returns {found.shape}."
    if not np.array_equal(given, photos):
        return "Your function changes the photos that it is given."
    if np.allclose(found, photos, atol=0.51):
        if not np.issubdtype(found.dtype, np.floating):
            return "The values are right. Give them as float32, which is what a layer computes with."
        return None
    if np.allclose(found * 255, photos, atol=0.51):
        return "Divided by 255: EfficientNet does that itself, and twice leaves it nearly blind."
    if np.allclose((found + 1) * 127.5, photos, atol=0.51):
        return "From -1 to 1 is what MobileNet was fed with. EfficientNet takes 0 to 255."
    if np.allclose(found[..., ::-1], photos, atol=0.51):
        return "Red and blue have changed places. Keras's EfficientNet takes red first."
    return "The values are no longer those of the photos. EfficientNet takes them as they are, 0 to 255."


q3 = Question(
    Problem(
        "q3",
        "Write a function that takes photos as uint8 and returns what EfficientNet is to be fed with, as float32.",
        feeds_rightly,
        "As they are: the scaling lives inside the network.",
        (
            "Which layers stand at the bottom of the network? Look at layer_table(base).head().",
            "Rescaling and Normalization are among them. So what is left to do outside?",
            'Only the type: photos.astype("float32").',
        ),
        """
def answer(photos):
    return photos.astype("float32")
""",
    )
)
