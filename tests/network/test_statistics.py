"""Settling a network's statistics, against NumPy."""

import keras
import numpy as np
import pytest

from helpers import attach_head, copy_of, evaluate, load_base, load_photos, settle_statistics
from helpers.activations import cache
from helpers.photos.views import PhotoViews
from tests.network.test_base import loudness
from tests.networks import first_stages


def test_settling_makes_a_random_base_speak(flowers):
    base = load_base("EfficientNetB0", weights=None, image_size=32)
    silent = loudness(base)
    kernels = [layer.get_weights()[0] for layer in base.layers if layer.name.endswith("_conv")]
    settle_statistics(base, flowers.train)
    assert silent < 1e-4
    assert loudness(base) > 0.01
    after = [layer.get_weights()[0] for layer in base.layers if layer.name.endswith("_conv")]
    assert all(np.array_equal(one, other) for one, other in zip(kernels, after, strict=True))


def test_settled_statistics_are_the_photos_own(flowers):
    """Against NumPy: the input's mean and variance, and those of what the stem's convolution makes of the photos."""
    base = settle_statistics(first_stages(), flowers.train, batch_size=3)
    images = flowers.train.images().astype("float64")
    normalise = next(layer for layer in base.layers if isinstance(layer, keras.layers.Normalization))
    assert np.allclose(np.ravel(normalise.mean), images.mean(axis=(0, 1, 2)) / 255, atol=1e-4)
    assert np.allclose(np.ravel(normalise.variance), images.var(axis=(0, 1, 2)) / 255**2, atol=1e-4)
    convolved = keras.Model(base.input, base.get_layer("stem_conv").output).predict(images, verbose=0)
    norm = base.get_layer("stem_bn")
    batches = convolved.reshape(-1, 3, *convolved.shape[1:])
    assert np.allclose(norm.moving_mean, convolved.mean(axis=(0, 1, 2)), atol=1e-4)
    assert np.allclose(norm.moving_variance, batches.var(axis=(1, 2, 3)).mean(axis=0), rtol=1e-3)
    assert {layer.momentum for layer in base.layers if isinstance(layer, keras.layers.BatchNormalization)} == {0.99}


def test_settling_a_model_already_in_use_reaches_every_plan_made_before(flowers):
    """Keras builds the input's statistics into its plans as constants; they must not outlive the statistics."""
    model = attach_head(first_stages(), classes=5)
    evaluate(model, flowers.val)
    cache.activations_at(model, "head_pool", PhotoViews(flowers.val))
    settle_statistics(model, flowers.train)
    copied = copy_of(model)
    assert np.array_equal(evaluate(model, flowers.val).probabilities, evaluate(copied, flowers.val).probabilities)
    expected = keras.Model(copied.input, copied.get_layer("head_pool").output)(flowers.val.images().astype("float32"))
    difference = np.abs(cache.activations_at(model, "head_pool", PhotoViews(flowers.val)).values - expected).max()
    assert difference < 0.01 * np.abs(expected).max()


def test_settling_leaves_fixed_input_statistics_alone(flowers):
    base = load_base("EfficientNetV2B0", weights=None, image_size=32)
    before = loudness(base)
    settle_statistics(base, flowers.train)
    assert loudness(base) > 10 * before


def test_settling_works_on_frozen_models_and_gives_settings_back(flowers, efficientnet):
    model = attach_head(efficientnet, classes=5)
    model.trainable = False
    rates = [layer.rate for layer in model.layers if isinstance(layer, keras.layers.Dropout)]
    model.get_layer("stem_bn").moving_mean.assign(np.full(32, 9.0))
    settle_statistics(model, flowers.train)
    assert np.abs(model.get_layer("stem_bn").moving_mean).max() < 8
    assert not model.trainable_weights
    assert [layer.rate for layer in model.layers if isinstance(layer, keras.layers.Dropout)] == rates
    assert max(rates) > 0


def test_an_empty_split_is_told(photo_folder, efficientnet):
    empty = load_photos(photo_folder({"a": 4, "b": 4}), image_size=32, split=(0.5, 0.5, 0)).test
    with pytest.raises(ValueError, match="empty split"):
        settle_statistics(efficientnet, empty)
