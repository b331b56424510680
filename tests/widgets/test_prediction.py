"""Prediction: a guess is kept, and held against the truth."""

import pytest

from helpers import plots
from helpers.experiments.bands import Band
from helpers.widgets import Prediction, prediction


@pytest.fixture
def guess(monkeypatch):
    monkeypatch.setattr(prediction, "stored_band", lambda lesson, result: Band((0.75, 0.8, 0.79)))
    return Prediction("04", "accuracy", "What share will it classify correctly?")


@pytest.fixture
def drawn(monkeypatch):
    """Return what is written in each picture that is drawn, from top to bottom."""
    seen, real = [], plots.described

    def described(ax, text):
        seen.append([" ".join(each.get_text().split()) for each in ax.figure.texts[::-1]])
        return real(ax, text)

    monkeypatch.setattr(plots, "described", described)
    return seen


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


def test_without_a_prediction_the_result_stays_covered(guess):
    shown = guess.reveal(0.79)
    assert shown.text == "Make your prediction above, or press Skip there, and run this cell again."
    assert "0.79" not in shown._repr_mimebundle_()["text/html"]
    guess.commit(0.5)
    assert "You predicted 0.5. Measured: 0.79." in guess.reveal(0.79).text


def test_who_skips_sees_the_result_and_it_is_too_late_then(guess):
    guess.pass_over.click()
    assert "The next cells will show the result" in guess.said.value
    assert "You haven't made a prediction. Measured: 0.79." in guess.reveal(0.79).text
    guess.commit(0.5)
    assert guess.committed is None
    assert "The result is already known" in guess.said.value


def test_who_skips_can_still_predict_before_the_result_is_there(guess):
    guess.skip()
    guess.commit(0.5)
    assert "You predicted 0.5." in guess.reveal(0.79).text


def test_running_the_cell_again_keeps_what_was_predicted(guess):
    guess.commit(0.5)
    again = Prediction("04", "accuracy", "What share will it classify correctly?")
    assert again.committed == 0.5
    assert "You predicted 0.5" in again.said.value
    assert again.button.disabled
    assert Prediction("04", "accuracy", "And what share of the tulips?").committed is None
    assert again.control.value == again.committed


def test_a_press_before_the_slider_was_moved_is_told_and_not_lost(guess):
    assert not guess.button.disabled, "or a quick press would never reach the kernel"
    guess.button.click()
    assert guess.committed is None
    assert "Move the slider first" in guess.said.value
    guess.control.value = 0.3
    guess.button.click()
    assert guess.committed == 0.3


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


def test_a_reader_of_the_stored_page_sees_the_question_and_what_to_do(guess, drawn):
    guess.picture()
    guess.reveal(0.79)
    ask = "Make your prediction above, or press Skip there, and run this cell again."
    assert drawn == [[guess.question, "Make a prediction before you go on."], [guess.question, ask]]


def test_a_picture_that_is_drawn_later_shows_what_was_predicted(guess, drawn):
    guess.commit(0.5)
    assert guess.picture().text == "What share will it classify correctly? You predicted 0.5."
    guess.reveal(0.79)
    assert drawn == [[guess.question, "You predicted 0.5."], [guess.question, guess.verdict()]]


def test_choices_have_circles_until_one_is_chosen(drawn):
    ask = Prediction("99", "taller", "Does it cost $5 or $6?", choices=("this", "that"))
    assert len(ask._marked().lines) == 2
    ask.picture()
    assert drawn == [["Does it cost $5 or $6?", "Choose an answer before you go on."]]
    ask.commit("that")
    assert [line.get_marker() for line in ask._marked().lines] == [">"]
