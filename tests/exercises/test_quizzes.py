"""Quizzes: one right choice a question, every choice explained, shown without an error."""

import re
from pathlib import Path

import jupyterquiz
import numpy as np
import pytest
from IPython.utils.capture import capture_output

from helpers.exercises import quizzes, records
from helpers.widgets import quiz

LESSONS = quizzes.lessons()


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_choice_is_explained_and_one_is_right(lesson):
    questions = quizzes.questions(lesson)
    assert 3 <= len(questions) <= 5
    for question in questions:
        assert question["type"] == "multiple_choice"
        answers = question["answers"]
        assert 3 <= len(answers) <= 4
        assert sum(answer["correct"] for answer in answers) == 1
        assert len({answer["answer"] for answer in answers}) == len(answers)
        assert all(len(answer["feedback"]) > 10 for answer in answers)


ALL = [question["answers"] for lesson in LESSONS for question in quizzes.questions(lesson)]


def length(answer):
    return len(answer["answer"])


def test_the_length_of_a_choice_does_not_give_it_away():
    chance = sum(1 / len(answers) for answers in ALL) / len(ALL)
    for extreme in (max, min):
        picked = sum(extreme(answers, key=length)["correct"] for answers in ALL) / len(ALL)
        assert abs(picked - chance) < 0.15, f"who always picks the {extreme.__name__} gets {picked:.0%} right"
    for answers in ALL:
        lengths = sorted(map(length, answers))
        assert lengths[-1] <= 1.6 * lengths[0], [answer["answer"] for answer in answers]


def test_a_comma_does_not_give_the_right_choice_away():
    share = {
        kind: np.mean(["," in answer["answer"] for answers in ALL for answer in answers if answer["correct"] is kind])
        for kind in (True, False)
    }
    assert abs(share[True] - share[False]) < 0.15


def place(answers):
    return [answer["correct"] for answer in answers].index(True)


def test_the_right_choice_is_in_each_place_about_equally_often():
    counts = np.bincount([place(answers) for answers in ALL])
    assert counts.min() > 0.2 * len(ALL)
    for lesson in LESSONS:
        assert len({place(question["answers"]) for question in quizzes.questions(lesson)}) == 3


def test_everybody_sees_the_choices_in_the_same_order():
    assert quizzes.questions("04") == quizzes.questions("04")


def test_nothing_in_a_quiz_asks_another_machine():
    scripts = "".join(path.read_text() for path in (Path(jupyterquiz.__file__).parent / "js").glob("*.js"))
    assert "https://cdn" in scripts  # else the filter is no longer needed
    filtered = quizzes.without_network(scripts)
    assert "https://cdn" not in filtered
    assert "typeof MathJax" not in re.sub(r"//.*", "", filtered)


def test_a_lesson_without_a_quiz_is_told_which_have_one():
    with pytest.raises(ValueError, match="04"):
        quizzes.show("99")


def test_answers_in_a_cell_are_judged_in_the_order_in_which_the_choices_are_shown():
    asked = quizzes.questions("04")
    rights = [place(question["answers"]) + 1 for question in asked]
    assert [each[1] for each in quizzes.judged("04", rights)] == [True] * len(asked)
    wrong = rights[1] % 3 + 1
    text, is_right, feedback = quizzes.judged("04", [None, wrong, *rights[2:]])[1]
    choice = asked[1]["answers"][wrong - 1]
    assert (text, is_right, feedback) == (choice["answer"], False, choice["feedback"])
    assert quizzes.judged("04", [None] * len(asked)) == [None] * len(asked)


@pytest.mark.parametrize(
    "wrong", [[1], [1, 1, 1, 4], [0, 1, 1, 1], [True, 1, 1, 1], ["a", 1, 1, 1], 3, "1111", [1.0] * 4]
)
def test_answers_that_do_not_fit_are_told_how_many_there_are(wrong):
    with pytest.raises(ValueError, match=r"each of the 4 questions.*3, 3, 3, 3 choices.*Received"):
        quizzes.judged("04", wrong)


def test_answers_in_a_cell_are_kept_and_said(tmp_path, monkeypatch):
    monkeypatch.setenv("GRAFT_PROGRESS", str(tmp_path))
    rights = [place(question["answers"]) + 1 for question in quizzes.questions("04")]
    with capture_output() as shown:
        quiz("04", answers=[rights[0], rights[1] % 3 + 1, None, rights[3]])
    assert records.kept() == {("04", "quiz1"): "right", ("04", "quiz2"): "wrong", ("04", "quiz4"): "right"}
    said = [line.split(",")[0] for line in shown.stdout.splitlines() if "Question" in line]
    assert said == ["✔ right: Question 1", "✘ wrong: Question 2", "✔ right: Question 4"]
    with capture_output() as shown:
        quiz("04")
    assert "Question" not in shown.stdout
