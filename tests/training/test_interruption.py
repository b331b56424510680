"""Ctrl+C and errors in callbacks: a training ends in good order, with the weights that are to be kept."""

import signal
import threading

import numpy as np
import pytest

from helpers import attach_head, evaluate, fit, freeze
from helpers.training.interruption import TrainingInterrupted

WILD = {"epochs": 6, "learning_rate": 0.3, "seed": 1, "progress": False}  # so that epochs differ widely


@pytest.fixture
def model(small):
    model = attach_head(small, classes=5)
    freeze(model, until="block2b")
    return model


@pytest.fixture(autouse=True)
def heard():
    """Python's own handler, also where a shell started the tests in the background, which makes them ignore Ctrl+C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def press_ctrl_c() -> None:
    signal.raise_signal(signal.SIGINT)  # to this thread; two that os.kill sends can become one on the way


def after(epoch: int, do):
    return lambda row: do() if row["epoch"] == epoch else None


def head_of(model) -> np.ndarray:
    return model.get_layer("head_output").get_weights()[0]


@pytest.mark.parametrize("keep", ["best", "last"])
def test_an_interrupted_training_is_one_of_fewer_epochs(small, model, flowers, keep):
    expected = attach_head(small, classes=5)
    freeze(expected, until="block2b")
    shorter = fit(expected, flowers, keep=keep, **WILD | {"epochs": 4})
    with pytest.raises(TrainingInterrupted, match="after 4 whole epochs") as caught:
        fit(model, flowers, keep=keep, on_epoch=after(4, press_ctrl_c), **WILD)
    run = caught.value.run
    assert run.kept_epoch == shorter.kept_epoch
    assert run.val_accuracy == shorter.val_accuracy
    assert len(run.history) == 4
    assert np.array_equal(head_of(model), head_of(expected))
    assert evaluate(model, flowers.val).accuracy == pytest.approx(run.val_accuracy)


def test_an_interrupted_training_can_go_on(model, flowers):
    with pytest.raises(KeyboardInterrupt):
        fit(model, flowers, on_epoch=after(2, press_ctrl_c), **WILD)
    assert len(fit(model, flowers, **WILD | {"epochs": 1}).history) == 1


def test_an_interrupt_while_the_frozen_blocks_run_leaves_the_model_alone(model, flowers, monkeypatch, tmp_path):
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path))  # or they might have run before
    before = head_of(model)

    def on_batch(what: str, done: int, total: int) -> None:
        if what == "activations":
            press_ctrl_c()

    with pytest.raises(TrainingInterrupted, match="weights from before training"):
        fit(model, flowers, on_batch=on_batch, **WILD)
    assert np.array_equal(head_of(model), before)


def test_a_second_interrupt_ends_it_at_once_with_the_best_weights_all_the_same(model, flowers):
    epochs = []

    def press_twice() -> None:
        press_ctrl_c()
        press_ctrl_c()

    with pytest.raises(KeyboardInterrupt) as caught:
        fit(model, flowers, on_epoch=lambda row: (epochs.append(row), after(3, press_twice)(row)), **WILD)
    assert not isinstance(caught.value, TrainingInterrupted)
    assert evaluate(model, flowers.val).accuracy == pytest.approx(max(row["val_accuracy"] for row in epochs))


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
@pytest.mark.parametrize("keep", ["best", "last"])
def test_an_error_in_a_callback_leaves_the_weights_that_are_to_be_kept(model, flowers, error, keep):
    rows = []

    def stumble(row: dict) -> None:
        rows.append(row)
        if row["epoch"] == 3:
            raise error("stumbled")

    with pytest.raises(error, match="stumbled"):
        fit(model, flowers, keep=keep, on_epoch=stumble, **WILD)
    reached = [row["val_accuracy"] for row in rows]
    assert evaluate(model, flowers.val).accuracy == pytest.approx(max(reached) if keep == "best" else reached[-1])


def test_ctrl_c_means_what_it_meant_once_training_is_over(model, flowers):
    before = signal.getsignal(signal.SIGINT)
    fit(model, flowers, **WILD | {"epochs": 1})
    assert signal.getsignal(signal.SIGINT) is before
    with pytest.raises(TrainingInterrupted):
        fit(model, flowers, on_epoch=after(1, press_ctrl_c), **WILD)
    assert signal.getsignal(signal.SIGINT) is before


def test_in_another_thread_interrupts_are_left_alone(model, flowers):
    done = []
    thread = threading.Thread(target=lambda: done.append(fit(model, flowers, **WILD | {"epochs": 1})))
    thread.start()
    thread.join()
    assert len(done[0].history) == 1
