"""Exercises of lesson 3: heads and their size."""

from helpers.exercises.heads import head_fault
from helpers.exercises.models import model_of
from helpers.exercises.problem import Problem
from helpers.exercises.values import whole_in
from helpers.exercises.view import Question


def is_flat_and_complete(model, base, classes) -> str | None:
    """Return what is wrong with a model that should be a base with a head, built flat."""
    return head_fault(model_of(model), base, classes)


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
    count, features = whole_in(count), base.output_shape[-1]
    expected = (features + 1) * units + (units + 1) * classes
    if count == expected:
        return None
    told = {
        features * units + units * classes: "Each unit also has a bias: one more weight per unit.",
        (features + 1) * units: "That is the hidden layer. The output layer has weights too.",
        (units + 1) * classes: "That is the output layer. The hidden layer has weights too.",
        (features + 1) * classes: "That is a head without a hidden layer.",
        (features + 1) * (units + classes): "The output layer sees the hidden units, not the features.",
        expected + base.count_params(): "That is the whole model. The question is about the head alone.",
    }
    return told.get(count, f"Not {count:,}. A dense layer has (inputs + 1) × units weights; the 1 is the bias.")


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
