"""Every problem: its solution is right, whatever else is answered gets a sentence, and nothing ever raises."""

import re

import keras
import numpy as np
import pandas as pd
import pytest

from helpers.exercises.problem import NOT_ATTEMPTED, NOT_CHECKED, RIGHT, WRONG, Problem
from helpers.exercises.running import run_on
from helpers.exercises.view import Question
from tests.exercises.room import QUESTIONS, given


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_solution_is_right(name, room):
    question = QUESTIONS[name]
    cells = dict(room)
    exec(question.solution().text, cells)
    said = question.check(cells["answer"], **given(name, room))
    assert said.head.endswith(RIGHT), said


class Odd:
    """Something that cannot even be compared."""

    __hash__ = None

    def __eq__(self, other):
        raise RuntimeError("no comparing")


def models() -> list:
    """Models that no question asks for: without a base, never called, with two outputs."""
    inputs = keras.Input((32, 32, 3))
    flat = keras.layers.Flatten()(inputs)
    return [keras.Model(inputs, flat), keras.Model(inputs, [flat, flat]), keras.Sequential([keras.layers.Dense(2)])]


NONSENSE = [
    True, 3.7, float("nan"), 10**400, 1 + 2j, "a word", b"x", [], {}, {"a": 1}, {1}, range(3), object(), Odd(),
    [None, None],
    [[1], [1, 2]], ["a", "b"], (1, 2, 3), ([0], [1]), ([-1], [999]), [float("nan")] * 2, np.zeros(3), np.zeros((2, 2)),
    np.array("a"), pd.DataFrame({"a": [1]}), pd.Series([1.0, 2]), {"daisy": [1], "roses": [1], "tulips": [1]},
]  # fmt: skip


@pytest.mark.filterwarnings("ignore")  # NumPy warns of some of it, as it does in a lesson
@pytest.mark.parametrize("name", QUESTIONS)
def test_nonsense_is_wrong_and_raises_nothing(name, room):
    values = [*NONSENSE, *models()]
    # This check trains a model for whatever function it is given, and doesn't look at what the function returns.
    for value in values[::10] if name == "lesson_11.q2" else values:
        for answer in (value, lambda *arguments, value=value: value):
            said = QUESTIONS[name].check(answer, **given(name, room))
            assert said.head.endswith(WRONG), f"{value!r}: {said}"
            assert len(said.text) > 20


def spoil(first, *others):
    first.clear() if hasattr(first, "clear") else first.__setitem__(slice(None), 0)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("function", [lambda *arguments: 1 / 0, lambda: 1, spoil, lambda *arguments: exit()])
def test_functions_that_fail_or_spoil_what_they_are_given_are_wrong(name, function, room):
    said = QUESTIONS[name].check(function, **given(name, room))
    assert said.head.endswith(WRONG), said


@pytest.fixture
def log(monkeypatch, tmp_path):
    """Return where the log of errors will lie."""
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "errors.log"


def faulty_check(answer):
    return {}["no such key"]


FAULTY = Problem("q0", "Is it so?", faulty_check, "Yes.", ("a",), "answer = 0")


def test_a_faulty_check_is_not_blamed_on_the_learner(log):
    said = Question(FAULTY).check(1)
    assert said.head == f"⚠ {NOT_CHECKED}"
    assert said.text == (
        f"The check itself failed, which is not your fault: KeyError: 'no such key'; the traceback is in {log}."
    )
    assert "in faulty_check" in log.read_text()


def test_a_faulty_check_is_told_in_one_sentence_where_no_log_can_be_written(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path / "file"))
    said = Question(FAULTY).check(1)
    assert said.text == "The check itself failed, which is not your fault: KeyError: 'no such key'."


def test_what_the_learners_function_raises_is_the_learners(log):
    def divides(answer):
        run_on(answer, 0)

    said = Question(Problem("q0", "?", divides, "Yes.", ("a",), "")).check(lambda number: 1 / number)
    assert said.head.endswith(WRONG)
    assert said.text == "Your function raised ZeroDivisionError: division by zero"
    assert not log.exists()


@pytest.mark.parametrize("name", QUESTIONS)
def test_dots_are_not_an_attempt_and_none_is_not_an_answer(name, room):
    for nothing in ((), (...,)):
        assert QUESTIONS[name].check(*nothing).head.endswith(NOT_ATTEMPTED)
    assert "Your answer is None" in QUESTIONS[name].check(None, **given(name, room)).text


def test_what_a_check_needs_beside_the_answer_may_be_given_in_its_order(room):
    width = room["base"].output_shape[-1]
    question, answer = QUESTIONS["lesson_03.q2"], (width + 1) * 64 + 65 * 5
    assert question.check(answer, room["base"], 5, units=64).head.endswith(RIGHT)
    for wrong in ((room["base"],), (room["base"], 5, 64, "more")):
        said = question.check(answer, *wrong)
        assert said.head.endswith(NOT_CHECKED)
        assert "q2.check(answer, base=base, classes=classes, units=units)" in said.text


@pytest.mark.parametrize("name", QUESTIONS)
def test_hints_become_plainer_and_do_not_run_out(name):
    question = QUESTIONS[name]
    count = len(question.problem.hints)
    hints = [question.hint() for _ in range(count + 2)]
    told = [hint.text for hint in hints]
    assert told[-1] == told[-2]
    assert len(set(told)) == count >= 2
    assert [hint.head for hint in hints[:count]] == [f"Hint {number} of {count}" for number in range(1, count + 1)]
    assert hints[-1].head == f"Hint {count} of {count}"


def test_what_is_said_can_be_read_without_colours_and_is_escaped():
    problem = Problem(
        "q0", "Is <it> so?", lambda answer: "No, <never>." if answer else None, "Yes.", ("a",), "answer = 0"
    )
    said = Question(problem).check(1)
    assert repr(said) == "✘ wrong: No, <never>."
    assert "&lt;never&gt;" in said._repr_html_()
    assert 'role="status"' in said._repr_html_()
    right, first = Question(problem).check(0)._repr_html_(), Question(problem).check()._repr_html_()
    looks = {re.search(r"border-left:6px (\w+)", each)[1] for each in (right, said._repr_html_(), first)}
    assert len(looks) == 3, "the lines differ in shape"
    assert "border-radius:50%" in right
    assert "border-radius:0" in said._repr_html_()
    assert repr(Question(problem)) == "<q0: Is <it> so?>"
    assert "answer = 0" in repr(Question(problem).solution())


def test_hints_open_one_inside_the_other_below_what_is_wrong_or_missing():
    hints = ("Vague.", "Plain <b>.", "All.")
    question = Question(Problem("q0", "Is it so?", lambda answer: "No." if answer else None, "Yes.", hints, "a = 0"))
    for said in (question.check(1), question.check()):
        shown = said._repr_html_()
        assert shown.count("<details") == shown.count("</details>") == 3
        places = [shown.index(each) for each in ("Vague.", "Plain &lt;b&gt;.", "All.")]
        assert places == sorted(places)
        assert shown.rindex("<details") < places[2] < shown.index("</details>"), "the plainest is inside all others"
        assert "a = 0" not in shown, "the solution is not among the hints"
    assert "<details" not in question.check(0)._repr_html_()
