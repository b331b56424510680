"""Stored answers stay covered: what a learner is asked to predict is not to be read below the question."""

import json
import re
from collections.abc import Mapping
from typing import Any

_ASKED = re.compile(r"^(\w+) = Prediction\(", re.MULTILINE)


def cover_answers(lesson: Mapping[str, Any]) -> None:
    """Collapse the outputs of all cells between a `Prediction` and its `reveal`; JupyterLab opens them when they run.

    So is that of the cell tagged `result`, which repeats what was predicted.

    Args:
        lesson: A notebook as nbformat or `json` reads it, changed in place.

    Example:
        >>> cover_answers(lesson)
        >>> lesson["cells"][7]["metadata"]["jupyter"]
        {'outputs_hidden': True}
    """
    waiting: set[str] = set()  # names of predictions whose answers are still to come
    asked = False
    for cell in lesson["cells"]:
        if cell["cell_type"] != "code":
            continue
        code = "".join(cell["source"])
        waiting = {name for name in waiting if f"{name}.reveal(" not in code}
        _cover(cell, bool(waiting) or (asked and "result" in cell["metadata"].get("tags", ())))
        waiting |= set(_ASKED.findall(code))
        asked = asked or bool(waiting)


def learners_copy(notebook: bytes) -> bytes:
    """Return a notebook's file as a learner gets it, in which no cell seems to have been run.

    Cells bear no number. What `cover_answers` collapsed isn't there: JupyterLab shows the first line of a collapsed
    output, and that may be the answer.

    Args:
        notebook: The file's content.

    Returns:
        The content of a file in the same form; the same bytes if it is no notebook, or none was run.
    """
    try:
        lesson = json.loads(notebook)
        run = [(cell, cell["outputs"]) for cell in lesson["cells"] if cell["cell_type"] == "code"]
    except (ValueError, TypeError, KeyError):
        return notebook
    for cell, outputs in run:
        cell["execution_count"] = None
        for output in outputs:
            if "execution_count" in output:
                output["execution_count"] = None
        if cell["metadata"].get("jupyter", {}).get("outputs_hidden"):
            cell["outputs"] = []
            _cover(cell, False)
    if lesson == json.loads(notebook):
        return notebook
    return (json.dumps(lesson, indent=1, ensure_ascii=False) + "\n").encode()


def _cover(cell: dict[str, Any], covered: bool) -> None:
    hidden = dict(cell["metadata"].pop("jupyter", {}))  # a figure's source stays hidden
    hidden.pop("outputs_hidden", None)
    if covered:
        hidden["outputs_hidden"] = True
    if hidden:
        cell["metadata"]["jupyter"] = hidden
