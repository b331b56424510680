"""What a boundary costs, against what training there really takes."""

import numpy as np
import pytest

from helpers import attach_head, fit, freeze
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


def test_what_was_measured_is_not_measured_again(model, tmp_path, monkeypatch):
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path))
    first = costs.measure_blocks(model, 32)
    monkeypatch.setattr(costs, "_time_part", lambda part, shape: pytest.fail("measured again"))
    assert costs.measure_blocks(model, 32) == first
    (file,) = (tmp_path / "times").iterdir()
    file.write_text("{half")
    with pytest.raises(pytest.fail.Exception):
        costs.measure_blocks(model, 32)


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
    monkeypatch.setattr(costs.features.kept_on_disk(), "reason_not_cached", lambda size: "the disk is full")
    ahead = costs.outlook(model, flowers, times=times)
    assert (ahead.cut, ahead.kept_bytes) == (None, 0)
    frozen = NAMES.index("block2a") + 1
    assert ahead.epoch_seconds == kept.epoch_seconds + frozen * 3  # 70 photos are three batches
