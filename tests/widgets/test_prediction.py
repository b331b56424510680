"""Prediction: a guess is kept, and held against the truth."""

import pytest

from helpers.experiments.bands import Band
from helpers.widgets import Prediction, prediction


@pytest.fixture
def guess(monkeypatch):
    monkeypatch.setattr(prediction, "stored_band", lambda lesson, result: Band((0.75, 0.8, 0.79)))
    return Prediction("04", "accuracy", "What share will it classify correctly?")


def test_a_committed_guess_stands_beside_the_truth(guess):
    guess.control.value = 0.6
    guess.button.click()
    assert guess.committed == 0.6
    shown = guess.reveal(0.79)
    assert "You predicted 0.6. Measured: 0.79. You were 0.19 off." in shown.text
    assert "0.75 to 0.8" in shown.text
    assert shown.data[:4] in (b"\x89PNG", b"RIFF")


def test_the_first_guess_counts(guess):
    guess.commit(0.5)
    guess.commit(0.9)
    assert guess.committed == 0.5
    assert guess.button.disabled


def test_without_a_guess_the_truth_is_shown_alone_and_it_is_too_late_then(guess):
    assert "You haven't made a prediction. Measured: 0.79." in guess.reveal(0.79).text
    guess.button.click()
    assert guess.committed is None
    assert "The result is already known" in guess.said.value


def test_a_choice_is_right_or_not():
    def ask():
        return Prediction("99", "winner", "Which will win?", choices=("the small rate", "the large rate"))

    first, second = ask(), ask()
    first.commit("the small rate")
    second.control.value = "the large rate"
    second.button.click()
    assert "You were right." in first.reveal("the small rate").text
    assert "You predicted something else." in second.reveal("the small rate").text
    assert "Several seeds" not in first.verdict(), "nothing was measured for this lesson"


def test_what_cannot_be_guessed_is_refused(guess):
    for wrong in (1.5, "much", None, True):
        with pytest.raises(ValueError, match="a number from 0 to 1"):
            guess.commit(wrong)
    with pytest.raises(ValueError, match="at least two choices"):
        Prediction("04", "accuracy", "?", choices=("only one",))
    with pytest.raises(ValueError, match="range"):
        Prediction("04", "accuracy", "?", low=1, high=1)


def test_where_widgets_do_not_render_the_question_is_read(guess):
    bundle = guess._repr_mimebundle_()
    assert "What share will it classify correctly?" in bundle["text/html"]
    assert repr(guess) == "<Prediction: What share will it classify correctly?>"
