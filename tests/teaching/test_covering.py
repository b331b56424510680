"""The answer isn't to be read below the question."""

import json

import nbformat
import pytest

from helpers.teaching import lessons
from helpers.teaching.covering import cover_answers


def covered(cell) -> bool:
    return cell["metadata"].get("jupyter", {}).get("outputs_hidden", False)


def lesson_of(*codes: str):
    cells = [nbformat.v4.new_code_cell(code) for code in codes]
    return nbformat.v4.new_notebook(cells=[cells[0], nbformat.v4.new_markdown_cell("words"), *cells[1:]])


def covers_of(lesson) -> list[bool]:
    cover_answers(lesson)
    return [covered(cell) for cell in lesson.cells if cell.cell_type == "code"]


def test_what_stands_between_a_prediction_and_its_reveal_is_covered():
    codes = ("x = 1", 'guess = Prediction("01", "a", "?")\nguess', "a = 2", "print(a)", "guess.reveal(a)", "a")
    assert covers_of(lesson_of(*codes)) == [False, False, True, True, False, False]


def test_two_predictions_may_overlap_and_a_new_one_may_bear_an_old_name():
    first, second = 'guess = Prediction("01", "a", "?")', 'more = Prediction("01", "b", "?")'
    codes = (
        first,
        "a = 2",
        second,
        "b = 3",
        "guess.reveal(a)",
        "c = 4",
        "more.reveal(b)",
        first,
        "a",
        "guess.reveal(a)",
    )
    assert covers_of(lesson_of(*codes)) == [False, True, True, True, True, True, False, False, True, False]


def test_the_result_cell_is_covered_in_a_lesson_that_asked():
    lesson = lesson_of("a = 2", 'guess = Prediction("01", "a", "?")', "guess.reveal(a)", '{"a": a}', "a")
    for number in (0, 4):  # the notebook's second cell is Markdown
        lesson.cells[number].metadata["tags"] = ["result"]
    assert covers_of(lesson) == [False, False, False, True, False]


def test_covering_again_takes_old_covers_away():
    lesson = lesson_of("a = 2")
    lesson.cells[0].metadata["jupyter"] = {"outputs_hidden": True}
    assert covers_of(lesson) == [False]


def test_a_hidden_source_stays_hidden():
    lesson = lesson_of('guess = Prediction("01", "a", "?")', "a = 2", "a")
    for cell in lesson.cells[2:]:
        cell.metadata["jupyter"] = {"source_hidden": True, "outputs_hidden": False}
    cover_answers(lesson)
    kept = {"source_hidden": True}
    assert [cell.metadata["jupyter"] for cell in lesson.cells[2:]] == [kept | {"outputs_hidden": True}] * 2
    lesson.cells[0].source = "none = 0"
    cover_answers(lesson)
    assert [cell.metadata["jupyter"] for cell in lesson.cells[2:]] == [kept] * 2


@pytest.mark.parametrize("path", lessons.lesson_paths(), ids=lambda path: path.stem)
def test_every_lesson_is_stored_with_its_answers_covered(path):
    stored = json.loads(path.read_text(encoding="utf-8"))
    before = [covered(cell) for cell in stored["cells"]]
    cover_answers(stored)
    assert [covered(cell) for cell in stored["cells"]] == before


@pytest.mark.parametrize("path", lessons.lesson_paths(), ids=lambda path: path.stem)
def test_no_stored_reveal_tells_the_answer(path):
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code" and ".reveal(" in "".join(cell["source"]):
            assert "Measured:" not in json.dumps(cell["outputs"])
