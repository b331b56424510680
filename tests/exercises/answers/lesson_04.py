"""Answers to lesson 4's problems."""

import keras
import numpy as np
import tensorflow as tf

from helpers import attach_head, blocks, freeze
from tests.exercises.answers import Answers, Made


def frozen_where(keep, hidden_units=()):
    """Return a fresh model of which the layers learn that `keep` says."""

    def make(room):
        model = attach_head(room["base"], classes=5, hidden_units=hidden_units)
        for layer in model.layers:
            layer.trainable = keep(layer)
        return model

    return Made(make)


def is_head(layer):
    return layer.name.startswith("head_")


def is_norm(layer):
    return isinstance(layer, keras.layers.BatchNormalization)


def by_blocks(room):
    model = attach_head(room["base"], classes=5)
    for block in blocks(model):
        for name in block.layers:
            model.get_layer(name).trainable = False
    return model


def by_helper(room):
    model = attach_head(room["base"], classes=5)
    freeze(model)
    return model


def last_three(room):
    model = attach_head(room["base"], classes=5)
    for layer in model.layers:
        layer.trainable = False
    for layer in model.layers[-3:]:
        layer.trainable = True
    return model


heads_only = Answers(
    right=[frozen_where(is_head), Made(by_blocks), Made(by_helper), Made(last_three), frozen_where(is_head, (8,))],
    wrong=[
        (frozen_where(lambda layer: True), "blocks of the base would still learn"),
        (Made(lambda room: attach_head(room["base"], classes=5)), "doesn't freeze the copy"),
        (frozen_where(lambda layer: False), "Nothing would learn"),
        (frozen_where(lambda layer: not is_head(layer)), "The head is frozen"),
        (frozen_where(lambda layer: is_head(layer) or is_norm(layer)), "statistics there would drift"),
        (frozen_where(lambda layer: is_head(layer) or layer.name.startswith("block2b")), "one block of the base"),
        (frozen_where(lambda layer: is_head(layer) or layer.name == "stem_conv"), "one block of the base"),
        (frozen_where(lambda layer: layer.name == "head_output", (8,)), "A layer of the head is frozen"),
        (Made(lambda room: room["base"]), "has no head"),
        (Made(lambda room: by_blocks(room).layers), "Expected a keras.Model"),
        (Made(lambda room: by_blocks), "Expected a keras.Model"),
    ],
)


def counted(count):
    """Return a number computed from the number of training photos and the shape of the base's output."""
    return Made(lambda room: count(len(room["photos"].train), room["base"].output_shape[1:]))


kept = Answers(
    right=[
        counted(lambda many, maps: many * maps[-1] * 4),
        counted(lambda many, maps: np.zeros((many, maps[-1]), "float32").nbytes),
        counted(lambda many, maps: float(np.prod([many, maps[-1], 4]))),
        counted(lambda many, maps: tf.constant(many * maps[-1] * 32 // 8)),
    ],
    wrong=[
        (counted(lambda many, maps: many * maps[-1]), "4 bytes"),
        (counted(lambda many, maps: maps[-1] * 4), "for one photo"),
        (counted(lambda many, maps: many * 32 * 32 * 3), "the pixels"),
        (counted(lambda many, maps: many * maps[-1] * 8), "float64"),
        (counted(lambda many, maps: many * maps[-1] * 32), "32 bits"),
        (counted(lambda many, maps: many * int(np.prod(maps)) * 4), "before pooling"),
        (counted(lambda many, maps: many * maps[-1] * 4 / 1024), "kibibytes"),
        (counted(lambda many, maps: many * maps[-1] * 4 / 1e6), "megabytes"),
        (counted(lambda many, maps: str(many * maps[-1] * 4)), "the text"),
        (counted(lambda many, maps: f"{many * maps[-1] * 4 / 1024:.0f} KB"), "the text"),
        (17, "photos × features"),
        (float("nan"), "photos × features"),
        (len, "Expected a number of bytes"),
    ],
)


def loop(before, after):
    largest = 0.0
    for old, new in zip(before, after, strict=True):
        largest = max(largest, float(np.max(np.abs(old - new))))
    return largest


def by_index(before, after):
    return max(tf.reduce_max(tf.abs(after[number] - before[number])) for number in range(len(before)))


def in_place(before, after):
    for old, new in zip(before, after, strict=True):
        old -= new
    return max(np.abs(old).max() for old in before)


def each(measure, together=max):
    """Return a function that measures the change of each array."""
    return lambda before, after: together(measure(new - old) for old, new in zip(before, after, strict=True))


changes = Answers(
    right=[
        loop,
        by_index,
        each(lambda change: keras.ops.max(keras.ops.abs(change))),
        lambda before, after: np.abs(
            np.concatenate([(a - b).ravel() for a, b in zip(after, before, strict=True)])
        ).max(),
        each(lambda change: max(change.max(), -change.min())),
    ],
    wrong=[
        (each(np.max), "take absolute values"),
        (each(lambda change: np.abs(change).sum(), sum), "the sum of all changes"),
        (each(lambda change: abs(change.sum())), "The largest change"),
        (each(np.linalg.norm), "The largest change"),
        (each(lambda change: np.abs(change).mean()), "The largest change"),
        (each(lambda change: np.abs(change).max(), min), "The largest change"),
        (each(lambda change: np.abs(change).max(), sum), "The largest change"),
        (each(lambda change: np.abs(change).max(), list), "a list"),
        (each(lambda change: round(float(np.abs(change).max()), 3)), "The largest change"),
        (each(lambda change: np.abs(change[0]).max()), "The largest change"),
        (each(lambda change: np.abs(change[-1]).max()), "The largest change"),
        (each(lambda change: np.abs(change.flat[-1])), "The largest change"),
        (lambda before, after: np.abs(after[0] - before[0]).max(), "The largest change"),
        (lambda before, after: np.abs(after[-1] - before[-1]).max(), "The largest change"),
        (lambda before, after: loop(before[:2], after[:2]), "The largest change"),
        (
            lambda before, after: max(
                np.abs(new).max() - np.abs(old).max() for old, new in zip(before, after, strict=True)
            ),
            "The largest",
        ),
        (lambda before, after: np.abs(np.array(after) - np.array(before)).max(), "raised ValueError"),
        (lambda before, after: str(loop(before, after)), "the text"),
        (lambda before, after: loop(before, after) > 0, "yes or no"),
        (lambda before, after: 1.0, "Nothing changed"),
        (in_place, "changes 'before'"),
        (lambda weights: 0.0, "exactly the arguments"),
        (lambda before, after: None, "a function without return"),
    ],
)

ANSWERS = {"q1": heads_only, "q2": kept, "q3": changes}
