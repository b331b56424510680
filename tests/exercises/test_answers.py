"""Each problem is tried with answers that learners give: right ones are taken, wrong ones told what is wrong."""

import importlib
import re

import pytest

from helpers.exercises.problem import RIGHT, WRONG
from tests.exercises.answers import Made
from tests.exercises.room import QUESTIONS, given

ANSWERS = {
    f"{lesson}.{name}": answers
    for lesson in sorted({name.split(".")[0] for name in QUESTIONS})
    for name, answers in importlib.import_module(f"tests.exercises.answers.{lesson}").ANSWERS.items()
}
TAKEN = [(name, number) for name, answers in ANSWERS.items() for number in range(len(answers.right))]
REJECTED = [(name, number) for name, answers in ANSWERS.items() for number in range(len(answers.wrong))]


def check(name, answer, room):
    answer = answer.make(room) if isinstance(answer, Made) else answer
    return QUESTIONS[name].check(answer, **given(name, room))


@pytest.mark.filterwarnings("ignore")  # NumPy and Keras warn of some of them, as they do in a lesson
@pytest.mark.parametrize(("name", "number"), TAKEN)
def test_a_right_answer_in_another_style_is_taken(name, number, room):
    said = check(name, ANSWERS[name].right[number], room)
    assert said.head.endswith(RIGHT), said


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "number"), REJECTED)
def test_a_wrong_answer_is_told_what_is_wrong(name, number, room):
    answer, words = ANSWERS[name].wrong[number]
    said = check(name, answer, room)
    assert said.head.endswith(WRONG), said
    assert words in said.text or re.search(words, said.text), said
    assert len(said.text.splitlines()) == 1


@pytest.mark.parametrize("name", QUESTIONS)
def test_each_problem_is_tried_with_several_answers(name):
    assert len(ANSWERS[name].right) >= 3
    assert len(ANSWERS[name].wrong) >= 6
