"""The equality rule: training on cached activations is plain Keras training, to within rounding.

The reference is written here in plain Keras: `model.fit` on the flat model, with stochastic depth off in the frozen
blocks. A second test shows how far the Keras guide's own recipe, `base(x, training=False)`, is from it.
"""

from dataclasses import replace

import keras
import numpy as np
import pytest

from helpers import attach_head, blocks, config, copy_of, fit, freeze
from helpers.activations import cache
from helpers.photos.photo import smallest_crop_of
from helpers.photos.split import rows_of
from helpers.photos.views import views_of
from helpers.training import frozen_blocks, pipeline

EPOCHS, SEED, RATE = 3, 3, 1e-3
THOROUGH = pytest.mark.thorough


def start_over(model) -> None:
    """Set every dropout layer's generator to where `fit` sets it."""
    for number, layer in enumerate(model.layers):
        if getattr(layer, "seed_generator", None) is not None:
            layer.seed_generator.state.assign([SEED, number])


def plain_keras(model, photos, until: str, label_smoothing=0.0, augment=False, class_weight=None) -> np.ndarray:
    """Train in plain Keras, photos in the order `fit` shows them in, and return all weights in one row."""
    names = [block.name for block in blocks(model)]
    for block in blocks(model)[: names.index(until) + 1]:
        for name in block.layers:
            layer = model.get_layer(name)
            layer.trainable = False
            if name.endswith("_drop"):
                layer.rate = 0.0
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=label_smoothing)
    model.compile(keras.optimizers.Adam(RATE), loss=loss if label_smoothing else "sparse_categorical_crossentropy")
    start_over(model)
    labels = np.eye(5)[photos.train.labels] if label_smoothing else photos.train.labels
    views = config.AUGMENT_VIEWS if augment else 0
    images = photos.train.images()
    if views:
        images = np.concatenate(views_of(photos.train, range(len(labels)), views, SEED, smallest_crop_of(augment)))
    images = images.astype("float32")
    for order in pipeline.rows_to_show(EPOCHS, len(labels), views, SEED):
        shown = images[order], labels[order % len(labels)]
        model.fit(*shown, batch_size=8, epochs=1, shuffle=False, verbose=0, class_weight=class_weight)
    return all_weights(model)


def cached(model, photos, until: str, **options) -> np.ndarray:
    freeze(model, until=until)
    shared = {"epochs": EPOCHS, "learning_rate": RATE, "batch_size": 8, "seed": SEED, "keep": "last"}
    fit(model, photos, **shared, **options, progress=False)
    return all_weights(model)


def all_weights(model) -> np.ndarray:
    return np.concatenate([np.ravel(weight) for weight in model.get_weights()])


@pytest.fixture(scope="module")
def reference(small, flowers):
    return plain_keras(attach_head(small, 5, dropout=0.3), flowers, "top")


@pytest.mark.parametrize("until", [pytest.param("top", marks=THOROUGH), "block6d"])
def test_cached_training_is_plain_keras_training(efficientnet, flowers, until):
    model = attach_head(efficientnet, 5, dropout=0.3)
    expected = plain_keras(copy_of(model), flowers, until)
    before = all_weights(model)
    after = cached(model, flowers, until)
    assert np.abs(after - before).max() > 1e-3, "nothing was trained"
    assert np.abs(after - expected).max() < 1e-5


@pytest.mark.parametrize("damage", ["zeroed", "shuffled"])
def test_the_rule_is_broken_by_wrong_activations(small, flowers, reference, monkeypatch, damage):
    right = cache.activations_of

    def wrong(*arguments, **options):
        return [kept._replace(values=spoiled(kept.values)) for kept in right(*arguments, **options)]

    def spoiled(values):
        values = np.asarray(values)  # they are mapped from disk
        return np.zeros_like(values) if damage == "zeroed" else np.roll(values, 1, axis=0)

    monkeypatch.setattr(frozen_blocks, "activations_of", wrong)
    after = cached(attach_head(small, 5, dropout=0.3), flowers, "top")
    assert np.abs(after - reference).max() > 1e-3


def test_training_without_the_cache_is_the_same(small, flowers):
    expected = plain_keras(attach_head(small, 5, dropout=0.3), flowers, "block2a")
    model = attach_head(small, 5, dropout=0.3)
    freeze(model, until="block2a")
    options = {"epochs": EPOCHS, "learning_rate": RATE, "batch_size": 8, "seed": SEED, "progress": False}
    fit(model, flowers, cache=False, keep="last", **options)
    assert np.abs(all_weights(model) - expected).max() < 1e-5


def test_the_guides_recipe_is_something_else(small, flowers, reference, record_property):
    """`base(x, training=False)` inside a trained model: `fit` overrides it, and frozen blocks go on dropping out."""
    base = attach_head(small, 5)  # a copy
    base = keras.Model(base.input, base.get_layer("top_activation").output)
    base.trainable = False
    flat = attach_head(small, 5, dropout=0.3)
    inputs = keras.Input((32, 32, 3))
    x = base(inputs, training=False)
    for layer in flat.layers[-3:]:
        x = layer(x)
    nested = keras.Model(inputs, x)
    nested.compile(keras.optimizers.Adam(RATE), loss="sparse_categorical_crossentropy")
    images, labels = flowers.train.images().astype("float32"), flowers.train.labels
    start_over(flat)
    for order in pipeline.rows_to_show(EPOCHS, len(labels), 0, SEED):
        nested.fit(images[order], labels[order], batch_size=8, shuffle=False, verbose=0)
    head = flat.get_layer("head_output")
    kernel = reference[-head.count_params() : -5].reshape(head.kernel.shape)
    difference = float(np.abs(head.get_weights()[0] - kernel).max())
    record_property("largest difference in the head's weights", difference)
    assert difference > 1e-3


def test_it_holds_at_every_boundary_and_nothing_frozen_moves(small, flowers):
    boundaries = [block.name for block in blocks(small)]
    assert boundaries == ["stem", "block1a", "block2a", "block2b", "top"]
    for until in boundaries:
        expected = plain_keras(attach_head(small, 5, dropout=0.3), flowers, until)
        model = attach_head(small, 5, dropout=0.3)
        freeze(model, until=until)
        run = fit(
            model, flowers, epochs=EPOCHS, learning_rate=RATE, batch_size=8, seed=SEED, keep="last", progress=False
        )
        assert run.settings["cut"], until
        assert np.abs(all_weights(model) - expected).max() < 1e-5, until
        frozen = run.moved.block.isin(boundaries[: boundaries.index(until) + 1])
        assert run.moved.frozen.equals(frozen), until
        assert (run.moved[frozen][["weights_moved", "statistics_moved"]] == 0).all(axis=None), until
        assert (run.moved[~frozen].weights_moved > 0).all(), until


@pytest.mark.parametrize(
    ("until", "options"),
    [
        *((until, {}) for until in ["stem", "top"]),
        *(pytest.param(until, {}, marks=THOROUGH) for until in ["block1a", "block2a", "block2b"]),
        ("block2a", {"cache": False}),
        ("block2a", {"label_smoothing": 0.1}),
        ("block2a", {"augment": True}),
        ("block2a", {"augment": 0.3}),
    ],
)
def test_balanced_training_is_plain_keras_training_with_weights_for_the_classes(small, flowers, until, options):
    rows = [np.flatnonzero(flowers.train.labels == label)[: label + 1] for label in range(5)]
    uneven = replace(flowers, train=rows_of(flowers.train, np.concatenate(rows)))
    same = {name: value for name, value in options.items() if name != "cache"}
    weights = {label: 15 / (5 * (label + 1)) for label in range(5)}  # 1 photo of the first class, 5 of the last
    expected = plain_keras(attach_head(small, 5, dropout=0.3), uneven, until, class_weight=weights, **same)
    model = attach_head(small, 5, dropout=0.3)
    after = cached(model, uneven, until, class_weight="balanced", **options)
    assert np.abs(after - expected).max() < 1e-5
