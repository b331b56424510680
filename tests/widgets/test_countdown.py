"""The countdown: as foreseen at first, and by the run's own pace once it has one."""

import pytest

from helpers.widgets import countdown
from helpers.widgets.countdown import Countdown


@pytest.fixture(autouse=True)
def a_clock_at_100(monkeypatch):
    monkeypatch.setattr(countdown.time, "monotonic", lambda: 100.0)


def test_it_counts_down_what_was_foreseen():
    count = Countdown(20.0)
    assert count.left(0, 100.0) == ", about 20 s left"
    assert count.left(0, 112.0) == ", about 8 s left"
    assert count.left(0, 121.0) == ", about to end"


def test_its_own_pace_replaces_a_wrong_forecast():
    count = Countdown(2.0)
    count.last_step = True
    for done in range(1, 12):
        count.note("training", done, 110.0 + done)  # a step per second
    assert count.left(50, 121.0) == ", about 39 s left"


def test_only_the_last_trainings_steps_have_a_pace():
    count = Countdown(60.0)
    for done in range(1, 12):
        count.note("training", done, 100.0 + done)  # the head first
    assert count.left(11, 111.0) == ", about 49 s left"
    count.last_step = True
    for done in range(1, 12):
        count.note("activations", done, 111.0 + done)
    assert count.left(11, 122.0) == ", about 38 s left"


def test_nothing_is_said_where_nothing_is_known():
    assert Countdown(None).left(10, 100.0) == ""
