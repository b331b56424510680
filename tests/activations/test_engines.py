"""Engines: OpenVINO computes what TensorFlow computes, is converted once, and tells nobody."""

import inspect
import json
import os
import sys

import keras
import numpy as np
import pytest

from helpers import attach_head, config, fit, freeze, load_base, settle_statistics
from helpers.activations import cache, engines
from helpers.activations.cache import activations_at, engine_for
from helpers.judging.neighbours import Neighbours
from helpers.photos.views import PhotoViews
from tests.test_package import run_python

needs_openvino = pytest.mark.skipif(engines._openvino() is None, reason="OpenVINO is not at hand on this machine")


@pytest.fixture(autouse=True)
def empty_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("GRAFT_ENGINE", raising=False)


@pytest.fixture(scope="module")
def model(small):
    return attach_head(small, classes=5)


@needs_openvino
@pytest.mark.parametrize("cut", ["block2b_add", "head_pool"])
def test_openvino_computes_the_same_to_within_rounding(efficientnet, flowers, cut):
    model = attach_head(efficientnet, classes=5)
    expected = activations_at(model, cut, PhotoViews(flowers.train), engine="tensorflow").values
    values = activations_at(model, cut, PhotoViews(flowers.train), engine="openvino").values
    assert not np.array_equal(values, expected), "it was not OpenVINO that computed"
    assert np.abs(values - expected).max() < 1e-5 * np.abs(expected).max()


@needs_openvino
def test_several_cuts_in_one_pass_and_a_start_further_up(model, flowers):
    cuts = ["block1a_project_bn", "block2b_add", "head_pool"]
    expected = cache.activations_at_each(model, cuts, PhotoViews(flowers.val), engine="tensorflow")
    every = cache.activations_at_each(model, cuts[:2], PhotoViews(flowers.val), engine="openvino")
    every |= cache.activations_at_each(model, cuts[2:], PhotoViews(flowers.val), engine="openvino")
    assert every["head_pool"].begun_at == "block2b_add"
    for cut in cuts:
        assert np.allclose(every[cut].values, expected[cut].values, rtol=1e-4, atol=1e-4)


@needs_openvino
def test_a_part_is_converted_once_and_kept(model, flowers, monkeypatch):
    converted, right = [], engines._converted
    monkeypatch.setattr(engines, "_converted", lambda *arguments: converted.append(1) or right(*arguments))
    for split in (flowers.train, flowers.val):
        activations_at(model, "block2b_add", PhotoViews(split), engine="openvino")
    assert len(converted) == 1
    kernel = model.get_layer("block2a_expand_conv").kernel
    before = np.array(kernel)
    try:
        kernel.assign(before * 1.01)
        activations_at(model, "block2b_add", PhotoViews(flowers.val), engine="openvino")
    finally:
        kernel.assign(before)
    assert len(converted) == 2


@needs_openvino
def test_what_openvino_cannot_convert_is_run_by_tensorflow_and_said(mobilenet, flowers, monkeypatch):
    model = attach_head(mobilenet, classes=5)
    expected = activations_at(model, "block_5_add", PhotoViews(flowers.val), engine="tensorflow").values

    def unknown(*_):
        raise RuntimeError("no such operation\nand much more")

    monkeypatch.setattr(engines, "_converted", unknown)
    with pytest.warns(RuntimeWarning, match=r"OpenVINO cannot run this network, .* \(no such operation\)\."):
        kept = activations_at(model, "block_5_add", PhotoViews(flowers.val), engine="openvino")
    assert kept.engine == "tensorflow"
    assert np.array_equal(kept.values, expected)


@pytest.mark.thorough
@needs_openvino
@pytest.mark.parametrize("name", ["MobileNetV2-0.35", "EfficientNetV2B0"])
def test_other_bases_are_converted_as_well(flowers, name):
    base = settle_statistics(load_base(name, weights=None, image_size=32), flowers.val)
    model = attach_head(base, classes=5)
    expected = activations_at(model, "head_pool", PhotoViews(flowers.val), engine="tensorflow").values
    values = activations_at(model, "head_pool", PhotoViews(flowers.val), engine="openvino").values
    assert not np.array_equal(values, expected), "it was not OpenVINO that computed"
    # Random networks make more of a rounding error than trained ones do.
    assert np.abs(values - expected).max() < 1e-3 * np.abs(expected).max()


@needs_openvino
@pytest.mark.parametrize("damage", ["cut short", "gone"])
def test_a_damaged_conversion_is_made_anew(model, flowers, tmp_path, monkeypatch, damage):
    expected = np.array(activations_at(model, "block2b_add", PhotoViews(flowers.val), engine="openvino").values)
    for file in (tmp_path / "cache" / "features").iterdir():
        if damage == "gone" or "openvino" not in file.name:
            file.unlink()
        else:
            file.chmod(0o644)
            file.write_bytes(file.read_bytes()[:-50])
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path / "." / "cache") + "/")  # as another process sees it
    cache._store.cache_clear()
    again = activations_at(model, "block2b_add", PhotoViews(flowers.val), engine="openvino")
    assert np.array_equal(again.values, expected)


@needs_openvino
def test_training_on_either_engine_ends_alike(model, flowers):
    losses = []
    for engine in ("tensorflow", "openvino"):
        twin = attach_head(model, classes=5, seed=1)
        freeze(twin, until="top")
        run = fit(twin, flowers, epochs=2, engine=engine, keep="last", progress=False)
        assert run.settings["engine"] == engine
        losses.append(run.history.val_loss.iloc[-1])
    assert losses[0] == pytest.approx(losses[1], rel=1e-3)


def test_auto_takes_openvino_where_the_photos_repay_the_conversion(monkeypatch):
    monkeypatch.setattr(engines, "_openvino", lambda: object())
    few = config.OPENVINO_PAYS_FROM // 128**2
    assert engines.choose("auto", few, 128) == "tensorflow"
    assert engines.choose("auto", few + 1, 128) == "openvino"
    monkeypatch.setenv("GRAFT_ENGINE", "tensorflow")
    assert engines.choose("auto", few + 1, 128) == "tensorflow"
    assert engines.choose("openvino", 1, 128) == "openvino"


@needs_openvino
def test_auto_reuses_what_either_engine_has_kept(model, flowers, monkeypatch):
    photos = PhotoViews(flowers.val)
    assert engine_for(model, ["head_pool"], [photos]) == "tensorflow", "so few photos don't repay a conversion"
    activations_at(model, "head_pool", photos, engine="openvino")
    kept = activations_at(model, "head_pool", photos)
    assert (kept.was_ready, kept.engine) == (True, "openvino")
    higher = activations_at(model, "head_output", photos)
    assert (higher.begun_at, higher.engine) == ("head_pool", "openvino")
    activations_at(model, "head_pool", photos, engine="tensorflow")
    assert engine_for(model, ["head_pool"], [photos]) == "tensorflow", "where both have them, size decides"
    both = [photos, PhotoViews(flowers.train)]
    activations_at(model, "head_pool", both[1], engine="openvino")
    assert engine_for(model, ["head_pool"], both) == "openvino", "one engine for all photos of a request"
    monkeypatch.setenv("GRAFT_ENGINE", "tensorflow")
    assert engine_for(model, ["head_pool"], both) == "tensorflow"


@needs_openvino
def test_neighbours_start_from_what_training_has_kept(model, flowers, monkeypatch):
    twin = attach_head(model, classes=5, seed=1)
    freeze(twin, until="top")
    fit(twin, flowers, epochs=1, engine="openvino", progress=False)

    def no_photos(*_):
        raise AssertionError("the photos were run again")

    monkeypatch.setattr(cache, "batches_of", no_photos)
    assert len(Neighbours(twin, flowers).features) == len(flowers.train)


def test_the_workaround_for_python_3_13_is_still_needed():
    utils = pytest.importorskip("openvino.frontend.tensorflow.utils")
    assert 'exec("del tensorflow")' in inspect.getsource(utils.get_environment_setup), (
        "This OpenVINO no longer deletes a name that it made with exec. Delete engines._name_kept_between_execs, which "
        "was there for Python 3.13, and this test."
    )
    if sys.version_info >= (3, 13):
        with pytest.raises(NameError):
            utils.get_environment_setup("tf")
        with engines._name_kept_between_execs():
            assert "tensorflow" in utils.get_environment_setup("tf")
        assert not hasattr(utils, "exec"), "the module has Python's own exec again"


def test_without_openvino_tensorflow_serves_and_asking_for_it_is_an_error(monkeypatch):
    monkeypatch.setattr(engines, "_openvino", lambda: None)
    assert engines.choose("auto", 10**6, 224) == "tensorflow"
    with pytest.raises(ValueError, match=r"Received: 'openvino', which needs OpenVINO.*engine='tensorflow'"):
        engines.choose("openvino", 1, 128)
    monkeypatch.setenv("GRAFT_ENGINE", "openvino")
    with pytest.raises(ValueError, match="GRAFT_ENGINE asked for it"):
        engines.choose("auto", 1, 128)


@pytest.mark.parametrize("engine", ["tensor flow", None, 3])
def test_an_unknown_engine_is_an_error(engine):
    with pytest.raises(ValueError, match="Expected engine to be one of auto, tensorflow, openvino"):
        engines.choose(engine, 1, 128)


SPY = """
import json, os, sys
reached, written = [], []
def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "urllib.Request"):
        reached.append(str(arguments[-1] if event == "socket.connect" else arguments[0]))
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        written.append(str(arguments[0]))
sys.addaudithook(watch)
from helpers.activations import engines, storage
import keras, numpy as np
from pathlib import Path
part = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Conv2D(4, 3, activation="swish")])
kept = storage.Store(Path(sys.argv[1]), 10**8)
list(engines.run(part, [np.zeros((2, 8, 8, 3))], "openvino", "a", kept))
home = [file for file in written if file.startswith(os.path.expanduser("~"))]
converted = [file.name for file in kept.folder.glob("*openvino*")]
print(json.dumps([reached, home, len(converted)]))
"""


@needs_openvino
def test_nothing_is_sent_and_nothing_written_in_the_home_folder(tmp_path):
    (tmp_path / "home").mkdir()
    place = {name: str(tmp_path / "home") for name in ("HOME", "USERPROFILE", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
    place |= {"KERAS_HOME": str(tmp_path / "keras"), "MPLCONFIGDIR": str(tmp_path / "mpl")}
    done = run_python(SPY.replace("sys.argv[1]", repr(str(tmp_path / "kept"))), env={**os.environ, **place})
    reached, home, used = json.loads(done.stdout.splitlines()[-1])
    assert used == 1, done.stderr
    assert (reached, home) == ([], [])
    left = [path for path in (tmp_path / "home").rglob("*") if path.is_file()]
    assert left == []


def test_openvino_that_came_with_its_telemetry_is_left_alone(monkeypatch):
    monkeypatch.setitem(sys.modules, "openvino", object())
    monkeypatch.setitem(sys.modules, "openvino_telemetry", object())
    engines._openvino.cache_clear()
    assert engines._openvino() is None
    engines._openvino.cache_clear()


def test_batches_of_all_sizes_come_back_in_order(tmp_path):
    part = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")])
    rows = np.arange(300, dtype=np.float32).reshape(100, 3)
    batches = np.split(rows, [32, 33, 60, 92])
    for engine in ("tensorflow", "openvino") if engines._openvino() else ("tensorflow",):
        outputs = list(engines.run(part, batches, engine, "sums", cache.kept_on_disk()))
        assert np.allclose(np.concatenate([values[0] for values in outputs])[:, 0], rows.sum(axis=1))
    assert list(engines.run(part, [], "tensorflow", "sums", cache.kept_on_disk())) == []
