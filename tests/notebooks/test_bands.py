"""What the stored lessons show lies within what several seeds gave."""

import ast
import json

import pytest

from helpers.experiments.bands import outside, stored_band
from helpers.teaching import lessons
from tests.notebooks.test_style import PLAIN

LESSONS = lessons.lesson_paths()


def shown(path) -> dict:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    (result,) = [cell for cell in cells if "result" in cell["metadata"].get("tags", [])]
    return ast.literal_eval("".join(result["outputs"][0]["data"]["text/plain"]))


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_stored_results_lie_within_their_bands(lesson):
    assert outside(lesson.stem, shown(lesson)) == []


@pytest.mark.parametrize("lesson", [path for path in LESSONS if path.stem != PLAIN], ids=lambda path: path.stem)
def test_what_a_learner_predicts_has_a_band(lesson):
    cells = json.loads(lesson.read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    (call,) = [
        node
        for cell in cells
        if cell["cell_type"] == "code"
        for node in ast.walk(ast.parse("".join(cell["source"])))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Prediction"
    ]
    number, result = (argument.value for argument in call.args[:2])
    assert lesson.stem.startswith(number)
    assert result in shown(lesson), "the guess is about something that the result cell shows"
    assert stored_band(number, result), "python -m helpers bands"
    assert ".reveal(" in code
