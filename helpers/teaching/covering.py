"""Stored answers stay covered: what a learner is asked to predict is not to be read below the question."""

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


def drop_covered(lesson: Mapping[str, Any]) -> None:
    """Take away the outputs that `cover_answers` collapsed: JupyterLab shows their first line, maybe the answer.

    Args:
        lesson: A notebook as nbformat or `json` reads it, changed in place.
    """
    for cell in lesson["cells"]:
        if cell["metadata"].get("jupyter", {}).get("outputs_hidden"):
            cell["outputs"] = []
            _cover(cell, False)


def _cover(cell: dict[str, Any], covered: bool) -> None:
    hidden = dict(cell["metadata"].pop("jupyter", {}))  # a figure's source stays hidden
    hidden.pop("outputs_hidden", None)
    if covered:
        hidden["outputs_hidden"] = True
    if hidden:
        cell["metadata"]["jupyter"] = hidden
