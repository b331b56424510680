"""Activations at the freeze boundary: what is kept, what it is computed from, and when it is computed anew."""

import os
import time

import keras
import numpy as np
import pytest

from helpers import attach_head, config, copy_of, freeze, load_photos
from helpers.activations import cache, engines, keys
from helpers.activations.cache import activations_at, activations_at_each, kept_on_disk
from helpers.activations.storage import DiskFullError, NoRoomError, Store
from helpers.photos import views as views_module
from helpers.photos.photo import augment
from helpers.photos.views import PhotoViews
from tests.networks import first_inverted_residuals


@pytest.fixture(autouse=True)
def empty_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def model(mobilenet):
    model = attach_head(mobilenet, classes=5)
    freeze(model, until="top")
    return model


def plain(model, cut: str, images: np.ndarray) -> np.ndarray:
    return keras.Model(model.input, model.get_layer(cut).output).predict(images.astype("float32"), verbose=0)


@pytest.mark.parametrize("cut", ["head_pool", "block_5_add", "block_6_project_BN"])
def test_activations_are_what_keras_predicts(model, flowers, cut):
    values, ready, begun_at, engine, _ = activations_at(model, cut, PhotoViews(flowers.train))
    assert (ready, begun_at, engine) == (False, None, "tensorflow")
    assert values.dtype == np.float32
    assert np.allclose(values, plain(model, cut, flowers.train.images()), rtol=1e-5, atol=1e-6)


def test_views_stand_one_after_the_other_and_differ(model, flowers):
    values = activations_at(model, "head_pool", PhotoViews(flowers.train, views=3, seed=5)).values
    assert len(values) == 3 * len(flowers.train)
    again = activations_at(model, "head_pool", PhotoViews(flowers.train, views=3, seed=5))
    assert again.was_ready
    assert np.array_equal(again.values, values)
    shown = views_module.views_of(flowers.train, range(len(flowers.train)), views=3, seed=5)
    for view, augmented in zip(values.reshape(3, len(flowers.train), -1), shown, strict=True):
        assert np.allclose(view, plain(model, "head_pool", augmented), rtol=1e-5, atol=1e-6)
    assert len({picture.tobytes() for picture in shown[:, 7]}) == 3, "views differ"


def test_a_view_depends_on_seed_photo_and_number_alone(flowers):
    every = views_module.views_of(flowers.train, range(10), views=4, seed=2)
    assert np.array_equal(views_module.views_of(flowers.train, [7, 3], views=2, seed=2), every[:2, [7, 3]])
    assert not np.array_equal(views_module.views_of(flowers.train, [7], seed=3), every[:, [7]])
    expected = augment(flowers.train.images([7]), np.random.default_rng([2, 1, 7]))
    assert np.array_equal(every[1, [7]], expected)


def test_what_was_computed_is_kept_until_photos_weights_or_views_change(model, flowers):
    def ready(split=flowers.train, **options) -> bool:
        return activations_at(model, "head_pool", PhotoViews(split, **options)).was_ready

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
    before = activations_at(model, "head_pool", PhotoViews(flowers.val)).values
    norm = model.get_layer("Conv_1_bn")
    norm.moving_mean.assign(norm.moving_mean + 0.5)  # a statistic alone, no trained weight
    after = activations_at(model, "head_pool", PhotoViews(flowers.val))
    assert not after.was_ready
    assert np.abs(after.values - before).max() > 1e-3


def test_other_augmentation_gives_new_views(model, flowers):
    activations_at(model, "head_pool", PhotoViews(flowers.train, views=1))
    assert not activations_at(model, "head_pool", PhotoViews(flowers.train, views=1, smallest_crop=0.2)).was_ready


def test_large_activations_are_kept_in_half_precision_within_a_thousandth(model, flowers, monkeypatch):
    monkeypatch.setattr(config, "FLOAT32_FEATURES_UP_TO", 1000)
    values = activations_at(model, "block_5_add", PhotoViews(flowers.train)).values
    exact = plain(model, "block_5_add", flowers.train.images())
    assert values.dtype == np.float16
    assert np.abs(values - exact).max() < 1e-3 * np.abs(exact).max()


def test_values_beyond_half_precision_stay_in_full(model, flowers, monkeypatch):
    monkeypatch.setattr(config, "FLOAT32_FEATURES_UP_TO", 1000)
    norm = model.get_layer("block_5_project_BN")
    norm.gamma.assign(norm.gamma * 1e6)
    values = activations_at(model, "block_5_add", PhotoViews(flowers.train)).values
    assert values.dtype == np.float32
    assert 65504 < np.abs(values).max() < np.inf


def test_what_turns_out_too_large_for_half_precision_starts_again_from_exact_activations(model, flowers, monkeypatch):
    monkeypatch.setattr(config, "FLOAT32_FEATURES_UP_TO", 1000)
    assert activations_at(model, "block_2_add", PhotoViews(flowers.train)).values.dtype == np.float16
    norm = model.get_layer("block_5_project_BN")
    norm.gamma.assign(norm.gamma * 1e6)
    upper = activations_at(model, "block_5_add", PhotoViews(flowers.train))
    assert (upper.begun_at, upper.values.dtype) == (None, np.float32)
    assert np.allclose(upper.values, plain(model, "block_5_add", flowers.train.images()), rtol=1e-5, atol=1)


@pytest.mark.parametrize("library", ["keras", "tensorflow", "openvino", "pillow", "pillow-heif"])
def test_an_upgrade_gives_new_activations(model, flowers, monkeypatch, library):
    assert not activations_at(model, "head_pool", PhotoViews(flowers.val)).was_ready
    assert activations_at(model, "head_pool", PhotoViews(flowers.val)).was_ready
    installed = config.versions

    def upgraded(names):
        return installed(names) | ({library: "99.0"} if library in names else {})

    monkeypatch.setattr(config, "versions", upgraded)
    assert not activations_at(model, "head_pool", PhotoViews(flowers.val)).was_ready


def test_another_process_finds_what_this_one_kept(model, flowers, tmp_path):
    values = activations_at(model, "block_5_add", PhotoViews(flowers.train)).values
    assert isinstance(values, np.memmap)
    (file,) = (tmp_path / "cache" / "features").iterdir()
    fresh = Store(file.parent, config.CACHE_LIMIT)
    assert np.array_equal(fresh.find(file.name.split(".")[0]), values)


def test_writing_that_breaks_off_leaves_nothing_behind(model, flowers, monkeypatch, tmp_path):
    right, calls = engines.predict_batch, []

    def breaking(*arguments):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return right(*arguments)

    monkeypatch.setattr(config, "BATCH_SIZE", 8)
    monkeypatch.setattr(engines, "predict_batch", breaking)
    with pytest.raises(KeyboardInterrupt):
        activations_at(model, "block_5_add", PhotoViews(flowers.train))
    assert list((tmp_path / "cache" / "features").iterdir()) == []


@pytest.mark.parametrize("damage", ["cut short", "a bit turned", "an unfinished file"])
def test_damaged_activations_are_computed_anew(model, flowers, monkeypatch, tmp_path, damage):
    before = np.array(activations_at(model, "block_5_add", PhotoViews(flowers.train)).values)
    (file,) = (tmp_path / "cache" / "features").iterdir()
    file.chmod(0o644)
    data = bytearray(file.read_bytes())
    data[-7] ^= 255
    if damage == "an unfinished file":
        file.rename(file.with_suffix(".unfinished"))
        os.utime(file.with_suffix(".unfinished"), (time.time() - 60,) * 2)
    else:
        file.write_bytes(data if damage == "a bit turned" else data[:-100])
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path / "elsewhere" / ".." / "cache"))  # as another process sees it
    (tmp_path / "elsewhere").mkdir()
    again = activations_at(model, "block_5_add", PhotoViews(flowers.train))
    assert not again.was_ready
    assert np.array_equal(again.values, before)


def test_moving_the_boundary_up_starts_from_what_is_kept_below(model, flowers, monkeypatch):
    expected = np.array(activations_at(model, "head_pool", PhotoViews(flowers.val)).values)
    kept_on_disk().clear()
    activations_at(model, "block_2_add", PhotoViews(flowers.val))
    activations_at(model, "block_5_add", PhotoViews(flowers.val))

    def no_photos(*_):
        raise AssertionError("the photos were read again")

    monkeypatch.setattr(cache, "batches_of", no_photos)
    upper = activations_at(model, "head_pool", PhotoViews(flowers.val))
    assert upper.begun_at == "block_5_add"
    assert np.allclose(upper.values, expected, rtol=1e-5, atol=1e-6)
    with pytest.raises(AssertionError, match="read again"):
        activations_at(model, "block_1_project_BN", PhotoViews(flowers.val))  # further down: from the photos


def test_a_weight_changed_between_two_cuts_spoils_the_upper_one_only(model, flowers):
    activations_at_each(model, ["block_5_add", "head_pool"], PhotoViews(flowers.val))
    kernel = model.get_layer("block_6_expand").kernel
    kernel.assign(kernel * 1.1)
    upper = activations_at(model, "head_pool", PhotoViews(flowers.val))
    assert (upper.was_ready, upper.begun_at) == (False, "block_5_add")
    assert np.allclose(upper.values, plain(model, "head_pool", flowers.val.images()), rtol=1e-5, atol=1e-6)


def test_one_pass_fills_several_boundaries(model, flowers, monkeypatch):
    passes, right = [], cache.batches_of
    monkeypatch.setattr(cache, "batches_of", lambda *arguments: passes.append(1) or right(*arguments))
    cuts = ["head_pool", "block_5_add", "block_2_add"]
    every = activations_at_each(model, cuts, PhotoViews(flowers.train))
    assert len(passes) == 1
    for cut in cuts:
        assert np.allclose(every[cut].values, plain(model, cut, flowers.train.images()), rtol=1e-5, atol=1e-6)
        assert activations_at(model, cut, PhotoViews(flowers.train)).was_ready


def test_two_models_alike_but_for_their_wiring_share_nothing():
    def name(swapped: bool) -> str:
        inputs = keras.Input((32, 32, 3))
        once = keras.layers.Dense(3, kernel_initializer="ones")(inputs)
        twice = keras.layers.Dense(3, kernel_initializer="ones")(once)
        joined = keras.layers.Subtract(name="block1a_add")([twice, once] if swapped else [once, twice])
        return keys.names_up_to(keras.Model(inputs, joined), ["block1a_add"], "tensorflow")["block1a_add"]

    assert name(False) == name(False) != name(True)


@pytest.mark.parametrize("change", ["another number", "another operation"])
def test_operations_that_are_no_layers_tell_networks_apart(mobilenet, change):
    def name(scale) -> str:
        base = first_inverted_residuals(scale)
        for layer in base.layers[1:]:
            layer.set_weights(mobilenet.get_layer(layer.name).get_weights())
        return keys.names_up_to(base, ["block_5_add"], "tensorflow")["block_5_add"]

    other = {"another number": lambda x: x / 127.5, "another operation": lambda x: x - 255.0}[change]
    assert name(lambda x: x / 255.0) == name(lambda x: x / 255.0) != name(other)


def normalization_of(network):
    return next(layer for layer in network.layers if isinstance(layer, keras.layers.Normalization))


def test_a_copy_that_computes_with_other_constants_shares_nothing(efficientnet):
    """`clone_model` and `set_weights` leave Normalization's constants behind: the twin computes something else."""
    twin = keras.models.clone_model(efficientnet)
    twin.set_weights(efficientnet.get_weights())
    names = [keys.names_up_to(each, ["block1a_project_bn"], "tensorflow") for each in (efficientnet, twin)]
    constants = [np.asarray(normalization_of(each).mean) for each in (efficientnet, twin)]
    assert not np.array_equal(*constants), "else there is nothing to tell apart"
    assert names[0] != names[1]
    right = copy_of(efficientnet)
    assert keys.names_up_to(right, ["block1a_project_bn"], "tensorflow") == names[0]


def test_rounded_activations_are_not_the_start_of_exact_ones(model, flowers, monkeypatch):
    small, large = (
        cache.size_at(model, cut, PhotoViews(flowers.val)) for cut in ("head_pool", "expanded_conv_project_BN")
    )
    monkeypatch.setattr(config, "FLOAT32_FEATURES_UP_TO", (small + large) // 2)
    assert activations_at(model, "expanded_conv_project_BN", PhotoViews(flowers.val)).values.dtype == np.float16
    upper = activations_at(model, "head_pool", PhotoViews(flowers.val))
    assert (upper.begun_at, upper.values.dtype) == (None, np.float32)
    monkeypatch.setattr(config, "FLOAT32_FEATURES_UP_TO", 0)
    assert activations_at(model, "block_2_add", PhotoViews(flowers.val)).begun_at == "expanded_conv_project_BN"


def test_what_does_not_fit_together_is_not_begun(model, flowers, monkeypatch, tmp_path):
    cuts = ["block_2_add", "block_5_add"]
    sizes = [cache.size_at(model, cut, PhotoViews(flowers.train)) for cut in cuts]
    monkeypatch.setattr(config, "CACHE_LIMIT", sum(sizes) - 1)
    with pytest.raises(NoRoomError, match="more than the cache may hold"):
        activations_at_each(model, cuts, PhotoViews(flowers.train))
    assert not (tmp_path / "cache" / "features").exists()
    monkeypatch.setattr(config, "CACHE_LIMIT", sum(sizes) + 1000)
    assert len(activations_at_each(model, cuts, PhotoViews(flowers.train))) == 2


def test_activations_of_a_model_for_any_size(flowers):
    base = keras.applications.MobileNetV2(include_top=False, weights=None, alpha=0.35, input_shape=(None, None, 3))
    model = attach_head(base, classes=5)
    values = activations_at(model, "block_5_add", PhotoViews(flowers.val)).values
    assert values.shape == (len(flowers.val), 4, 4, 16)
    assert cache.size_at(model, "block_5_add", PhotoViews(flowers.val)) == values.nbytes


def test_the_size_is_known_beforehand(model, flowers):
    for cut, views in [("head_pool", 0), ("block_5_add", 2)]:
        values = activations_at(model, cut, PhotoViews(flowers.train, views=views)).values
        assert cache.size_at(model, cut, PhotoViews(flowers.train, views)) == values.nbytes


def test_least_recently_used_activations_go_when_the_limit_is_reached(model, flowers, monkeypatch):
    size = len(flowers.train) * 1280 * 4
    monkeypatch.setattr(config, "CACHE_LIMIT", int(2.5 * size))
    for seed in (1, 2, 3):
        activations_at(model, "head_pool", PhotoViews(flowers.train, views=1, seed=seed))
    wanted = [PhotoViews(flowers.train, views=1, seed=seed) for seed in (3, 2, 1)]
    assert [activations_at(model, "head_pool", photos).was_ready for photos in wanted] == [True, True, False]


def test_a_full_disk_leaves_earlier_activations_usable(model, flowers, small_disk, monkeypatch):
    disk = small_disk("400k")
    monkeypatch.setenv("GRAFT_CACHE", str(disk))
    first = np.array(activations_at(model, "head_pool", PhotoViews(flowers.train)).values)  # 154 kB
    (disk / "something else").write_bytes(bytes(150_000))
    with pytest.raises(NoRoomError, match="do not fit on the disk"):
        activations_at(model, "block_1_expand", PhotoViews(flowers.train, views=10))
    monkeypatch.setattr(Store, "reason_not_cached", lambda *_: None)
    with pytest.raises(DiskFullError, match="disk ran full"):
        activations_at(model, "block_1_expand", PhotoViews(flowers.train, views=10))
    monkeypatch.setenv("GRAFT_CACHE", f"{disk}/.")  # as another process sees it
    assert np.array_equal(kept_on_disk().find(next((disk / "features").glob("*.npy")).name.split(".")[0]), first)


def test_own_folders_with_the_same_photos_share_activations(model, photo_folder):
    folder = photo_folder({"a": 5, "b": 5})
    one, other = (load_photos(folder, image_size=32) for _ in range(2))
    activations_at(model, "head_pool", PhotoViews(one.train))
    assert activations_at(model, "head_pool", PhotoViews(other.train)).was_ready
