"""What the lab does while nobody trains: it saves a wait, changes no number, and is out of the way when needed."""

import threading

import numpy as np
import pytest

from helpers import load_base
from helpers.network import head
from helpers.network.statistics import settle_statistics
from helpers.training import frozen_blocks
from helpers.widgets import FreezeLab, lab_ahead
from tests.networks import behind_every_name
from tests.patience import SOON


@pytest.fixture(scope="module")
def base(flowers):
    with behind_every_name():
        return settle_statistics(load_base("EfficientNetB0", weights=None, image_size=32), flowers.train)


@pytest.fixture(autouse=True)
def _an_empty_cache_and_no_patience(tmp_path, monkeypatch):
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path))
    monkeypatch.setattr(lab_ahead, "_AT_REST", 0.05)
    monkeypatch.setattr(lab_ahead, "_LOOKS_EVERY", 0.01)


@pytest.fixture
def lab(base, flowers):
    return FreezeLab(flowers, base, epochs=2, learning_rate=3e-3, head_first=False, name="ahead")


def show(lab: FreezeLab) -> None:
    """Do what a browser's message does, without measuring blocks."""
    lab.shown = True
    lab.get_ahead()
    lab.ahead.wait()


def train(lab: FreezeLab) -> None:
    lab.train.click()
    lab.worker.wait()
    lab.clock.stop()
    lab.clock.wait()
    lab.ahead.wait()


def test_nothing_is_done_before_the_lab_is_seen(lab, tmp_path):
    lab.strip.boundary = 2
    lab.ahead.wait()
    assert not list(tmp_path.rglob("*.npy"))


def test_train_finds_the_activations_and_gives_the_same_numbers(lab, base, flowers, tmp_path, monkeypatch):
    show(lab)
    lab.strip.boundary = 2
    lab.ahead.wait()
    train(lab)
    _, run = lab.runs[-1]
    assert run.settings["cache_reused"]
    weights = lab.model.get_weights()
    lab.clear()
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path / "another"))
    lab.shown = False
    train(lab)
    _, again = lab.runs[-1]
    assert not again.settings["cache_reused"]
    assert again.history.drop(columns="seconds").equals(run.history.drop(columns="seconds"))
    for one, other in zip(lab.model.get_weights(), weights, strict=True):
        assert np.array_equal(one, other)
    lab.clear()


def test_the_next_start_is_copied_ahead_and_copied_only_once(base, flowers, monkeypatch):
    lab = FreezeLab(flowers, base, until="block1a", epochs=1, head_first=True, name="copied ahead")
    train(lab)
    show(lab)
    copies = []
    copy_of = head.copy_of
    monkeypatch.setattr(head, "copy_of", lambda model: copies.append(model) or copy_of(model))
    (start,) = lab.board.starts
    taken = lab.copy_of_start(start)
    assert not copies
    assert lab.copy_of_start(start) is not taken
    assert len(copies) == 1


def test_it_stops_within_a_batch_when_somebody_trains(lab, monkeypatch):
    going, may_go_on, batches = threading.Event(), threading.Event(), []

    def slow(model, photos, settings, seed, counting):
        count = counting(100)
        for _ in range(100):
            batches.append(threading.current_thread())
            going.set()
            may_go_on.wait(SOON)
            count(1)

    def job() -> None:
        may_go_on.set()
        with lab.at_work:  # as the lab's own training does first
            pass

    with monkeypatch.context() as patch:
        patch.setattr(frozen_blocks, "run_once", slow)
        lab.shown = True
        lab.get_ahead()
        assert going.wait(SOON)
        lab.worker.start(job)
        lab.worker.wait(SOON)
        lab.ahead.ask(lambda: None)
        lab.ahead.wait()
    assert len(batches) == 1
    assert not lab.trouble.value


def test_train_takes_the_forecast_that_is_shown_once_and_makes_a_new_one_for_other_controls(lab, monkeypatch):
    made = []
    monkeypatch.setattr(lab, "forecast", lambda: made.append(lab.epochs.value))
    lab._tell_in_all()
    lab.learning_rate.index = 0  # a run takes as long with any
    lab.foreseen()
    assert made == [2]
    lab.foreseen()
    assert made == [2, 2]
    lab._tell_in_all()
    lab.epochs.value = 5
    lab.reckoner.wait()
    made.clear()
    lab._foreseen = ((lab._decisive()[0], True), None)  # made while "go on from here" was ticked
    lab.foreseen()
    assert made == [5]
