"""How long lessons take: the sum counted by hand, and what lessons and their list promise."""

import re

import nbformat
import pytest

from helpers.exercises import lesson_11, quizzes
from helpers.teaching import lessons
from helpers.teaching.pacing import minutes

TENS = {"ten": 10, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80}
WORDS = (
    {"fifteen": 15} | TENS | {f"{ten}-five": count + 5 for ten, count in TENS.items() if count > 10}
)  # the minutes that a lesson may promise
OPTIONAL = {"11": lesson_11.OPTIONAL}
NEAR = 5  # minutes by which an edited sentence or two may move the sum


def lesson_of(*cells):
    kinds = {"markdown": nbformat.v4.new_markdown_cell, "code": nbformat.v4.new_code_cell}
    return {"cells": [kinds[kind](text) for kind, text in cells]}


def test_minutes_are_the_sum_counted_by_hand():
    words, lines = " ".join(["word"] * 1500), "\n".join(["x = 1"] * 99)
    made = lesson_of(("markdown", words), ("code", lines), ("code", "lesson_04.q1.check(answer)"))
    assert minutes(made, "none") == 10 + 10 + 5
    with_quiz = 25 + len(quizzes.questions("04")) * 0.5
    assert abs(minutes(made, "04") - with_quiz) <= 2.5
    assert minutes(made, "none", optional=("q1",)) == 20
    assert minutes(made, "none", optional=("q11",)) == 25
    assert minutes(lesson_of(("markdown", "A word.")), "none") == 5


@pytest.fixture(params=lessons.lesson_paths(), ids=lambda path: path.stem)
def lesson(request):
    return request.param


def promised(path) -> int:
    """Return the minutes that a lesson's first cell names."""
    first = nbformat.read(path, as_version=4).cells[0].source
    (word,) = re.findall(r"\*\*What you need:\*\*[^.]*?([a-z-]+) minutes", first)
    return WORDS[word]


def test_a_lesson_promises_the_minutes_that_it_takes(lesson):
    number = lesson.stem[:2]
    takes = minutes(nbformat.read(lesson, as_version=4), number, OPTIONAL.get(number, ()))
    assert abs(promised(lesson) - takes) <= NEAR, takes


def test_the_list_of_lessons_promises_the_same(lesson):
    listed = (lessons.NOTEBOOKS / "README.md").read_text(encoding="utf-8")
    (told,) = re.findall(rf"^\| \[\d+\]\({lesson.name}\).*\| (\d+) \|$", listed, flags=re.M)
    assert int(told) == promised(lesson)
