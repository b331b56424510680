"""Answers to lesson 5's problems."""

import keras
import numpy as np
import pandas as pd
from statsmodels.stats.contingency_tables import mcnemar

from helpers import attach_head, blocks, compare, copy_of, freeze
from tests.exercises.answers import Answers, Made

LOSS = "sparse_categorical_crossentropy"


def tuned(until=-3, batchnorm="frozen", optimizer=None, loss=LOSS, compiled=True, then=None):
    """Return a copy of `start`, made ready to fine-tune above a block, except for what is said to be different."""

    def make(room):
        model = copy_of(room["start"])
        freeze(model, until=None if until is None else blocks(model)[until].name, batchnorm=batchnorm)
        if compiled:
            model.compile(optimizer() if optimizer else keras.optimizers.Adam(1e-4), loss=loss)
        if then:
            then(model)
        return model

    return Made(make)


def by_flags(room):
    model = copy_of(room["start"])
    free = {name for block in blocks(model)[-2:] for name in block.layers}
    for layer in model.layers:
        norm = isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = (layer.name in free or layer.name.startswith("head_")) and not norm
    model.compile(
        keras.optimizers.SGD(1e-3, momentum=0.9),
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy"],
    )
    return model


def warming_up():
    return keras.optimizers.Adam(
        keras.optimizers.schedules.CosineDecay(0.0, 1000, warmup_target=1e-4, warmup_steps=100)
    )


def set_flag(name, value):
    def change(model):
        model.get_layer(name).trainable = value

    return change


def fit_once(model):
    model.fit(np.zeros((2, 32, 32, 3)), np.zeros(2), verbose=0)


def fitted_frozen(room):
    """Compile, train with everything frozen, unfreeze, and forget to compile again: the next fit moves nothing."""
    model = copy_of(room["start"])
    model.trainable = False
    model.compile(keras.optimizers.Adam(1e-4), loss=LOSS)
    fit_once(model)
    freeze(model, until=blocks(model)[-3].name)
    return model


def fitted_head(room):
    model = copy_of(room["start"])
    freeze(model, until="top")
    model.compile(keras.optimizers.Adam(1e-4), loss=LOSS)
    fit_once(model)
    freeze(model, until=blocks(model)[-3].name)
    return model


def frees_first(model):
    for block, trainable in zip(blocks(model), (True, True, False, False, False), strict=True):
        for name in block.layers:
            layer = model.get_layer(name)
            layer.trainable = trainable and not isinstance(layer, keras.layers.BatchNormalization)


def untrained(room):
    model = attach_head(room["base"], classes=5)
    return tuned().make(room | {"start": model})


def last_layers(count):
    def change(model):
        for number, layer in enumerate(reversed(model.layers)):
            layer.trainable = number < count and not isinstance(layer, keras.layers.BatchNormalization)

    return change


def loose_norm(model):
    model.get_layer("stem_bn").trainable = True


ready = Answers(
    right=[
        tuned(),
        Made(by_flags),
        tuned(optimizer=warming_up),
        tuned(optimizer=lambda: keras.optimizers.AdamW(3e-4, weight_decay=1e-4)),
        tuned(optimizer=lambda: keras.optimizers.RMSprop(1e-5), loss=[LOSS]),
        tuned(then=fit_once),
        tuned(loss="crossentropy"),
        tuned(loss=keras.losses.SparseCategoricalCrossentropy),
        tuned(loss=keras.losses.SparseCategoricalCrossentropy(reduction="sum")),
        tuned(then=lambda model: freeze(model, until=blocks(model)[-3].name)),
    ],
    wrong=[
        (tuned(until=-1), "Nothing in block2b and top"),
        (tuned(until=-1, then=lambda model: setattr(model, "trainable", True)), "set the layers' own"),
        (tuned(until=None), "Everything is unfrozen"),
        (tuned(until=-4), "Expected: block2b and top"),
        (tuned(until=-2), "Unfrozen blocks: top"),
        (tuned(batchnorm="free"), "Freeze it, so that its"),
        (tuned(then=loose_norm), "statistics there would drift"),
        (tuned(then=frees_first), "Unfrozen blocks: stem, block1a"),
        (tuned(then=last_layers(6)), "Unfrozen blocks"),
        (tuned(then=set_flag("top_conv", False)), "Unfrozen blocks: block2b"),
        (tuned(then=set_flag("block2b_conv", False)), "a cut inside a block"),
        (tuned(then=set_flag("head_output", False)), "The head is frozen"),
        (Made(untrained), "never trained"),
        (tuned(compiled=False), "Compile the model after|learning rate is 0.001"),
        (Made(fitted_frozen), "Compile again"),
        (Made(fitted_head), "Compile again"),
        (tuned(loss=None), "without a loss"),
        (tuned(loss="mse"), "Your loss doesn't fit"),
        (tuned(loss="sparse_categorical_cross_entropy"), "Your loss doesn't fit"),
        (tuned(loss="categorical_crossentropy"), "Your loss doesn't fit"),
        (tuned(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True)), "Your loss doesn't fit"),
        (tuned(optimizer=lambda: "adam"), "overwrites what unfrozen blocks know"),
        (tuned(optimizer=lambda: keras.optimizers.Adam(1e-2)), "overwrites what unfrozen blocks know"),
        (tuned(optimizer=lambda: keras.optimizers.SGD()), "overwrites what unfrozen blocks know"),
        (tuned(optimizer=lambda: keras.optimizers.Adam(0.0)), "would learn nothing"),
        (tuned(optimizer=lambda: keras.optimizers.Adam(-1e-4)), "a number above 0"),
        (Made(lambda room: room["base"]), "has no head"),
        (Made(lambda room: tuned().make(room).layers), "Expected a keras.Model"),
        (None, "Your answer is None"),
    ],
)


def two_best(reports):
    return sorted(reports, key=lambda name: -reports[name].accuracy)[:2]


def when(is_clear):
    """Return a function that names the best if its lead over the second is clear."""

    def winner(reports):
        first, second = two_best(reports)
        return first if is_clear(reports[first], reports[second]) else None

    return winner


def by_series(reports):
    scores = pd.Series({name: report.accuracy for name, report in reports.items()}).sort_values(ascending=False)
    found = compare(reports[scores.index[0]], reports[scores.index[1]])
    return scores.index[0] if found.clear else None


def by_the_first_two(reports):
    return two_best(reports)[0] if compare(*list(reports.values())[:2]).clear else None


def by_counting(first, second):
    won, lost = pd.Series(first.correct & ~second.correct).sum(), (second.correct & ~first.correct).sum()
    return mcnemar([[0, won], [lost, 0]], exact=True).pvalue < 0.05


def counted(first, second):
    return (first.correct & ~second.correct).sum(), (second.correct & ~first.correct).sum()


def by_twice_as_many(first, second):
    won, lost = counted(first, second)
    return won > max(1, 1.9 * lost)


def by_none_lost(first, second):
    won, lost = counted(first, second)
    return won > 0 and lost == 0


def lead(first, second):
    return first.accuracy - second.accuracy


def unpaired(first, second):
    variance = sum(each.accuracy * (1 - each.accuracy) / len(each.split) for each in (first, second))
    return lead(first, second) > 1.96 * variance**0.5


winners = Answers(
    right=[
        when(lambda first, second: compare(first, second).clear),
        when(lambda first, second: compare(first, second).p < 0.05),
        when(by_counting),
        by_series,
    ],
    wrong=[
        (lambda reports: max(reports, key=lambda name: reports[name].accuracy), "but wins 30 and loses 20"),
        (lambda reports: None, "Your function returned None"),
        (when(by_twice_as_many), "wins 9 photos"),
        (when(by_none_lost), "wins one photo"),
        (when(lambda first, second: compare(first, second).p < 0.1), "wins 60 photos and loses 42"),
        (when(lambda first, second: compare(first, second).p / 2 < 0.05), "wins 60 photos and loses 42"),
        (when(lambda first, second: compare(first, second).p < 0.01), "wins 65 photos and loses 42"),
        (lambda reports: next(iter(reports)), "whatever its place"),
        (lambda reports: two_best(reports)[1], "expected 'tuned'"),
        (when(unpaired), "which luck doesn't explain"),
        (when(lambda first, second: first.interval[0] > second.interval[1]), "Your function returned None"),
        (when(lambda first, second: lead(first, second) > np.diff(first.interval)[0] / 2), "Your function returned"),
        (when(lambda first, second: lead(first, second) > 0.03), "but wins 30 and loses 20"),
        (when(lambda first, second: lead(first, second) > 0.06), "which luck doesn't explain"),
        (when(lambda first, second: compare(second, first).interval[0] > 0), "Your function returned None"),
        (when(lambda first, second: compare(first, second).difference > 0), "but wins 30 and loses 20"),
        (lambda reports: str(by_series(reports)), "expected None"),
        (lambda reports: by_series(reports) or "", "expected None"),
        (lambda reports: reports[by_series(reports)] if by_series(reports) else None, "Report"),
        (lambda reports: compare(*list(reports.values())[:2]).clear, "yes or no"),
        (
            lambda reports: when(by_counting)({name: reports[name] for name in list(reports)[:2]}),
            "which is what counts",
        ),
        (by_the_first_two, "expected None"),
        (lambda reports: reports.popitem()[0], "changes 'reports'"),
        (lambda reports, photos: "a", "exactly the arguments"),
    ],
)

ANSWERS = {"q1": ready, "q2": winners}
