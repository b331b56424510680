"""The race's widget without a browser: it shows what `race` tells and returns, and can be stopped."""

import re
import threading

import pandas as pd
import pytest

from helpers.experiments.race import COLUMNS, CURVE_COLUMNS, METHODS
from helpers.widgets import Race, frame
from helpers.widgets import race as race_module
from tests.patience import SOON

REACHED = {"from scratch": 0.25, "frozen base": 0.85, "fine-tuned": 0.9}


def told_race(photos, base, seconds, *, until, seed, on_look, on_piece, stop) -> pd.DataFrame:
    """Stand in for `race`: the same calls, without training. It waits for a stop if there is a whole minute."""
    for _ in METHODS:
        on_piece("getting ready", 0.0)
    curve = []
    for number, method in enumerate(METHODS, start=1):
        if stop():
            break
        on_piece(method, seconds / 3 * number)
        curve.append((method, seconds / 3, 1.5, REACHED[method]))
        on_look(pd.DataFrame(curve, columns=CURVE_COLUMNS))
    while seconds == 60 and not stop():
        pass
    rows = [(method, 1.5, seconds / 3, right, right - 0.1, right + 0.1) for method, _, _, right in curve]
    table = pd.DataFrame(rows, columns=COLUMNS)
    table.attrs["curves"] = pd.DataFrame(curve, columns=CURVE_COLUMNS).to_dict("records")
    return table


@pytest.fixture
def widget(flowers, small, monkeypatch):
    monkeypatch.setattr(race_module, "race", told_race)
    return Race(flowers, small, seconds=15)


def run(widget: Race) -> None:
    widget.start.click()
    widget.worker.wait()


def test_at_the_end_there_is_a_table_and_a_sentence(widget):
    heard = []
    widget.said.observe(lambda change: heard.append(re.sub("<[^>]*>", "", change.new)), "value")
    run(widget)
    assert [row["method"] for row in widget.rows()] == list(METHODS)
    assert widget.rows()[2] == {
        "method": "fine-tuned", "epochs": "1.5", "seconds": "5.0", "val accuracy": "0.900",
        "95% interval": "0.800 to 1.000",
    }  # fmt: skip
    marked = re.search(r"<tr class=graft-marked><td>([^<]*)", widget.result.value)
    assert marked[1] == "fine-tuned"
    assert "Getting ready" in heard[0]
    assert heard[1] == "The clock is running."
    assert heard[-1] == (
        "Time is up after 15 seconds. Validation accuracy: fine-tuned 0.900 (0.800 to 1.000), "
        "frozen base 0.850 (0.750 to 0.950), from scratch 0.250 (0.150 to 0.350)."
    )
    assert len(heard) == 3  # a screen reader isn't told every piece of work
    assert (widget.start.disabled, widget.stop.disabled) == (False, True)
    assert "fine-tuned 0.900 after 5 s" in widget.shown.value
    assert widget.bar.value == 1
    assert repr(widget).startswith("<Race: after 15 seconds, fine-tuned 0.900")


def test_models_that_get_ready_are_counted(widget):
    for _ in range(2):  # a second race counts anew
        told = []
        widget.count.observe(lambda change, told=told: told.append(change.new), "value")
        run(widget)
        assert told[:3] == ["model 1 of 3", "model 2 of 3", "model 3 of 3"]
        widget.count.unobserve_all("value")


def test_stop_ends_it_and_compares_what_there_is(widget):
    widget.seconds.value = 60
    widget.start.click()
    assert (widget.start.disabled, widget.stop.disabled) == (True, False)
    widget.stop.click()
    widget.worker.wait()
    assert "Stopped" in widget.said.value
    assert not widget.start.disabled


def test_stopped_before_the_clock_started_there_is_no_table(widget, monkeypatch):
    begun = threading.Event()

    def never_ready(*_, stop, **__) -> pd.DataFrame:
        begun.set()
        while not stop():
            pass
        return pd.DataFrame(columns=COLUMNS)

    monkeypatch.setattr(race_module, "race", never_ready)
    widget.start.click()
    assert begun.wait(SOON)
    widget.stop.click()
    widget.worker.wait()
    assert "nothing was trained" in widget.said.value
    assert widget.table is None
    assert widget.result.value == ""


def test_a_second_race_stops_the_first(widget, flowers, small):
    widget.seconds.value = 60
    widget.start.click()
    other = Race(flowers, small, seconds=15)
    run(other)
    assert not widget.worker.busy
    assert "Time is up" in other.said.value


def test_what_goes_wrong_is_shown_and_it_can_be_started_again(flowers, small, expected_trouble):
    widget = Race(flowers, small, until="top")
    run(widget)
    assert "a block below top" in str(expected_trouble())
    assert "a block below top" in widget.trouble.value
    assert (widget.start.disabled, widget.stop.disabled) == (False, True)


def test_before_the_first_race_it_says_what_to_do(widget):
    assert "each gets 5 seconds" in widget.notes.value
    widget.seconds.value = 120
    assert "each gets 40 seconds" in widget.notes.value
    assert "120 seconds; not run yet" in widget._repr_mimebundle_()["text/html"]
    for wrong in (0, True, "60"):
        with pytest.raises(ValueError, match="seconds"):
            Race(widget.photos, widget.base, seconds=wrong)


def test_two_that_are_equal_have_no_winner(widget):
    widget.table = pd.DataFrame([("a", 1, 1, 0.5, 0.4, 0.6), ("b", 1, 1, 0.5, 0.4, 0.6)], columns=COLUMNS)
    assert widget._winner() is None


def test_its_thread_draws_without_pyplot(widget, monkeypatch):
    monkeypatch.setattr("matplotlib.pyplot.figure", lambda *_, **__: 1 / 0)
    monkeypatch.setattr("matplotlib.pyplot.subplots", lambda *_, **__: 1 / 0)
    run(widget)
    assert widget.picture()
    assert not frame.troubles
