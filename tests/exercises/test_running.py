"""What runs a learner's code: a time limit, inputs compared, errors in a sentence, and random numbers left alone."""

import contextlib
import random
import signal
import threading
import time

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from helpers.exercises import time_limit
from helpers.exercises.problem import RIGHT, WRONG, Problem
from helpers.exercises.random_state import random_state_kept
from helpers.exercises.running import AnswerError, expecting, run_on
from helpers.exercises.view import Question
from tests.patience import SOON


def asking(judge):
    return Question(Problem("q0", "?", judge, "Yes.", ("a", "b"), ""))


def forever(number):
    while True:
        number += 1


def forever_and_stubborn(number):
    while True:
        with contextlib.suppress(BaseException):  # as `except: pass` does
            number = -number


def asleep(number):
    time.sleep(60)


def endless_numbers(number):
    while True:
        number += 1
        yield number


@pytest.fixture
def hurry(monkeypatch):
    """Let the time be up soon."""
    monkeypatch.setattr(time_limit, "SECONDS", 0.3)
    monkeypatch.setattr(time_limit.allowance, "seconds", 0.3)


needs_alarm = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no alarm on this system")


@needs_alarm
@pytest.mark.parametrize("function", [forever, forever_and_stubborn, asleep, endless_numbers])
def test_an_answer_that_never_ends_is_stopped_and_told(function, hurry):
    def judge(answer):
        found = run_on(answer, 1)
        with expecting("Expected numbers."):
            list(found)

    started = time.monotonic()
    said = asking(judge).check(function)
    assert said.head.endswith(WRONG)
    assert "still running after" in said.text
    assert time.monotonic() - started < SOON
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


@needs_alarm
def test_the_time_of_all_calls_counts_together(hurry):
    calls = []

    def judge(answer):
        for number in range(100):
            calls.append(number)
            run_on(answer, 0.05)

    assert "still running" in asking(judge).check(time.sleep).text
    assert len(calls) < 10


@needs_alarm
def test_the_limit_leaves_somebody_elses_timer_running():
    rang = []
    before = signal.signal(signal.SIGALRM, lambda *_: rang.append(True))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        assert run_on(lambda: 1) == 1
        time.sleep(0.5)
        assert rang == [True]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_outside_the_main_thread_answers_are_checked_without_a_limit():
    said = []
    thread = threading.Thread(target=lambda: said.append(asking(lambda answer: run_on(answer)).check(lambda: None)))
    thread.start()
    thread.join()
    assert said[0].head.endswith(RIGHT)


def test_the_user_can_still_interrupt():
    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        asking(lambda answer: run_on(answer)).check(interrupted)


@pytest.mark.parametrize(
    ("given", "change"),
    [
        ([3, 1, 2], lambda values: values.sort()),
        ([[1], [2]], lambda values: values[0].append(2)),
        ({"a": 1}, lambda values: values.update(b=2)),
        ({"a": 1}, lambda values: values.clear()),
        (np.arange(3), lambda values: values.__setitem__(0, 5)),
        ([np.zeros(3)], lambda values: values[0].fill(1)),
        (np.arange(4), lambda values: values.resize((2, 2), refcheck=False)),
        (pd.DataFrame({"a": [1, 2]}), lambda values: values.insert(0, "b", 0)),
        (pd.DataFrame({"a": [1, 2]}), lambda values: values.loc.__setitem__((0, "a"), 7)),
        (pd.Series([1, 2]), lambda values: values.iloc.__setitem__(0, 9)),
    ],
)
def test_a_function_that_changes_what_it_is_given_is_told_which(given, change):
    def answer(first, values):
        change(values)

    with pytest.raises(AnswerError, match="changes 'values'"):
        run_on(answer, 0, given)
    assert run_on(lambda first, values: "untouched", 0, given) == "untouched"


def test_generators_and_models_may_change():
    rng = np.random.default_rng(0)
    assert 0 <= run_on(lambda rng: rng.random(), rng) < 1


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda values: 1 if values > 0 else 0, "can't decide on whole arrays"),
        (lambda values: max([values, values]), r"`max` and `sorted` can't"),
        (lambda values: {values}, r"tuple\(…\)"),
        (lambda: 1, "exactly the arguments"),
        (lambda values: exit(), "ends the program"),
        (lambda values: keras.ops.matmul(keras.ops.ones((2, 3)), keras.ops.ones((2, 3))), "raised"),
        (lambda values: np.array([values, values[1:]]), "joined by np.concatenate"),
        (lambda values: np.broadcast_to(values, (2, 3)).fill(0), "Copy it first"),
        (lambda values: ["a", "b", "c"][values], r"np\.array\(values\)\[rows\] does"),
        (lambda values: np.concatenate(values, values), "takes one list of arrays"),
        (7, "Expected a function"),
    ],
)
def test_an_error_is_told_in_a_line(function, words):
    with pytest.raises(AnswerError, match=words) as raised:
        run_on(function, np.arange(3))
    assert len(str(raised.value).splitlines()) == 1
    assert len(str(raised.value)) < 400


def test_arguments_that_are_wrong_inside_the_function_are_not_blamed_on_its_own():
    with pytest.raises(AnswerError, match=r"missing 1 required positional argument: 'rate'$"):
        run_on(lambda values: keras.layers.Dropout()(values), np.arange(3))


def draw():
    numbers = [random.random(), np.random.random(), float(keras.random.uniform(())), float(tf.random.uniform(()))]
    return [*numbers, keras.layers.Dense(2)(np.ones((1, 3))).numpy().tolist()]


def test_a_check_leaves_the_lessons_random_numbers_as_they_were():
    with random_state_kept():
        for _ in range(2):  # with Keras's own generator not there yet, and there already
            keras.utils.set_random_seed(11)
            expected = [draw(), draw()]
            keras.utils.set_random_seed(11)
            assert asking(lambda answer: answer() and None).check(lambda: keras.utils.set_random_seed(5) or draw())
            first = draw()
            assert asking(lambda answer: answer() and None).check(draw)
            assert [first, draw()] == expected
