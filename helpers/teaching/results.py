"""What a lesson's cell tagged `result` shows: a dict of plain values, by name."""

import ast
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from helpers.teaching.executing import LessonError, place_in_lesson

_EXPECTED = "Expected the cell tagged `result` to show a dict of plain values, such as {'accuracy': 0.87}."


def shown_result(lesson: Path, executed: Mapping, copy: Path) -> dict:
    """Return what a lesson's cell tagged `result` shows.

    Args:
        lesson: Its path.
        executed: The executed copy, as `nbformat` reads it.
        copy: Path of that copy.

    Returns:
        A dict from names to values; empty if the lesson has no such cell.

    Raises:
        LessonError: If the cell shows something else, or an accuracy that is none.

    Example:
        >>> shown_result(Path("notebooks/04_train_with_a_frozen_base.ipynb"), executed, copy)
        {'accuracy': 0.8}
    """
    for index, cell in enumerate(executed["cells"]):
        if "result" in cell["metadata"].get("tags", []):
            try:
                return _dict_in(cell)
            except ValueError as error:
                name, place = place_in_lesson(lesson, copy, index)
                raise LessonError(lesson.stem, place, str(error), name, copy) from error
    return {}


def _dict_in(cell: Mapping) -> dict:
    shown = [output["data"]["text/plain"] for output in cell["outputs"] if output["output_type"] == "execute_result"]
    if not shown:
        raise ValueError(f"{_EXPECTED} Received: nothing.")
    try:
        values = ast.literal_eval(shown[0])
    except (ValueError, SyntaxError, MemoryError, RecursionError) as error:
        raise ValueError(f"{_EXPECTED} Received: {_short(shown[0])}.") from error
    if not isinstance(values, dict) or not all(isinstance(name, str) for name in values):
        raise ValueError(f"{_EXPECTED} Received: {_short(shown[0])}.")
    accuracy = values.get("accuracy")
    if accuracy is not None and not _is_share(accuracy):
        raise ValueError(f"Expected an accuracy from 0 to 1. Received: {_short(repr(accuracy))}.")
    return values


def _is_share(value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and math.isfinite(value) and 0 <= value <= 1


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:59] + "…"
