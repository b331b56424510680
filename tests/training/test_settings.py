"""Training settings: one place for names, defaults and limits."""

import inspect
import json
import re
import subprocess
import sys

import keras
import numpy as np
import pytest

from helpers import Step, fit
from helpers.training.progress import TrainingProgress
from helpers.training.settings import DEFAULTS, TrainingSettings, check_seed


def test_fit_takes_each_setting_by_name_with_its_default():
    parameters = inspect.signature(fit).parameters
    taken = {name: parameters[name].default for name in TrainingSettings.names()}
    assert taken == DEFAULTS.chosen()
    assert all(parameters[name].kind is inspect.Parameter.KEYWORD_ONLY for name in list(parameters)[2:])


def test_a_step_is_settings_and_a_boundary():
    step = Step(until="block2a", epochs=2, weight_decay=0.01)
    assert step.chosen() == DEFAULTS.chosen() | {"epochs": 2, "weight_decay": 0.01}
    with pytest.raises(ValueError, match="Expected learning_rate"):
        Step(learning_rate=0)


def test_numbers_of_numpy_become_plain_ones():
    settings = TrainingSettings(epochs=np.int64(3), learning_rate=np.float32(0.5), label_smoothing=np.float64(0.25))
    assert json.loads(json.dumps(settings.record()))["epochs"] == 3
    assert repr(settings.learning_rate) == "0.5"
    assert type(check_seed(np.int32(7))) is int


def test_a_keras_schedule_is_recorded_by_its_kind():
    schedule = keras.optimizers.schedules.ExponentialDecay(1e-3, 10, 0.9)
    settings = TrainingSettings(schedule=schedule)
    assert settings.schedule is schedule
    assert settings.record()["schedule"] == "ExponentialDecay"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epochs", 0),
        ("epochs", 2.5),
        ("epochs", True),
        ("batch_size", 0),
        ("learning_rate", 0),
        ("learning_rate", -1e-3),
        ("learning_rate", float("nan")),
        ("learning_rate", float("inf")),
        ("learning_rate", "fast"),
        ("weight_decay", -1),
        ("weight_decay", None),
        ("label_smoothing", 1.0),
        ("label_smoothing", -0.1),
        ("class_weight", "even"),
        ("class_weight", {0: 1.0, 1: 9.0}),
        ("class_weight", 2),
        ("keep", "first"),
        ("schedule", "linear"),
    ],
)
def test_a_value_outside_its_limits_is_told(name, value):
    with pytest.raises(ValueError, match=f"Expected {name} .* Received: {re.escape(repr(value))}"):
        TrainingSettings(**{name: value})


@pytest.mark.parametrize("seed", [-1, None, 1.5, True])
def test_a_wrong_seed_is_told(seed):
    with pytest.raises(ValueError, match="Expected seed"):
        check_seed(seed)


def test_settings_are_made_without_loading_keras():
    code = "import sys; from helpers.training.settings import DEFAULTS; print('keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"


def test_an_answer_to_stop_that_is_neither_true_nor_false_is_told():
    asked = TrainingProgress(DEFAULTS, stop=lambda: np.array([1, 2]))
    with pytest.raises(ValueError, match=r"^Expected stop to return True or False\. Received: an array of shape "):
        asked.on_test_batch_end(0)
