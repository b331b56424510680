"""What a training shows of itself: lines, a bar alone, or nothing."""

import pytest

from helpers import config, fit
from helpers.training import bar as bars_of_training
from helpers.training.bar import TrainingBar


@pytest.fixture(autouse=True)
def _bars_at_once(monkeypatch):
    monkeypatch.setattr(config, "PROGRESS_AFTER", 0)
    monkeypatch.delenv("TQDM_DISABLE")


@pytest.mark.parametrize(
    ("progress", "lines", "bar"), [(True, True, False), (False, False, False), ("bar", False, True)]
)
def test_lines_a_bar_or_nothing(model, flowers, capsys, progress, lines, bar):
    fit(model, flowers, epochs=2, progress=progress, cache=False)
    shown = capsys.readouterr()
    assert ("epoch  2/2" in shown.out) == lines
    assert (shown.out == "") == (not lines)
    assert ("of 2 steps" in shown.err) == bar
    assert progress or not shown.err


def test_each_part_of_a_training_is_told(model, flowers, monkeypatch, tmp_path):
    told = []

    class Told:
        def __init__(self, what, total, unit, waited):
            assert waited < 60
            self.to = lambda done: told.append((what, done, total, unit))
            self.close = lambda: told.append(("closed", what))

    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path))
    monkeypatch.setattr(bars_of_training, "Bar", Told)
    fit(model, flowers, epochs=2, progress="bar")
    photos = len(flowers.train) + len(flowers.val)
    assert told[0] == ("frozen blocks", 0, photos, "photos")
    ran = told.index(("frozen blocks", photos, photos, "photos"))
    steps = 2 * -(-len(flowers.train) // 32)
    begun = told.index(("training", 0, steps, "steps"))
    assert told[ran + 1 : begun] == [("closed", "frozen blocks"), ("closed", "preparing the first step")]
    ends = [("closed", "training")]
    assert told[begun + 1 :] == [("training", step, steps, "steps") for step in range(1, steps + 1)] + ends


def test_every_line_stands_where_the_bar_was(model, flowers, monkeypatch, tmp_path, capsys):
    """The bar is cleared first, or the line would be written behind it."""
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path))
    monkeypatch.setattr(TrainingBar, "clear", lambda bar: print("cleared"))
    fit(model, flowers, epochs=2)
    lines = capsys.readouterr().out.splitlines()
    assert lines[:5:2] == ["cleared"] * 3
    assert lines[1].startswith("Computed the activations")


def test_an_error_removes_the_bar(model, flowers, capsys):
    def fail(row):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fit(model, flowers, epochs=2, progress="bar", on_epoch=fail)
    assert capsys.readouterr().err.endswith("\r")


def test_what_nobody_wants_to_see_makes_no_bar(monkeypatch):
    monkeypatch.setattr(bars_of_training, "Bar", None)
    TrainingBar(False).to("training", 1, 2)


@pytest.mark.parametrize("wrong", ["line", 1, None, "Bar"])
def test_anything_else_is_refused(model, flowers, wrong):
    with pytest.raises((TypeError, ValueError), match='Expected progress to be True, False or "bar"'):
        fit(model, flowers, progress=wrong)
