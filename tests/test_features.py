"""Activations at the freeze boundary: where the cut lies, what is kept, and when it is computed anew."""

import keras
import numpy as np
import pytest

from helpers import attach_head, blocks, config, features, freeze, load_photos
from helpers.features import activations_at, find_cut, prefix_and_suffix
from helpers.pixels import augment


@pytest.fixture(autouse=True)
def empty_memory(monkeypatch, tmp_path):
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path / "cache"))
    features.forget()


@pytest.fixture
def model(mobilenet):
    model = attach_head(mobilenet, classes=5)
    freeze(model, until="top")
    return model


def plain(model, cut: str, images: np.ndarray) -> np.ndarray:
    return keras.Model(model.input, model.get_layer(cut).output).predict(images.astype("float32"), verbose=0)


def test_the_cut_follows_the_boundary(efficientnet):
    model = attach_head(efficientnet, classes=5)
    for until, cut in [("top", "head_pool"), ("block7a", "block7a_project_bn"), ("block6d", "block6d_add")]:
        freeze(model, until=until)
        assert find_cut(model) == cut
    freeze(model, until=None)
    assert find_cut(model) is None


def test_pooling_belongs_to_the_prefix_and_dropout_does_not(mobilenet):
    model = attach_head(mobilenet, classes=5, hidden_units=(8,), dropout=0.5)
    freeze(model, until="top")
    assert find_cut(model) == "head_pool"
    model.get_layer("head_dense_1").trainable = False
    assert find_cut(model) == "head_dense_1"  # frozen as well, so it need not run again either
    without = attach_head(mobilenet, classes=5, dropout=0.0)
    freeze(without, until="top")
    assert find_cut(without) == "head_dropout"  # at rate 0 it draws nothing


def test_a_boundary_inside_a_block_is_moved_down_to_the_blocks_start(efficientnet):
    model = attach_head(efficientnet, classes=5)
    freeze(model, until="top")
    model.get_layer("block6d_project_conv").trainable = True
    assert find_cut(model) == "block6c_add"


def test_a_head_that_forks_is_cut_before_the_fork(mobilenet):
    average = keras.layers.GlobalAveragePooling2D()(mobilenet.output)
    highest = keras.layers.GlobalMaxPooling2D()(mobilenet.output)
    both = keras.layers.Concatenate()([average, highest])
    model = keras.Model(mobilenet.input, keras.layers.Dense(5, activation="softmax")(both))
    flags = [layer.trainable for layer in mobilenet.layers]
    for layer in mobilenet.layers:
        layer.trainable = False
    assert find_cut(model) == "out_relu"
    for layer, flag in zip(mobilenet.layers, flags, strict=True):
        layer.trainable = flag


def test_nothing_is_cached_above_something_random(mobilenet):
    inputs = keras.Input((32, 32, 3))
    flipped = keras.layers.RandomFlip()(inputs)
    base = keras.applications.MobileNetV2(include_top=False, weights=None, input_tensor=flipped, alpha=0.35)
    model = attach_head(keras.Model(inputs, base.output), classes=5, share=True)
    freeze(model, until="top")
    assert find_cut(model) is None


@pytest.mark.parametrize("cut", ["head_pool", "block_5_add", "block_6_project_BN"])
def test_activations_are_what_keras_predicts(model, flowers, cut):
    values, ready = activations_at(model, cut, flowers.train)
    assert not ready
    assert values.dtype == np.float32
    assert np.allclose(values, plain(model, cut, flowers.train.images()), rtol=1e-5, atol=1e-6)


def test_prefix_and_suffix_together_are_the_model(model, flowers):
    prefix, suffix = prefix_and_suffix(model, "block_5_add")
    images = flowers.val.images().astype("float32")
    halves = suffix.predict(prefix.predict(images, verbose=0), verbose=0)
    assert np.allclose(halves, model.predict(images, verbose=0), atol=1e-6)
    assert prefix_and_suffix(model, "block_5_add")[1] is suffix


def test_views_stand_one_after_the_other_and_differ(model, flowers):
    values, _ = activations_at(model, "head_pool", flowers.train, views=3, seed=5)
    assert len(values) == 3 * len(flowers.train)
    again, ready = activations_at(model, "head_pool", flowers.train, views=3, seed=5)
    assert ready
    assert again is values
    for number, view in enumerate(values.reshape(3, len(flowers.train), -1)):
        augmented = augment(flowers.train.images(), np.random.default_rng([5, number]))
        assert np.allclose(view, plain(model, "head_pool", augmented), rtol=1e-5, atol=1e-6)


def test_what_was_computed_is_kept_until_photos_weights_or_views_change(model, flowers):
    def ready(**options) -> bool:
        return activations_at(model, "head_pool", **{"split": flowers.train, **options})[1]

    assert [ready(), ready()] == [False, True]
    assert not ready(split=flowers.val)
    assert not ready(views=2)
    assert not ready(views=2, seed=1)
    model.get_layer("Conv_1").trainable = True
    model.get_layer("bn_Conv1").momentum = 0.5
    assert ready(), "flags do not change what the prefix computes"
    model.get_layer("Conv1").kernel.assign(model.get_layer("Conv1").kernel * 1.001)
    assert not ready()


def test_a_trained_prefix_is_never_served_old_activations(model, flowers):
    before, _ = activations_at(model, "head_pool", flowers.val)
    norm = model.get_layer("Conv_1_bn")
    norm.moving_mean.assign(norm.moving_mean + 0.5)  # a statistic alone, no trained weight
    after, ready = activations_at(model, "head_pool", flowers.val)
    assert not ready
    assert np.abs(after - before).max() > 1e-3


def test_other_augmentation_gives_new_views(model, flowers, monkeypatch):
    activations_at(model, "head_pool", flowers.train, views=1)
    monkeypatch.setattr(config, "AUGMENT_SMALLEST_CROP", 0.2)
    assert not activations_at(model, "head_pool", flowers.train, views=1)[1]


def test_large_activations_are_kept_in_half_precision_within_a_thousandth(model, flowers, monkeypatch):
    monkeypatch.setattr(config, "FLOAT32_FEATURES_UP_TO", 1000)
    values, _ = activations_at(model, "block_5_add", flowers.train)
    exact = plain(model, "block_5_add", flowers.train.images())
    assert values.dtype == np.float16
    assert np.abs(values - exact).max() < 1e-3 * np.abs(exact).max()


def test_values_beyond_half_precision_stay_in_full(model, flowers, monkeypatch):
    monkeypatch.setattr(config, "FLOAT32_FEATURES_UP_TO", 1000)
    norm = model.get_layer("block_5_project_BN")
    norm.gamma.assign(norm.gamma * 1e6)
    values, _ = activations_at(model, "block_5_add", flowers.train)
    assert values.dtype == np.float32
    assert 65504 < np.abs(values).max() < np.inf


def test_too_large_for_memory_goes_to_disk_and_is_found_there(model, flowers, monkeypatch, tmp_path):
    exact = plain(model, "block_5_add", flowers.train.images())
    monkeypatch.setattr(config, "FEATURES_IN_MEMORY", 1000)
    values, _ = activations_at(model, "block_5_add", flowers.train)
    assert isinstance(values, np.memmap)
    assert np.allclose(values, exact, rtol=1e-5, atol=1e-6)
    features.forget()
    again, ready = activations_at(model, "block_5_add", flowers.train)
    assert ready
    assert np.array_equal(again, values)
    assert [path.suffix for path in (tmp_path / "cache" / "features").iterdir()] == [".npy"]


def test_writing_that_breaks_off_leaves_nothing_behind(model, flowers, monkeypatch, tmp_path):
    monkeypatch.setattr(config, "FEATURES_IN_MEMORY", 1000)
    right, calls = features.predict_batch, []

    def breaking(*arguments):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return right(*arguments)

    monkeypatch.setattr(config, "BATCH_SIZE", 8)
    monkeypatch.setattr(features, "predict_batch", breaking)
    with pytest.raises(KeyboardInterrupt):
        activations_at(model, "block_5_add", flowers.train)
    assert list((tmp_path / "cache" / "features").iterdir()) == []


def test_memory_forgets_the_oldest_first(model, flowers, monkeypatch):
    size = len(flowers.train) * 1280 * 4
    monkeypatch.setattr(config, "FEATURES_IN_MEMORY", int(2.5 * size))
    for seed in (1, 2, 3):
        activations_at(model, "head_pool", flowers.train, views=1, seed=seed)
    kept = [activations_at(model, "head_pool", flowers.train, views=1, seed=seed)[1] for seed in (3, 2)]
    assert kept == [True, True]
    assert not activations_at(model, "head_pool", flowers.train, views=1, seed=1)[1]


def test_own_folders_with_the_same_photos_share_activations(model, photo_folder):
    folder = photo_folder({"a": 5, "b": 5})
    one, other = (load_photos(folder, image_size=32) for _ in range(2))
    activations_at(model, "head_pool", one.train)
    assert activations_at(model, "head_pool", other.train)[1]


def test_every_block_can_be_the_boundary(efficientnet):
    model = attach_head(efficientnet, classes=5)
    for block in blocks(efficientnet)[:-1]:
        freeze(model, until=block.name)
        assert find_cut(model) == block.output_layer
