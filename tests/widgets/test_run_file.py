"""Runs of the lab in a file: what comes back is what was saved, and files of anything else are refused."""

import numpy as np
import pandas as pd
import pytest

from helpers import Step
from helpers.widgets import FreezeLab
from helpers.widgets.run_board import RunBoard


@pytest.fixture
def saved(small, flowers, tmp_path):
    """Two runs, saved by the button, and the lab that made them."""
    lab = FreezeLab(flowers, small, steps=[Step(epochs=1)], until="block2a", epochs=2, schedule="cosine")
    for rate in (1e-3, 1e-4):
        lab.learning_rate.value = rate
        lab.train.click()
        lab.worker.wait()
        lab.clock.stop()
        lab.clock.wait()
    lab.board.file.value = str(tmp_path / "mine")
    lab.board.save_it.click()
    assert f"saved in {tmp_path / 'mine.npz'}" in lab.board.filed.value
    return lab, tmp_path / "mine.npz"


def in_a_new_kernel(photos, base) -> FreezeLab:
    RunBoard._kept.clear()
    return FreezeLab(photos, base)


def test_runs_come_back_with_table_code_and_model(saved, small, flowers):
    lab, path = saved
    again = in_a_new_kernel(flowers, small)
    assert again.go_on.disabled
    again.board.file.value = str(path)
    again.board.load_it.click()
    assert "2 runs loaded" in again.board.filed.value
    assert again.board.rows() == lab.board.rows()
    for (recipe, run), (old_recipe, old_run) in zip(again.runs, lab.runs, strict=True):
        assert recipe.steps == old_recipe.steps
        pd.testing.assert_frame_equal(run.history, old_run.history)
        pd.testing.assert_frame_equal(run.moved, old_run.moved)
    assert again.board.code.code == lab.board.code.code
    for mine, theirs in zip(again.model.get_weights(), lab.model.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    assert not again.go_on.disabled


def test_loaded_runs_join_those_on_the_table(saved):
    lab, path = saved
    assert lab.board.load(path) == "2 runs"
    assert [row["run"] for row in lab.board.rows()] == [1, 2, 3, 4]


def test_runs_on_other_photos_are_refused(saved, small, flowers):
    _, path = saved
    other = in_a_new_kernel(flowers.with_per_class(3), small)
    with pytest.raises(ValueError, match="runs on other photos"):
        other.board.load(path)
    assert not other.runs


def test_what_is_no_such_file_is_told_beside_the_buttons(small, flowers, tmp_path):
    lab = in_a_new_kernel(flowers, small)
    lab.board.file.value = str(tmp_path / "nothing")
    lab.board.load_it.click()
    assert "isn't there" in lab.board.filed.value.replace("&#x27;", "'")
    (tmp_path / "letter.npz").write_text("dear reader")
    lab.board.file.value = str(tmp_path / "letter")
    lab.board.load_it.click()
    assert "a file that the lab saved" in lab.board.filed.value
    lab.board.save_it.click()
    assert "Press Train first" in lab.board.filed.value
    assert 'role="alert"' in lab.board.filed.value
