"""Grafting a head: both ways, on a copy."""

import keras
import numpy as np
import pytest

from helpers import attach_head, fit, freeze
from helpers.network.facts import facts_of, state_facts
from helpers.network.head import copy_of, cut_table, output_layer


def pixels(count: int = 4) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, 32, 32, 3)).astype("float32")


def test_way_one_is_pooling_dropout_and_one_dense_layer_of_plain_keras(efficientnet):
    model = attach_head(efficientnet, classes=5)
    x = keras.layers.GlobalAveragePooling2D()(efficientnet.output)
    plain = keras.Model(efficientnet.input, keras.layers.Dense(5, activation="softmax")(x))
    plain.set_weights(model.get_weights())
    assert np.allclose(model.predict(pixels(), verbose=0), plain.predict(pixels(), verbose=0), atol=1e-6)
    assert model.output_shape == (None, 5)


def test_way_two_cuts_deeper_and_adds_layers(efficientnet):
    model = attach_head(efficientnet, classes=3, cut_at="block5c", hidden_units=(16, 8), dropout=0.5)
    assert [layer.name for layer in model.layers[-5:]] == [
        "head_pool",
        "head_dense_1",
        "head_dense_2",
        "head_dropout",
        "head_output",
    ]
    assert model.get_layer("head_pool").output.shape == (None, 112)
    assert model.get_layer("head_dropout").rate == 0.5
    with pytest.raises(ValueError, match="No such layer"):
        model.get_layer("block6a_expand_conv")


def test_the_copy_gives_the_same_features_and_shares_nothing(efficientnet):
    """Copying weights alone would leave the input's normalisation at its start: Keras keeps it in constants."""
    copied = copy_of(efficientnet)
    assert np.array_equal(copied.predict(pixels(), verbose=0), efficientnet.predict(pixels(), verbose=0))
    assert not {id(w) for w in copied.weights} & {id(w) for w in efficientnet.weights}


def test_a_copy_tells_all_that_the_base_tells(efficientnet, mobilenet):
    assert {"pretrained", "licence", "loading", "as_loaded"} <= facts_of(efficientnet).keys()
    assert facts_of(copy_of(efficientnet)) == facts_of(efficientnet)
    assert copy_of(mobilenet).as_settled == mobilenet.as_settled


def test_a_head_knows_who_made_the_base_below_it(efficientnet):
    model = attach_head(copy_of(efficientnet), classes=5)
    assert model.base_licence == efficientnet.licence
    assert attach_head(model, classes=3).base_licence == efficientnet.licence
    assert not hasattr(model, "loading"), "load_base doesn't give this model"


def test_an_unknown_fact_is_an_error(efficientnet):
    with pytest.raises(ValueError, match=r"pretrained, licence.*Received: 'license'"):
        state_facts(efficientnet, license="Apache-2.0")


def test_copying_keeps_what_is_frozen(efficientnet):
    model = attach_head(efficientnet, classes=2)
    freeze(model, until="block6d")
    assert [layer.trainable for layer in copy_of(model).layers] == [layer.trainable for layer in model.layers]


def test_training_a_head_leaves_the_base_alone(mobilenet, flowers):
    before = mobilenet.predict(pixels(), verbose=0)
    model = attach_head(mobilenet, classes=5)
    freeze(model, until="block4a")
    fit(model, flowers, epochs=1, learning_rate=0.1, keep="last", progress=False)
    assert np.array_equal(mobilenet.predict(pixels(), verbose=0), before)


def test_sharing_shares_every_layer(efficientnet):
    model = attach_head(efficientnet, classes=2, share=True)
    assert all(model.get_layer(layer.name) is layer for layer in efficientnet.layers)


def test_the_seed_decides_the_heads_weights(efficientnet):
    kernels = [attach_head(efficientnet, 5, seed=seed, share=True).layers[-1].get_weights()[0] for seed in (0, 0, 1)]
    assert np.array_equal(kernels[0], kernels[1])
    assert not np.array_equal(kernels[0], kernels[2])


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"classes": 1}, "classes"),
        ({"classes": "five"}, "classes"),
        ({"classes": 5, "cut_at": "block9z"}, "block5c, block6a"),
        ({"classes": 5, "hidden_units": (0,)}, "hidden_units"),
        ({"classes": 5, "hidden_units": 16}, "hidden_units"),
        ({"classes": 5, "dropout": 1.0}, "dropout"),
        ({"classes": 5, "dropout": None}, "dropout"),
    ],
)
def test_wrong_arguments_are_told(efficientnet, options, told):
    with pytest.raises(ValueError, match=told):
        attach_head(efficientnet, **options)


@pytest.mark.parametrize("separate", [keras.layers.Softmax, lambda: keras.layers.Activation("softmax")])
def test_the_layer_that_scores_is_found_below_a_softmax_of_its_own(mobilenet, separate):
    pooled = keras.layers.GlobalAveragePooling2D()(mobilenet.output)
    scores = keras.layers.Dense(5, use_bias=False, name="scores")(pooled)
    assert output_layer(keras.Model(mobilenet.input, separate()(scores))).name == "scores"
    assert output_layer(keras.Model(mobilenet.input, scores)) is None
    assert output_layer(attach_head(mobilenet, classes=5)).name == "head_output"


@pytest.mark.parametrize(("cut_at", "units"), [("top", ()), ("block4a", (16, 8))])
def test_the_cut_table_is_what_is_built(mobilenet, cut_at, units):
    table = cut_table(mobilenet, 5, cut_at, units)
    model = attach_head(mobilenet, classes=5, cut_at=cut_at, hidden_units=units)
    assert table.params.sum() == model.count_params()
    assert table.output_shape.iloc[-1] == (5,)
    with pytest.raises(ValueError, match="block4a"):
        cut_table(mobilenet, 5, "block9")
