"""What a boundary costs, against what training there really takes."""

import json

import keras
import numpy as np
import pytest

from helpers import attach_head, fit, freeze
from helpers.network.pointwise import PointwiseConv2D
from helpers.training import costs

NAMES = ["stem", "block1a", "block2a", "block2b", "top", "head"]


@pytest.fixture
def model(small):
    return attach_head(small, classes=5)


@pytest.mark.parametrize("until", ["top", "block2a", "block1a", None])
def test_the_outlook_is_what_comes(model, flowers, until):
    plan = freeze(model, until=until)
    ahead = costs.outlook(model, flowers)
    run = fit(model, flowers, epochs=1, progress=False)
    assert ahead.boundary == run.boundary
    assert ahead.trainable_params == plan.trainable_params
    assert ahead.kept_bytes == run.settings["cached_bytes"]
    assert ahead.cut == run.settings["cut"]


def test_views_multiply_what_is_kept_of_the_training_photos(model, flowers):
    freeze(model, until="top")
    run = fit(model, flowers, epochs=1, augment=True, progress=False)
    assert costs.outlook(model, flowers, augment=True).kept_bytes == run.settings["cached_bytes"]


def test_measuring_changes_nothing_and_counts_from_the_head_down(model, flowers, tmp_path, monkeypatch):
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path))
    freeze(model, until="top")
    before, seen = model.get_weights(), []
    times = costs.measure_blocks(model, 32, on_block=lambda times: seen.append(len(times.training)))
    assert seen == list(range(1, len(NAMES) + 1))
    assert min(times.forward.values()) > 0
    assert all(times.training[name] > 0.5 * times.forward[name] for name in times.training)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    assert not model.get_layer("stem_conv").trainable


@pytest.fixture
def measured(model, tmp_path, monkeypatch):
    """Measure with a made-up stopwatch on a made-up machine; return the machine, what was timed, and how to measure."""
    machine, timed = {"pace": 1.0, "now": 1e9}, []

    def time_part(part, shape):
        timed.append(part)
        return machine["pace"], 2 * machine["pace"]

    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path))
    monkeypatch.setattr(costs.machine, "pace", lambda: machine["pace"])
    monkeypatch.setattr(costs.time, "time", lambda: machine["now"])
    monkeypatch.setattr(costs, "_time_part", time_part)
    return machine, timed, lambda: costs.measure_blocks(model, 32)


def test_what_was_measured_is_not_measured_again(measured, tmp_path):
    _, timed, measure = measured
    first = measure()
    assert measure() == first
    assert len(timed) == len(NAMES)
    (file,) = (tmp_path / "times").iterdir()
    file.write_text("{half")
    assert measure() == first
    assert len(timed) == 2 * len(NAMES)


def test_times_from_a_busy_machine_are_measured_again_once_it_is_quiet(measured):
    machine, timed, measure = measured
    machine["pace"] = 3.0
    measure()
    machine["pace"] = 1.0
    assert set(measure().training.values()) == {2.0}
    assert len(timed) == 2 * len(NAMES)
    machine["pace"] = 3.0  # busy once more: the better times stay
    assert set(measure().training.values()) == {2.0}
    assert len(timed) == 2 * len(NAMES)


def test_noise_of_the_probe_measures_nothing_again(measured):
    machine, timed, measure = measured
    for machine["pace"] in (1.0, 1.3, 0.8):
        measure()
    assert len(timed) == len(NAMES)


def test_old_times_are_measured_again(measured):
    machine, timed, measure = measured
    measure()
    machine["now"] += 29 * 24 * 3600
    measure()
    assert len(timed) == len(NAMES)
    machine["now"] += 2 * 24 * 3600
    measure()
    assert len(timed) == 2 * len(NAMES)


def test_times_that_say_nothing_of_how_they_were_measured_are_measured_again(measured, tmp_path):
    _, timed, measure = measured
    measure()
    (file,) = (tmp_path / "times").iterdir()
    told = json.loads(file.read_text())
    file.write_text(json.dumps({name: told[name] for name in ("batch_size", "forward", "training")}))
    measure()
    assert len(timed) == 2 * len(NAMES)


def test_more_work_for_the_machine_takes_longer_at_the_probe():
    import tensorflow as tf

    ones = tf.ones((costs.machine._SIDE, costs.machine._SIDE))
    twenty_times = costs.machine.quickest(lambda: [tf.matmul(ones, ones).numpy() for _ in range(20)], turns=1)
    assert 0 < costs.machine.pace() < twenty_times


def test_it_can_be_stopped_and_then_leaves_the_rest_open(model, flowers, tmp_path, monkeypatch):
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path))
    asked = []
    times = costs.measure_blocks(model, 32, stop=lambda: asked.append(1) or len(asked) > 3)
    assert list(times.training) == ["head", "top", "block2b"]
    freeze(model, until="block1a")
    assert costs.outlook(model, flowers, times=times).epoch_seconds is None
    freeze(model, until="block2a")
    assert costs.outlook(model, flowers, times=times).epoch_seconds > 0


def test_an_epoch_is_its_batches():
    times = costs.BlockTimes(10, forward={"a": 1.0, "b": 2.0}, training={"a": 3.0, "b": 5.0})
    assert times.epoch_seconds(["a", "b"], train_photos=25, val_photos=10) == 3 * 8 + 1 * 3
    assert times.epoch_seconds(["c"], 1, 1) is None


def test_what_cannot_be_kept_is_not_promised(model, flowers, monkeypatch):
    freeze(model, until="block2a")
    times = costs.BlockTimes(32, dict.fromkeys(NAMES, 1.0), dict.fromkeys(NAMES, 3.0))
    kept = costs.outlook(model, flowers, times=times)
    monkeypatch.setattr(costs.kept_on_disk(), "reason_not_cached", lambda size: "the disk is full")
    ahead = costs.outlook(model, flowers, times=times)
    assert (ahead.cut, ahead.kept_bytes) == (None, 0)
    frozen = NAMES.index("block2a") + 1
    assert ahead.epoch_seconds == kept.epoch_seconds + frozen * 3  # 70 photos are three batches


def test_the_layers_are_measured_in_the_form_in_which_they_are_trained(measured):
    _, timed, measure = measured
    measure()
    layers = [layer for part in timed for layer in part.layers if isinstance(layer, keras.layers.Conv2D)]
    pointwise = [layer for layer in layers if (layer.kernel_size, layer.strides) == ((1, 1), (1, 1))]
    assert pointwise
    assert all(isinstance(layer, PointwiseConv2D) for layer in pointwise)
