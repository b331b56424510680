"""The equality rule: training on cached activations is plain Keras training, to within rounding.

The reference is written here in plain Keras: `model.fit` on the flat model, with stochastic depth off in the frozen
blocks. A second test shows how far the Keras guide's own recipe, `base(x, training=False)`, is from it.
"""

import keras
import numpy as np
import pytest

from helpers import attach_head, blocks, fit, freeze
from helpers.activations import cache
from helpers.training import frozen_blocks, pipeline

EPOCHS, SEED, RATE = 3, 3, 1e-3
BOUNDARIES = ["top", "block6d"]


def start_over(model) -> None:
    """Set every dropout layer's generator to where `fit` sets it."""
    for number, layer in enumerate(model.layers):
        if getattr(layer, "seed_generator", None) is not None:
            layer.seed_generator.state.assign([SEED, number])


def plain_keras(model, photos, until: str) -> np.ndarray:
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
    model.compile(keras.optimizers.Adam(RATE), loss="sparse_categorical_crossentropy")
    start_over(model)
    images, labels = photos.train.images().astype("float32"), photos.train.labels
    for order in pipeline.rows_to_show(EPOCHS, len(labels), 0, SEED):
        model.fit(images[order], labels[order], batch_size=8, epochs=1, shuffle=False, verbose=0)
    return all_weights(model)


def cached(model, photos, until: str) -> np.ndarray:
    freeze(model, until=until)
    fit(model, photos, epochs=EPOCHS, learning_rate=RATE, batch_size=8, seed=SEED, keep="last", progress=False)
    return all_weights(model)


def all_weights(model) -> np.ndarray:
    return np.concatenate([np.ravel(weight) for weight in model.get_weights()])


@pytest.fixture(scope="module")
def references(efficientnet, flowers):
    return {until: plain_keras(attach_head(efficientnet, 5, dropout=0.3), flowers, until) for until in BOUNDARIES}


@pytest.mark.parametrize("until", BOUNDARIES)
def test_cached_training_is_plain_keras_training(efficientnet, flowers, references, until):
    model = attach_head(efficientnet, 5, dropout=0.3)
    before = all_weights(model)
    after = cached(model, flowers, until)
    assert np.abs(after - before).max() > 1e-3, "nothing was trained"
    assert np.abs(after - references[until]).max() < 1e-5


@pytest.mark.parametrize("damage", ["zeroed", "shuffled"])
def test_the_rule_is_broken_by_wrong_activations(efficientnet, flowers, references, monkeypatch, damage):
    right = cache.activations_at

    def wrong(*arguments, **options):
        kept = right(*arguments, **options)
        spoiled = np.zeros_like(kept.values) if damage == "zeroed" else np.roll(kept.values, 1, axis=0)
        return kept._replace(values=np.asarray(spoiled))

    monkeypatch.setattr(frozen_blocks, "activations_at", wrong)
    after = cached(attach_head(efficientnet, 5, dropout=0.3), flowers, "top")
    assert np.abs(after - references["top"]).max() > 1e-3


def test_training_without_the_cache_is_the_same(small, flowers):
    expected = plain_keras(attach_head(small, 5, dropout=0.3), flowers, "block2a")
    model = attach_head(small, 5, dropout=0.3)
    freeze(model, until="block2a")
    options = {"epochs": EPOCHS, "learning_rate": RATE, "batch_size": 8, "seed": SEED, "progress": False}
    fit(model, flowers, cache=False, keep="last", **options)
    assert np.abs(all_weights(model) - expected).max() < 1e-5


def test_the_guides_recipe_is_something_else(efficientnet, flowers, references, record_property):
    """`base(x, training=False)` inside a trained model: `fit` overrides it, and frozen blocks go on dropping out."""
    base = attach_head(efficientnet, 5)  # a copy
    base = keras.Model(base.input, base.get_layer("top_activation").output)
    base.trainable = False
    flat = attach_head(efficientnet, 5, dropout=0.3)
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
    kernel = references["top"][-head.count_params() : -5].reshape(head.kernel.shape)
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
