"""The record of a run, written and read."""

import pandas as pd
import pytest

from helpers import Run


@pytest.fixture
def run():
    history = {"epoch": [1, 2], "loss": [1.1, 1 / 3], "accuracy": [0.5, 0.7], "val_loss": [0.9, float("nan")]}
    history |= {"val_accuracy": [0.6, 0.65], "seconds": [0.1, 0.2]}
    moved = {"block": ["stem", "head"], "frozen": [True, False], "weights_moved": [0.0, 1e-17], "statistics_moved": 0.0}
    return Run(pd.DataFrame(history), 3.5, "top", pd.DataFrame(moved), {"epochs": 2}, {"val_accuracy": 0.2}, 1)


def test_what_is_read_is_what_was_written_to_the_last_digit(run, tmp_path):
    again = Run.load(run.save(tmp_path / "deep" / "run.json"))
    pd.testing.assert_frame_equal(again.history, run.history, check_exact=True)
    pd.testing.assert_frame_equal(again.moved, run.moved, check_exact=True)
    assert (again.seconds, again.boundary, again.settings) == (3.5, "top", {"epochs": 2})
    assert (again.start, again.kept_epoch) == (run.start, run.kept_epoch)
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["run.json"]


def test_the_kept_epoch_speaks(run):
    assert run.val_accuracy == 0.6
    assert "kept epoch 1, val accuracy 0.600" in repr(run)


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"history": 1}'])
def test_another_file_is_told(tmp_path, content):
    (tmp_path / "run.json").write_text(content)
    with pytest.raises(ValueError, match=r"written by run\.save"):
        Run.load(tmp_path / "run.json")
