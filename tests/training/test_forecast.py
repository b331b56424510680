"""What a run would take, against made-up block times and against what `fit` leaves behind."""

import dataclasses
import math

import pytest

from helpers import Step, attach_head, evaluate
from helpers.network import twins
from helpers.training.block_times import BlockTimes
from helpers.training.forecast import Forecast, forecast_judging, forecast_step, without_what_is_found

NAMES = ["stem", "block1a", "block2a", "block2b", "top", "head"]
BUILDING = 0.5


@pytest.fixture
def model(small, tmp_path, monkeypatch):
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path))
    twins.forget()
    return attach_head(small, classes=5)


@pytest.fixture
def times():
    """A forward batch takes 1, 2, 4 … seconds from the stem up, and a training batch three times as long."""
    forward = {name: 2.0**number for number, name in enumerate(NAMES)}
    return BlockTimes(32, forward, {name: 3 * seconds for name, seconds in forward.items()})


def foreseen(model, flowers, times, **step) -> Forecast:
    return forecast_step(model, flowers, Step(engine="tensorflow", **step), 0, times, BUILDING)


def batches(split, size: int = 32) -> int:
    return math.ceil(len(split) / size)


def test_the_frozen_blocks_run_once_and_the_others_in_every_epoch(model, flowers, times):
    ahead = foreseen(model, flowers, times, until="block2a", epochs=3)
    train, val = batches(flowers.train), batches(flowers.val)
    assert ahead.activations == (train + val) * (1 + 2 + 4)
    assert ahead.epochs == pytest.approx(3 * (train * 3 + val) * (8 + 16 + 32), rel=0.01)
    assert ahead.tracing > 0
    assert ahead.total == ahead.activations + ahead.tracing + ahead.epochs + ahead.rest


def test_smaller_batches_are_more_steps_but_no_more_photos(model, flowers, times):
    few, many = (foreseen(model, flowers, times, until="top", batch_size=size).epochs for size in (32, 8))
    assert few < many < 8 * few


def test_the_second_run_waits_for_neither_activations_nor_tracing(model, small, flowers, times):
    first = foreseen(model, flowers, times, until="block2a", epochs=1)
    Step(until="block2a", epochs=1, engine="tensorflow").apply(model, flowers, 0)
    second = foreseen(attach_head(small, classes=5), flowers, times, until="block2a", epochs=1, learning_rate=0.1)
    assert (second.activations, second.tracing) == (0, 0)
    assert second.epochs == first.epochs
    other_loss = foreseen(attach_head(small, classes=5), flowers, times, until="block2a", label_smoothing=0.1)
    assert other_loss.tracing > 0


def test_what_is_kept_further_down_shortens_the_way_up(model, small, flowers, times):
    Step(until="block1a", epochs=1, engine="tensorflow").apply(model, flowers, 0)
    ahead = foreseen(attach_head(small, classes=5), flowers, times, until="block2a")
    assert ahead.activations == (batches(flowers.train) + batches(flowers.val)) * 4  # block2a alone


def test_without_a_cache_everything_runs_in_every_epoch(model, flowers, times):
    ahead = foreseen(model, flowers, times, until="block2a", epochs=1, cache=False)
    train, val = batches(flowers.train), batches(flowers.val)
    assert ahead.activations == 0
    together = batches(list(flowers.train.labels) + list(flowers.val.labels))
    assert ahead.epochs == pytest.approx((train * 3 + val) * (8 + 16 + 32) + together * (1 + 2 + 4), rel=0.01)


def test_a_measured_epoch_replaces_the_sum_of_blocks(model, flowers, times):
    ahead = forecast_step(model, flowers, Step(epochs=4), 0, times, BUILDING, epoch_seconds=0.25)
    assert ahead.epochs == 1.0


def test_judging_is_traced_once(model, flowers, times):
    first = forecast_judging(model, len(flowers.val), times, BUILDING)
    evaluate(model, flowers.val)
    second = forecast_judging(model, len(flowers.val), times, BUILDING)
    assert first.tracing > second.tracing == 0
    assert second.rest == batches(flowers.val) * 63


def test_what_is_not_measured_is_not_guessed(model, flowers, times):
    del times.training["block1a"]
    assert foreseen(model, flowers, times, until="top") is None


@pytest.mark.parametrize(
    ("second", "activations", "tracing"),
    [
        ({"learning_rate": 0.1, "epochs": 2}, False, False),
        ({"label_smoothing": 0.1}, False, True),
        ({"until": "block1a"}, True, True),
    ],
)
def test_a_step_finds_what_the_one_before_it_leaves(model, small, flowers, times, second, activations, tracing):
    before = Step(until="block2a", epochs=1, engine="tensorflow")
    step = dataclasses.replace(before, **second)
    told = without_what_is_found(forecast_step(model, flowers, step, 0, times, BUILDING), step, before)
    assert (told.activations > 0, told.tracing > 0) == (activations, tracing)
    if not activations:
        before.apply(model, flowers, 0)
        found = forecast_step(attach_head(small, classes=5), flowers, step, 0, times, BUILDING)
        assert found.activations == told.activations
        assert (found.tracing > 0) == tracing
