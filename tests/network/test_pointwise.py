"""A 1 x 1 convolution as a matrix product: NumPy's numbers, Keras's gradients, and only where it is one."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from helpers import attach_head, freeze
from helpers.network import twins
from helpers.network.pointwise import PointwiseConv2D, quicker
from tests.networks import first_stages

PHOTOS = np.random.default_rng(0).normal(size=(2, 5, 7, 6)).astype("float32")


def built(**settings) -> keras.layers.Conv2D:
    layer = keras.layers.Conv2D(4, settings.pop("kernel_size", 1), bias_initializer="normal", **settings)
    layer.build(PHOTOS.shape)
    return layer


def in_quicker_form(layer: keras.layers.Conv2D) -> keras.layers.Layer:
    other = quicker(layer)
    other.build(PHOTOS.shape)
    other.set_weights(layer.get_weights())
    return other


def gradients(layer: keras.layers.Layer) -> list[np.ndarray]:
    photos = tf.constant(PHOTOS)
    with tf.GradientTape() as tape:
        tape.watch(photos)
        loss = tf.reduce_sum(layer(photos) ** 2)
    return [np.asarray(each) for each in tape.gradient(loss, [photos, *layer.trainable_weights])]


def test_it_is_a_product_at_each_pixel():
    keras.utils.set_random_seed(0)
    layer = in_quicker_form(built(activation="relu"))
    assert type(layer) is PointwiseConv2D
    kernel, bias = layer.get_weights()
    expected = np.maximum(np.einsum("nhwi,io->nhwo", PHOTOS, kernel[0, 0]) + bias, 0)
    assert np.abs(np.asarray(layer(PHOTOS)) - expected).max() < 1e-6


@pytest.mark.parametrize("settings", [{}, {"use_bias": False}, {"activation": "relu"}])
def test_its_gradients_are_those_of_the_convolution(settings):
    layer = built(**settings)
    for mine, theirs in zip(gradients(in_quicker_form(layer)), gradients(layer), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("settings", [{"kernel_size": 3}, {"kernel_size": (1, 3)}, {"strides": 2}, {"groups": 2}])
def test_any_other_convolution_stays_what_it_is(settings):
    assert type(quicker(built(**settings))) is keras.layers.Conv2D


def test_what_is_trained_has_it_and_what_predicts_is_keras_own():
    model = attach_head(first_stages(), classes=5)
    freeze(model, until="stem")
    with twins.lent(model) as predicting, twins.lent(model, "to train") as training:
        assert not any(isinstance(layer, PointwiseConv2D) for layer in predicting.layers)
        assert sum(isinstance(layer, PointwiseConv2D) for layer in training.layers) >= 6
