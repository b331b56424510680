"""What a widget's callback raises reaches the learner as a line, and a test as a failure."""

from collections import OrderedDict

import pytest

from helpers.widgets import frame
from helpers.widgets.prediction import Prediction
from helpers.widgets.run_board import RunBoard


@pytest.fixture(autouse=True)
def no_trouble():
    """Fail a test after which a widget has shown an error that the test did not take from `frame.troubles`."""
    frame.troubles.clear()
    yield
    shown = list(frame.troubles)
    frame.troubles.clear()
    assert not shown, f"a widget's callback raised: {shown!r}"


@pytest.fixture(autouse=True)
def a_kernel_that_has_just_started(monkeypatch):
    """Let no test find the runs and predictions of another one."""
    monkeypatch.setattr(Prediction, "_kept", {})
    monkeypatch.setattr(RunBoard, "_kept", OrderedDict())


@pytest.fixture(scope="session")
def trained(efficientnet, flowers):
    """Return a model with a head trained on the bundled base at 32 pixels."""
    from helpers import attach_head, fit, freeze

    model = attach_head(efficientnet, classes=5)
    freeze(model, until="top")
    fit(model, flowers, epochs=5, learning_rate=3e-3, progress=False)
    return model


@pytest.fixture
def expected_trouble():
    """Return a function that takes the one error that a widget has shown."""

    def take() -> BaseException:
        (error,) = frame.troubles
        frame.troubles.clear()
        return error

    return take
