"""The broken transfers of lesson 9: the faults themselves are refused, and so are their neighbours."""

import re

import keras
import numpy as np
import pytest
from scipy.special import softmax
from sklearn.model_selection import GroupShuffleSplit

from helpers import attach_head, blocks, copy_of, freeze
from helpers.exercises import lesson_09
from helpers.exercises.problem import RIGHT, WRONG


def right(said) -> bool:
    return said.head.endswith(RIGHT)


@pytest.fixture(scope="module")
def start(mobilenet):
    model = attach_head(mobilenet, classes=5)
    freeze(model, until="top")
    return model


def freed(model, chosen):
    model = copy_of(model)
    for layer in model.layers:
        layer.trainable = chosen(layer.name)
    return model


def test_fine_tuning_that_frees_nothing_too_much_or_no_head_is_refused(start):
    last = set(blocks(start)[-1].layers)
    cases = (
        (start, "Nothing in top"),
        (freed(start, lambda name: name in [layer.name for layer in start.layers[-3:]]), "Nothing in top"),
        (freed(start, lambda name: True), "down to the stem"),
        (freed(start, lambda name: name in last), "The head is frozen"),
    )
    for model, reason in cases:
        assert reason in lesson_09.q1.check(model).text
    assert right(lesson_09.q1.check(freed(start, lambda name: name in last or name.startswith("head_"))))


def set_flag(model, name):
    model.get_layer(name).trainable = True


def the_other_layer(model, name):
    model.get_layer("upper").trainable = True
    model.compile("adam", loss="sparse_categorical_crossentropy")


def only_compile(model, name):
    model.compile("adam", loss="sparse_categorical_crossentropy")


def set_all_and_compile(model, name):
    for layer in model.layers:
        layer.trainable = True
    model.compile(keras.optimizers.SGD(0.1), loss="sparse_categorical_crossentropy")


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (set_flag, "none of its weights changed|cannot be trained"),
        (the_other_layer, "still frozen"),
        (only_compile, "still frozen"),
        (lambda model, name: model.get_layer("no such layer"), "raised ValueError"),
    ],
)
def test_unfreezing_that_does_not_reach_training_is_refused(function, reason):
    said = lesson_09.q2.check(function)
    assert said.head.endswith(WRONG)
    assert re.search(reason, said.text), said.text


def test_another_way_of_compiling_again_is_taken():
    assert right(lesson_09.q2.check(set_all_and_compile))


def test_loose_batchnorm_is_refused_wherever_it_is(start):
    free = {name for block in blocks(start)[-2:] for name in block.layers}
    norms = {layer.name for layer in start.layers if isinstance(layer, keras.layers.BatchNormalization)}
    first = next(iter(norms))
    cases = (
        (freed(start, lambda name: name in free), "are still unfrozen"),
        (freed(start, lambda name: True), "are still unfrozen"),
        (freed(start, lambda name: name == first), "1 BatchNormalization layers are still unfrozen"),
        (start, "whole base is frozen"),
    )
    for model, reason in cases:
        assert reason in lesson_09.q3.check(model).text
    assert right(lesson_09.q3.check(freed(start, lambda name: name in free - norms)))


def on(base, x):
    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(base.input, keras.layers.Dense(5, activation="softmax")(x))


def nested(base):
    inputs = keras.Input(base.input_shape[1:])
    x = keras.layers.GlobalAveragePooling2D()(base(inputs, training=False))
    return keras.Model(inputs, keras.layers.Dense(5, activation="softmax")(x))


def frozen_base(base):
    base.trainable = False
    return on(base, base.output)


def nested_with_flags(base):
    for layer in base.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    return nested(base)


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (nested, "Did you rely on training=False"),
        (lambda base: on(base, base.output), "statistics have changed"),
        (frozen_base, "should learn"),
        (lambda base: base, "five outputs"),
    ],
)
def test_models_whose_statistics_move_are_refused(function, reason):
    assert reason in lesson_09.q4.check(function).text


def test_a_nested_base_is_taken_if_its_flags_are_set():
    assert right(lesson_09.q4.check(nested_with_flags))


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda base, n: [layer.name for layer in base.layers[-10 * n :]], "in two"),
        (lambda base, n: [block.name for block in blocks(base)[-n:]], "names of blocks"),
        (
            lambda base, n: [name for block in blocks(base)[-n - 1 :] for name in block.layers],
            "names. Your",
        ),
        (lambda base, n: [name for block in blocks(base)[-n:] for name in block.layers[1:]], "in two"),
    ],
)
def test_cuts_inside_a_block_are_refused(function, reason, mobilenet):
    said = lesson_09.q5.check(function, base=mobilenet)
    assert said.head.endswith(WRONG)
    assert reason in said.text


@pytest.mark.parametrize(
    ("optimizer", "reason"),
    [
        (keras.optimizers.Adam(1e-2), "0.01"),
        (keras.optimizers.SGD(0.1), "0.1"),
        (keras.optimizers.Adam(0.0), "would learn nothing"),
        (1e-4, "Expected an optimiser"),
    ],
)
def test_steps_that_are_too_large_are_refused(optimizer, reason):
    assert reason in lesson_09.q6.check(optimizer).text
    assert right(lesson_09.q6.check(keras.optimizers.SGD(1e-3)))


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda images: images / 255, "between 0 and"),
        (lambda images: images / 127.5 - 1, "between -1"),
        (lambda images: images.mean(axis=(1, 2)), "shape"),
        (lambda images: images[..., ::-1], "rescales them itself"),
    ],
)
def test_rescaled_photos_are_refused(function, reason):
    assert reason in lesson_09.q7.check(function).text
    assert right(lesson_09.q7.check(lambda images: images))


def rows_shuffled(groups, seed):
    rows = np.random.default_rng(seed).permutation(len(groups))
    return rows[40:], rows[:40]


def by_scikit_learn(groups, seed):
    splitter = GroupShuffleSplit(n_splits=1, test_size=0.2, random_state=seed)
    return next(splitter.split(groups, groups=groups))


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (rows_shuffled, "on both sides"),
        (lambda groups, seed: (np.arange(200), np.array([], int)), "About a fifth"),
        (lambda groups, seed: (np.arange(160), np.arange(120, 200)), "exactly one"),
        (lambda groups, seed: np.arange(200), "two lists"),
    ],
)
def test_splits_with_a_photo_on_both_sides_are_refused(function, reason):
    assert reason in lesson_09.q8.check(function).text
    assert right(lesson_09.q8.check(by_scikit_learn))


def two_passes(batches, predict):
    labels = np.concatenate([labels for _, labels in batches])
    return np.concatenate([predict(images) for images, _ in batches]), labels


def listed(batches, predict):
    batches = list(batches)
    return np.concatenate([predict(images) for images, _ in batches]), np.concatenate([each for _, each in batches])


def last_batch_lost(batches, predict):
    pairs = list(batches)[:-1]
    return np.concatenate([predict(images) for images, _ in pairs]), np.concatenate([labels for _, labels in pairs])


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (two_passes, "with another photo's prediction"),
        (last_batch_lost, "all 40 photos"),
        (lambda batches, predict: np.zeros(40), "two arrays"),
        (lambda batches, predict: (np.zeros(40), np.zeros(40)), "twice"),
    ],
)
def test_labels_in_another_order_are_refused(function, reason):
    assert reason in lesson_09.q9.check(function).text
    assert right(lesson_09.q9.check(listed))


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda images, augment, training: augment(images), "While evaluating"),
        (lambda images, augment, training: images, "While training"),
        (lambda images, augment, training: images if training else augment(images), "While training"),
        (lambda images, augment, training: None, "shape"),
    ],
)
def test_augmented_validation_photos_are_refused(function, reason):
    assert reason in lesson_09.q10.check(function).text


def best_on_test(attempts, val_labels, test_labels):
    return max((made == test_labels).mean() for _, made in attempts)


def best_on_validation(attempts, val_labels, test_labels):
    return max((made == val_labels).mean() for made, _ in attempts)


def first_one(attempts, val_labels, test_labels):
    return (attempts[0][1] == test_labels).mean()


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (best_on_test, "They chose"),
        (best_on_validation, "validation accuracy"),
        (first_one, "Expected"),
        (lambda *given: None, "one accuracy"),
    ],
)
def test_reports_that_flatter_are_refused(function, reason):
    assert reason in lesson_09.q11.check(function).text


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda logits: 1 / (1 + np.exp(-logits)), "add up to 1"),
        (lambda logits: logits / logits.sum(axis=1, keepdims=True), "add up to 1|this is not the softmax"),
        (lambda logits: softmax(logits, axis=0), "add up to 1"),
        (lambda logits: np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True), "infinities"),
        (lambda logits: np.full(logits.shape, 1 / logits.shape[1]), "this is not the softmax"),
    ],
)
def test_what_is_no_softmax_is_refused(function, reason):
    assert re.search(reason, lesson_09.q12.check(function).text)
    assert right(lesson_09.q12.check(lambda logits: softmax(logits, axis=1)))
