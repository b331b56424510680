"""How good a model is before it is trained: measured once for all runs that begin alike, and again for any other."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from helpers import attach_head, evaluate, fit, freeze
from helpers.network import twins

HOW = {"epochs": 1, "learning_rate": 1e-3, "progress": False}


@pytest.fixture(autouse=True)
def _no_twins():
    twins.forget()


@pytest.fixture
def evaluations(monkeypatch):
    """Count how often Keras evaluates a network outside its own `fit`."""
    counted, real = [], keras.Model.evaluate

    def counting(self, *arguments, **options):
        if "callbacks" in options and "_use_cached_eval_dataset" not in options:
            counted.append(1)
        return real(self, *arguments, **options)

    monkeypatch.setattr(keras.Model, "evaluate", counting)
    return counted


def begun(small, photos, seed: int = 0, **how) -> dict[str, float]:
    """Return the start of a run."""
    model = attach_head(small, classes=5, seed=seed)
    freeze(model, until="block2a")
    return fit(model, photos, **HOW | how).start


def test_runs_that_begin_alike_ask_once_and_are_told_the_truth(small, flowers, evaluations):
    first, second = begun(small, flowers), begun(small, flowers, learning_rate=1e-4)
    assert len(evaluations) == 1
    assert first == second
    assert first["val_accuracy"] == pytest.approx(evaluate(attach_head(small, classes=5), flowers.val).accuracy)


def test_other_weights_labels_or_batches_are_asked_again(small, flowers, evaluations):
    turned = replace(flowers, val=replace(flowers.val, labels=np.roll(flowers.val.labels, 7)))
    others = [(flowers, {}), (flowers, {"seed": 1}), (turned, {}), (flowers, {"batch_size": 7})]
    starts = [begun(small, photos, **how) for photos, how in others]
    assert len(evaluations) == len(others)
    for start, (photos, how) in zip(starts, others, strict=True):
        twins.forget()
        assert begun(small, photos, **how) == start
    assert len({start["val_loss"] for start in starts[:3]}) == 3


def test_a_run_that_is_stopped_at_once_tells_nothing_whether_its_start_is_known_or_not(small, flowers, evaluations):
    unknown = begun(small, flowers, stop=lambda: True)
    assert begun(small, flowers)["val_accuracy"] >= 0
    assert len(evaluations) == 2
    known = begun(small, flowers, stop=lambda: True)
    assert np.isnan([*unknown.values(), *known.values()]).all()
    assert len(evaluations) == 2


def test_where_nothing_is_kept_every_run_asks(small, flowers, evaluations):
    assert begun(small, flowers, cache=False) == begun(small, flowers, cache=False)
    assert len(evaluations) == 2
