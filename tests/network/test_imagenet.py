"""Every base scales photos as it did when it learned, whatever its weights were kept in, and under whatever name."""

import shutil

import keras
import numpy as np
import pytest

from helpers import load_base
from helpers.network import lite
from tests.network.conftest import MEAN, STDDEV
from tests.shared import needs_lite0

PHOTOS = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3)).astype("float32")
SCALED = (PHOTOS / 255 - MEAN) / STDDEV  # for ImageNet's EfficientNets


def fed(model: keras.Model, layer: str = "stem_conv") -> np.ndarray:
    """Return what a layer gets for the photos; without the edge that Keras pads them with."""
    came_in = np.asarray(keras.Model(model.input, model.get_layer(layer).input)(PHOTOS))
    return came_in[:, :32, :32]


def stock() -> keras.Model:
    return keras.applications.EfficientNetB0(include_top=False, weights="imagenet", input_shape=(32, 32, 3))


def test_keras_feeds_something_else_by_path_than_by_name(imagenet_file):
    """The fault that is corrected: without it, these tests would show nothing."""
    plain = keras.applications.EfficientNetB0(include_top=False, weights=str(imagenet_file), input_shape=(32, 32, 3))
    assert np.allclose(fed(stock()), SCALED, atol=1e-4)
    assert np.abs(fed(plain) - SCALED).max() > 1


def test_imagenets_weights_are_fed_right_by_name_and_by_path(imagenet_file):
    by_name, by_path = (load_base("EfficientNetB0", weights, 32) for weights in ("imagenet", imagenet_file))
    assert np.allclose(fed(by_name), SCALED, atol=1e-4)
    assert [type(layer) for layer in by_name.layers] == [type(layer) for layer in by_path.layers]
    assert all(np.array_equal(a, b) for a, b in zip(by_name.get_weights(), by_path.get_weights(), strict=True))
    theirs, ours = np.asarray(stock()(PHOTOS)), np.asarray(by_name(PHOTOS))
    assert np.allclose(ours, theirs, rtol=1e-3, atol=np.abs(theirs).max() * 1e-4)


def test_imagenets_file_may_be_renamed(imagenet_file, tmp_path):
    renamed = shutil.copy(imagenet_file, tmp_path / "mine.h5")
    assert np.allclose(fed(load_base("EfficientNetB0", renamed, 32)), SCALED, atol=1e-4)


@pytest.mark.thorough
@pytest.mark.parametrize("saved_by", ["course", "keras"])
def test_imagenets_weights_are_fed_right_after_round_trips(imagenet_file, tmp_path, saved_by):
    made = load_base("EfficientNetB0", "imagenet", 32) if saved_by == "course" else stock()
    made.save_weights(tmp_path / "mine.weights.h5")
    made.save(tmp_path / "mine.keras")
    for name in ("mine.weights.h5", "mine.keras"):
        loaded = load_base("EfficientNetB0", tmp_path / name, 32)
        assert np.allclose(fed(loaded), SCALED, atol=1e-4), name
        loaded.save_weights(tmp_path / "again.weights.h5")
    assert np.allclose(fed(keras.saving.load_model(tmp_path / "mine.keras")), SCALED, atol=1e-4)
    assert np.allclose(fed(load_base("EfficientNetB0", tmp_path / "again.weights.h5", 32)), SCALED, atol=1e-4)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("base", "weights"),
    [
        pytest.param(lite.NAME, "imagenet", marks=needs_lite0),
        ("EfficientNetB0", "bundled"),
        ("EfficientNetV2B0", None),
        ("MobileNetV2-0.35", None),
    ],
)
def test_other_bases_are_fed_as_before_whatever_their_file_is_called(base, weights, tmp_path):
    made = load_base(base, weights, 32)
    first = next(layer.name for layer in made.layers if isinstance(layer, keras.layers.Conv2D))
    made.save_weights(tmp_path / "mine.weights.h5")
    made.save(tmp_path / "efficientnetb0_notop.h5")
    for file in tmp_path.iterdir():
        loaded = load_base(base, file, 32)
        assert np.array_equal(fed(loaded, first), fed(made, first)), file.name
        assert all(map(np.array_equal, loaded.get_weights(), made.get_weights())), file.name
