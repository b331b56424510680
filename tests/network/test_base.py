"""Loading bases: stock form, input scaling, weights of every kind, and settled statistics."""

import inspect
import random
import socket
import threading
import time

import keras
import numpy as np
import pytest

from helpers import config, load_base
from helpers.network import imagenet
from helpers.network.base import which_base
from helpers.photos import sources
from tests.patience import SOON


def pixels(count: int = 2, side: int = 32) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, side, side, 3)).astype("float32")


def test_efficientnet_is_in_the_stock_form():
    ours = load_base("EfficientNetB0", weights=None, image_size=64)
    stock = keras.applications.EfficientNetB0(include_top=False, weights=None, input_shape=(64, 64, 3))
    assert [type(layer) for layer in ours.layers] == [type(layer) for layer in stock.layers]
    assert [w.shape for w in ours.weights] == [w.shape for w in stock.weights]
    assert not any(isinstance(layer, keras.Model) for layer in ours.layers)


@pytest.mark.parametrize(
    ("name", "stock", "preprocess"),
    [
        ("MobileNetV2-0.35", {"alpha": 0.35}, keras.applications.mobilenet_v2.preprocess_input),
        ("EfficientNetV2B0", {}, keras.applications.efficientnet_v2.preprocess_input),
    ],
)
def test_every_base_takes_pixels_from_0_to_255(name, stock, preprocess):
    ours = load_base(name, weights=None, image_size=32)
    build = getattr(keras.applications, name.split("-")[0])
    theirs = build(include_top=False, weights=None, input_shape=(32, 32, 3), **stock)
    theirs.set_weights(ours.get_weights())
    expected = theirs.predict(preprocess(pixels().copy()), verbose=0)
    assert np.allclose(ours.predict(pixels(), verbose=0), expected, rtol=1e-4, atol=np.abs(expected).max() * 1e-5)


def test_random_weights_are_decided_by_the_seed_and_leave_other_draws_alone():
    random.seed(5)
    expected = random.random()
    random.seed(5)
    first, again, other = (load_base("MobileNetV2-0.35", None, 32, seed=seed) for seed in (0, 0, 1))
    assert random.random() == expected
    assert not first.pretrained
    for layer in first.layers:
        if hasattr(layer, "kernel"):
            kernels = [base.get_layer(layer.name).get_weights()[0] for base in (first, again, other)]
            assert np.array_equal(kernels[0], kernels[1]), layer.name
            assert not np.array_equal(kernels[0], kernels[2]), layer.name


def test_random_weights_are_drawn_as_keras_draws_them():
    ours = load_base("MobileNetV2-0.35", weights=None, image_size=32)
    keras_own = keras.applications.MobileNetV2(include_top=False, weights=None, alpha=0.35, input_shape=(32, 32, 3))
    for layer in keras_own.layers:
        if hasattr(layer, "kernel") and layer.kernel.shape[-1] * layer.kernel.shape[-2] > 2000:
            spread = np.std(ours.get_layer(layer.name).get_weights()[0])
            assert spread == pytest.approx(np.std(layer.get_weights()[0]), rel=0.15), layer.name


def test_another_thread_that_draws_does_not_change_random_weights():
    stop = threading.Event()

    def draw() -> None:
        while not stop.wait(1e-4):
            random.random()

    expected = load_base("MobileNetV2-0.35", None, 32).get_layer("Conv_1").get_weights()[0]
    other = threading.Thread(target=draw)
    other.start()
    try:
        drawn = load_base("MobileNetV2-0.35", None, 32).get_layer("Conv_1").get_weights()[0]
    finally:
        stop.set()
        other.join()
    assert np.array_equal(drawn, expected)


def test_a_weights_file_gives_the_network_it_was_saved_from(tmp_path):
    mobilenet = load_base("MobileNetV2-0.35", weights=None, image_size=32)
    mobilenet.save_weights(tmp_path / "mine.weights.h5")
    loaded = load_base("MobileNetV2-0.35", weights=tmp_path / "mine.weights.h5", image_size=32)
    assert np.array_equal(loaded.predict(pixels(), verbose=0), mobilenet.predict(pixels(), verbose=0))
    assert loaded.pretrained


def test_a_weights_file_of_another_network_is_told(tmp_path, mobilenet):
    mobilenet.save_weights(tmp_path / "mine.weights.h5")
    with pytest.raises(ValueError, match=r"mine\.weights\.h5.*EfficientNetB0.*does not fit"):
        load_base("EfficientNetB0", weights=tmp_path / "mine.weights.h5", image_size=32)


@pytest.mark.parametrize("content", [b"", b"not weights at all"])
def test_a_damaged_weights_file_is_told(tmp_path, content):
    (tmp_path / "bad.weights.h5").write_bytes(content)
    with pytest.raises(ValueError, match="does not fit"):
        load_base("MobileNetV2-0.35", weights=tmp_path / "bad.weights.h5", image_size=32)


def test_a_missing_weights_file_is_told():
    with pytest.raises(FileNotFoundError, match=r'"imagenet".*not a file'):
        load_base("EfficientNetB0", weights="nowhere.weights.h5")


@pytest.mark.parametrize("name", ["efficientnetb0", "ResNet50", "MobileNetV2-", "", None])
def test_a_wrong_name_is_told(name):
    with pytest.raises(ValueError, match="EfficientNetB0"):
        load_base(name, weights=None)


@pytest.mark.parametrize(
    ("name", "meant"),
    [("-35", "0.35"), ("-050", "0.5"), ("-140", "1.4"), ("-0.0", "0.35"), ("-2.1", "0.35"), ("-" + "9" * 400, "0.35")],
)
def test_a_width_that_no_machine_has_room_for_is_told(name, meant):
    with pytest.raises(ValueError, match=rf"above 0 and at most 2 .*Received: .*Did you mean MobileNetV2-{meant}\?"):
        which_base(f"MobileNetV2{name}", None)  # which load_base asks first; built, it would take all memory


@pytest.mark.parametrize("name", ["MobileNetV2", "MobileNetV2-0.35", "MobileNetV2-1.4", "MobileNetV2-2"])
def test_a_width_within_the_limits_is_taken(name):
    assert which_base(name, None) == (name, None)


def test_auto_means_imagenet_where_it_is_on_disk(imagenet_file):
    assert load_base("EfficientNetB0", image_size=32).licence == sources.IMAGENET_WEIGHTS
    imagenet_file.unlink()
    assert load_base("EfficientNetB0", image_size=32).licence == sources.FORMULA_WEIGHTS


@pytest.mark.parametrize(
    ("name", "image_size"),
    [("EfficientNetB0", 64), ("EfficientNetV2B0", 64), ("MobileNetV2-0.35", 96), ("MobileNetV2", 224)],
)
def test_the_file_that_is_looked_for_is_the_one_that_keras_downloads(keras_home, monkeypatch, name, image_size):
    asked, wanted = [], []

    def get_file(file, url, **_):
        wanted.append((file, url))
        raise OSError("no network here")

    monkeypatch.setattr(sources, "check_in_reach", lambda url, instead: asked.append(url))
    monkeypatch.setattr(inspect.getmodule(keras.utils.get_file), "get_file", get_file)
    with pytest.raises(ConnectionError, match=name):
        load_base(name, weights="imagenet", image_size=image_size)
    ((file, url),) = wanted
    assert asked == [url]
    assert imagenet.keras_file(name, float(name.partition("-")[2] or 1)) == (file, url)


def test_weights_are_found_where_keras_falls_back(imagenet_file, monkeypatch):
    """Where the home folder isn't writable, Keras keeps its downloads elsewhere."""
    monkeypatch.setenv("HOME", "/nowhere")
    monkeypatch.delenv("KERAS_HOME", raising=False)
    assert which_base("EfficientNetB0", "auto") == ("EfficientNetB0", "imagenet")


def test_auto_without_weights_for_a_base_says_what_to_do(keras_home):
    with pytest.raises(FileNotFoundError, match=r'EfficientNetV2B0.*weights="imagenet".*path.*None'):
        load_base("EfficientNetV2B0")


def test_imagenet_without_a_network_says_soon_what_to_do(keras_home, monkeypatch):
    assert config.DOWNLOAD_PATIENCE < 5
    monkeypatch.setattr(config, "DOWNLOAD_PATIENCE", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{silent.getsockname()[1]}")
        began = time.perf_counter()
        with pytest.raises(ConnectionError, match=r'out of reach.*weights="bundled"'):
            load_base("EfficientNetB0", weights="imagenet")
        assert time.perf_counter() - began < SOON


def loudness(base) -> float:
    return float(np.abs(base.predict(pixels(8), verbose=0)).mean())


def test_the_bundled_base_speaks_and_is_the_same_each_time(efficientnet):
    again = load_base("EfficientNetB0", weights="bundled", image_size=32)
    assert np.array_equal(again.predict(pixels(), verbose=0), efficientnet.predict(pixels(), verbose=0))
    assert loudness(again) > 0.01
