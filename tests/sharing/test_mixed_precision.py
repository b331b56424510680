"""Mixed precision, as a GPU is used with: explained, exported and bundled like any other model."""

import keras
import numpy as np
import pytest

from helpers import attach_head, export_litert, fit, freeze, grad_cam, load_base, settle_statistics
from helpers.sharing.exporting import in_float32
from helpers.sharing.litert import LiteModel
from tests.networks import behind_every_name


@pytest.fixture(scope="module")
def mixed(flowers):
    """Return a model of float16 layers, trained a little."""
    keras.config.set_dtype_policy("mixed_float16")
    try:
        with behind_every_name():
            base = settle_statistics(load_base("EfficientNetB0", None, 32), flowers.train)
        model = attach_head(base, classes=5)
    finally:
        keras.config.set_dtype_policy("float32")
    freeze(model, until="top")
    fit(model, flowers, epochs=2, progress=False)
    assert model.get_layer("top_activation").compute_dtype == "float16"
    return model


def test_a_heat_map_is_that_of_the_same_model_in_full_precision(mixed, flowers):
    image = flowers.test.images()[0]
    heat = grad_cam(mixed, image, label=1)
    assert heat.max() == pytest.approx(1)
    np.testing.assert_allclose(heat, grad_cam(in_float32(mixed), image, label=1), atol=0.03)


def test_it_is_exported_in_full_precision(mixed, flowers, tmp_path):
    images = flowers.test.images()[:8]
    assert export_litert(mixed, tmp_path / "mixed.tflite", images=images).difference < 1e-4
    ours = LiteModel((tmp_path / "mixed.tflite").read_bytes()).predict(images)
    np.testing.assert_allclose(ours, mixed.predict(images, verbose=0), atol=0.01)


def test_the_copy_leaves_the_model_as_it_is_and_is_made_only_where_needed(mixed, small):
    copy = in_float32(mixed)
    assert {layer.compute_dtype for layer in copy.layers} == {"float32"}
    assert mixed.get_layer("top_activation").compute_dtype == "float16"
    assert all(map(np.array_equal, copy.get_weights(), mixed.get_weights()))
    assert in_float32(small) is small
