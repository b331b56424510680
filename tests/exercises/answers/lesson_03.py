"""Answers to lesson 3's problems."""

import keras
import numpy as np
import tensorflow as tf

from helpers import attach_head, blocks
from tests.exercises.answers import Answers, Made

layers = keras.layers


def head_of(*parts, units=5, activation="softmax", kernel="glorot_uniform", last=()):
    """Return a base with these layers and an output layer."""

    def make(room):
        x = room["base"].output
        for layer in (
            *(part() for part in parts),
            layers.Dense(units, activation=activation, kernel_initializer=kernel),
            *(end() for end in last),
        ):
            x = layer(x)
        return keras.Model(room["base"].input, x)

    return Made(make)


def pool():
    return layers.GlobalAveragePooling2D()


def drop():
    return layers.Dropout(0.2)


def nested(room):
    photos = keras.Input(room["base"].input_shape[1:])
    x = layers.Dropout(0.2)(pool()(room["base"](photos)))
    return keras.Model(photos, layers.Dense(5, activation="softmax")(x))


def nested_head(room):
    head = keras.Sequential([pool(), drop(), layers.Dense(5, activation="softmax")])
    return keras.Model(room["base"].input, head(room["base"].output))


def flat_by_ops(maps):
    return keras.ops.reshape(maps, (-1, maps.shape[1] * maps.shape[2] * maps.shape[3]))


def by_ops(room):
    x = drop()(keras.ops.mean(room["base"].output, axis=(1, 2)))
    return keras.Model(room["base"].input, layers.Dense(5, activation="softmax")(x))


def pooled_over(axes):
    def make(room):
        x = drop()(keras.ops.mean(room["base"].output, axis=axes))
        return keras.Model(room["base"].input, layers.Dense(5, activation="softmax")(x))

    return Made(make)


def in_a_row(room):
    """Pool positions that were put in a row first."""
    maps = room["base"].output
    x = drop()(layers.GlobalAveragePooling1D()(layers.Reshape((-1, maps.shape[-1]))(maps)))
    return keras.Model(room["base"].input, layers.Dense(5, activation="softmax")(x))


def pooled_probabilities(room):
    """Ask at each position, and average the answers."""
    x = layers.Dense(5, activation="softmax")(drop()(room["base"].output))
    return keras.Model(room["base"].input, pool()(x))


def cut(room):
    base = room["base"]
    x = drop()(pool()(base.get_layer(blocks(base)[3].output_layer).output))
    return keras.Model(base.input, layers.Dense(5, activation="softmax")(x))


def other_weights(room):
    return head_of(pool, drop).make(room | {"base": keras.models.clone_model(room["base"])})


def two_outputs(room):
    model = head_of(pool, drop).make(room)
    return keras.Model(model.input, [model.output, model.output])


def named(room):
    model = head_of(pool, drop).make(room)
    return keras.Model(model.input, {"probabilities": model.output})


heads = Answers(
    right=[
        head_of(pool, drop),
        head_of(layers.GlobalMaxPooling2D, lambda: layers.Dense(8, activation="relu"), drop),
        head_of(lambda: layers.SpatialDropout2D(0.2), pool),
        head_of(lambda: layers.GlobalAveragePooling2D(keepdims=True), layers.Flatten, drop),
        head_of(pool, drop, activation=None, last=[layers.Softmax]),
        head_of(pool, drop, last=[lambda: layers.Dense(5, activation="softmax")]),
        Made(by_ops),
        Made(pooled_probabilities),
        head_of(pool, drop, last=[lambda: layers.Activation("linear", dtype="float32")]),
        head_of(lambda: layers.GlobalAveragePooling2D(keepdims=True), drop, last=[layers.Flatten]),
        Made(in_a_row),
        head_of(lambda: layers.Conv2D(8, 1, activation="relu"), pool, drop),
        head_of(layers.BatchNormalization, pool, drop),
        Made(named),
        head_of(pool, drop, kernel="zeros"),
        Made(lambda room: attach_head(room["base"], classes=5, hidden_units=(4,))),
    ],
    wrong=[
        (Made(nested), "base is hidden inside the layer"),
        (Made(nested_head), "head is hidden inside the layer"),
        (head_of(pool, activation=None, last=[drop, layers.Softmax]), "scores of some classes"),
        (head_of(pool, drop, activation="sigmoid", last=[layers.Softmax]), "go through sigmoid"),
        (head_of(lambda: lambda maps: maps[:, 0, 0, :], drop), "where in the photo"),
        (
            head_of(lambda: lambda maps: keras.ops.reshape(maps, (-1, maps.shape[1] ** 2 * maps.shape[3])), drop),
            "where in",
        ),
        (Made(lambda room: keras.Sequential([room["base"], pool(), drop()])), "hidden inside the layer"),
        (head_of(pool, drop, units=4), "4 outputs"),
        (head_of(pool, drop, activation=None), "Use a softmax"),
        (head_of(pool, drop, activation="sigmoid"), "Use a softmax"),
        (head_of(pool, drop, last=[layers.Softmax]), "softmax is applied twice"),
        (head_of(pool, drop, last=[lambda: layers.Activation("softmax")]), "softmax is applied twice"),
        (head_of(pool, drop, last=[lambda: keras.ops.softmax]), "softmax is applied twice"),
        (head_of(drop), "pool the maps"),
        (head_of(layers.Flatten, drop), "Pool instead"),
        (head_of(lambda: layers.Reshape((-1,)), drop), "Pool instead"),
        (pooled_over((2, 3)), "Pool over all positions"),
        (pooled_over((1, 3)), "Pool over all positions"),
        (head_of(pool), "a Dropout layer is missing"),
        (head_of(pool, lambda: layers.Dropout(0.0)), "drops nothing"),
        (head_of(pool, lambda: layers.Dropout(0.0), kernel="zeros"), "drops nothing"),
        (head_of(lambda: lambda maps: maps[:, 0, 0, :], drop, kernel="zeros"), "where in the photo"),
        (head_of(pool, last=[drop]), "no longer add up to 1"),
        (head_of(pool, activation=None, last=[layers.Softmax, drop]), "no longer add up to 1"),
        (Made(cut), "Blocks of the base are missing"),
        (Made(other_weights), "aren't those of the base"),
        (Made(two_outputs), "one output"),
        (Made(lambda room: room["base"]), "pool the maps"),
        (Made(lambda room: head_of(pool, drop).make(room).output), "a layer's output"),
        (Made(lambda room: head_of(pool, drop).make), "Expected a keras.Model"),
    ],
)


def counted(count):
    """Return a number computed from the width of the base's output."""
    return Made(lambda room: count(room["base"].output_shape[-1]))


weights = Answers(
    right=[
        counted(lambda width: (width + 1) * 64 + 65 * 5),
        counted(lambda width: np.int64(width * 64 + 64 + 64 * 5 + 5)),
        counted(lambda width: tf.constant(width * 64 + 64 + 64 * 5 + 5)),
        counted(lambda width: float(sum([width * 64, 64, 64 * 5, 5]))),
    ],
    wrong=[
        (counted(lambda width: width * 64 + 64 * 5), "a bias"),
        (counted(lambda width: (width + 1) * 64), "output layer has weights too"),
        (counted(lambda width: (width + 1) * 5), "without a hidden layer"),
        (counted(lambda width: (width + 1) * 69), "sees the hidden units"),
        (counted(lambda width: str((width + 1) * 64 + 65 * 5)), "the text"),
        (counted(lambda width: f"{(width + 1) * 64 + 65 * 5:,}"), "the text"),
        (counted(lambda width: ((width + 1) * 64, 65 * 5)), "a tuple of 2"),
        (1, "the 1 is the bias"),
        (0.5, "a whole number"),
        (True, "yes or no"),
        (lambda base: 1, "a function"),
    ],
)

ANSWERS = {"q1": heads, "q2": weights}
