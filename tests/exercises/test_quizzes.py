"""Quizzes: one right choice a question, every choice explained, shown without an error."""

import re
from pathlib import Path

import jupyterquiz
import pytest

from helpers.exercises import quizzes

LESSONS = sorted(path.stem for path in Path(quizzes.__file__).parent.glob("*.json"))


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


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_right_choice_does_not_always_stand_in_the_same_place(lesson):
    places = [
        [answer["correct"] for answer in question["answers"]].index(True) for question in quizzes.questions(lesson)
    ]
    assert len(set(places)) > 1


def test_nothing_in_a_quiz_asks_another_machine():
    scripts = "".join(path.read_text() for path in (Path(jupyterquiz.__file__).parent / "js").glob("*.js"))
    assert "https://cdn" in scripts  # else the filter is no longer needed
    filtered = quizzes.without_network(scripts)
    assert "https://cdn" not in filtered
    assert "typeof MathJax" not in re.sub(r"//.*", "", filtered)


def test_a_lesson_without_a_quiz_is_told_which_have_one():
    with pytest.raises(ValueError, match="04"):
        quizzes.quiz("99")
