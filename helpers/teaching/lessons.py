"""Running lessons without a browser: copies with other parameters, or the lessons themselves to store their outputs."""

import ast
import logging
import os
import re
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from helpers import config
from helpers.teaching import provenance
from helpers.teaching.covering import cover_answers

NOTEBOOKS = config.ROOT / "notebooks"
_KERNEL_ARGUMENTS = ["--IPKernelApp.log_level=40"]  # every start of a kernel has a warning that helps nobody


class LessonError(RuntimeError):
    """A lesson could not be run to its end. The message is one sentence: lesson, place, reason.

    Attributes:
        lesson: Name of the notebook without its ending.
        place: Such as `"cell 12"`.
        reason: Kind of error and its message.
        cell: Id of the cell, if known.
        seconds: Wall time until then.
        notebook: Path of the copy, executed up to the error.
    """

    def __init__(self, lesson: str, place: str, reason: str, cell: str = "", notebook: Path | None = None) -> None:
        super().__init__(f"{lesson}, {place}: {reason}" if place else f"{lesson}: {reason}")
        self.lesson, self.place, self.reason, self.cell, self.notebook = lesson, place, reason, cell, notebook
        self.seconds = 0.0


@dataclass(frozen=True)
class Result:
    """The result of running a lesson.

    Attributes:
        lesson: Name of the notebook without its ending.
        seconds: Wall time, including starting the kernel.
        values: What the cell tagged `result` showed, such as `{"accuracy": 0.87}`.
        notebook: Path of the executed copy.
    """

    lesson: str
    seconds: float
    values: dict
    notebook: Path

    def __str__(self) -> str:
        accuracy = self.values.get("accuracy")
        told = "no model trained" if accuracy is None else f"accuracy {accuracy:.3f}"
        return f"{self.lesson:32s} {self.seconds:6.1f} s   {told}"


def run_lesson(
    notebook: str | Path, parameters: Mapping[str, object], out: str | Path | None = None, skip: str | None = None
) -> Result:
    """Execute a copy of a lesson with other parameters, by papermill. The lesson itself is never written to.

    Args:
        notebook: Path of a lesson.
        parameters: New values for names in its cell tagged `parameters`.
        out: Folder for the executed copy; a new temporary one by default.
        skip: Cells with this tag are left out, such as `"aside"` for cells that no result depends on.

    Returns:
        A `Result`.

    Raises:
        FileNotFoundError: If there is no such lesson.
        ValueError: If the lesson has no such parameter, or the copy would overwrite it.
        LessonError: If it could not be run to its end.

    Example:
        >>> run_lesson("notebooks/04_train_with_a_frozen_base.ipynb", {"SOURCE": "my/folder", "EPOCHS": 3}).values
        {'accuracy': 0.8}
    """
    path = Path(notebook)
    known = known_parameters(path)
    unknown = sorted(set(parameters) - set(known))
    if unknown:
        raise ValueError(f"Expected parameters of {path.name}: {', '.join(known)}. Received: {', '.join(unknown)}.")
    copy = Path(out or tempfile.mkdtemp(prefix="graft-lessons-")) / path.name
    if copy.resolve() == path.resolve():
        raise ValueError(f"Expected another folder than the lesson's own for its copy. Received: '{out}'.")
    copy.parent.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    try:
        executed = _execute(path, parameters, copy, skip)
        if shown := _troubles(executed):
            raise LessonError(path.stem, "a widget", shown[0], notebook=copy)
    except LessonError as error:
        error.seconds = time.perf_counter() - began
        raise
    return Result(path.stem, time.perf_counter() - began, _values(executed), copy)


def _execute(path: Path, parameters: Mapping[str, object], copy: Path, skip: str | None = None):
    import nbformat
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    logging.getLogger("papermill").setLevel(logging.ERROR)
    try:
        lesson = nbformat.read(path, 4)
        lesson.cells = [cell for cell in lesson.cells if skip not in cell.metadata.get("tags", [])]
        return papermill.execute_notebook(
            lesson,
            str(copy),
            dict(parameters),
            cwd=str(path.parent),
            progress_bar=False,
            extra_arguments=_KERNEL_ARGUMENTS,  # pyright: ignore[reportArgumentType]  # passed on to nbclient
        )
    except papermill.PapermillExecutionError as error:
        cell, place = _place(nbformat.read(path, 4), nbformat.read(copy, 4), error.cell_index)
        raise LessonError(path.stem, place, f"{error.ename}: {error.evalue}".strip(), cell, copy) from error
    except (DeadKernelError, CellTimeoutError) as error:
        reason = f"{type(error).__name__}: {str(error).splitlines()[0]}"
        raise LessonError(path.stem, "", reason, notebook=copy) from error


def _place(lesson, executed, index: int) -> tuple[str, str]:
    # Papermill adds cells of its own, so the position is counted in the lesson itself.
    ours = [cell for cell in executed.cells if "papermill-error-cell-tag" not in cell.metadata.get("tags", [])]
    ids = [cell.get("id") for cell in lesson.cells]
    cell = ours[index].get("id", "")
    return cell, f"cell {ids.index(cell) + 1 if cell in ids else index + 1}"


def _troubles(notebook) -> list[str]:
    # What a widget's callback raises reaches no cell. The widget shows it as a line, which is in its saved state.
    states = notebook.metadata.get("widgets", {}).get("application/vnd.jupyter.widget-state+json", {}).get("state", {})
    values = [str(widget["state"].get("value", "")) for widget in states.values()]
    return [re.sub(r"<[^>]+>", "", value) for value in values if 'class="graft-trouble"' in value]


def known_parameters(notebook: str | Path) -> list[str]:
    """Return the names in a lesson's cell tagged `parameters`.

    Raises:
        FileNotFoundError: If there is no such lesson.
    """
    import papermill

    check_is_notebook(notebook)
    return list(papermill.inspect_notebook(str(notebook)))


def check_is_notebook(notebook: str | Path) -> None:
    """Raise `FileNotFoundError` or `ValueError` unless there is a readable notebook at this path."""
    import nbformat

    if not Path(notebook).is_file():
        raise FileNotFoundError(f"Expected a lesson, as in notebooks/. Received: '{notebook}', which is no file.")
    try:
        nbformat.validate(nbformat.read(notebook, as_version=4))
    except Exception as error:  # from JSON, nbformat and its schema, of many kinds
        reason = str(error).splitlines()[0]
        raise ValueError(f"Expected a lesson. Received: '{notebook}', which is no notebook ({reason}).") from error


def _values(notebook) -> dict:
    for cell in notebook.cells:
        if "result" in cell.metadata.get("tags", []):
            for output in cell.get("outputs", []):
                if output.output_type == "execute_result":
                    return ast.literal_eval(output.data["text/plain"])
    return {}


def store_outputs(notebook: str | Path) -> float:
    """Run a lesson as it is and store its outputs in it, without what differs between any two runs.

    What they were made with (`provenance`) is stored too, so that a later run can say why it differs.

    Returns:
        Wall time in seconds. If a cell fails, the lesson is left as it was.

    Raises:
        LessonError: If a cell raised an error.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    path = Path(notebook)
    check_is_notebook(path)
    lesson = nbformat.read(path, as_version=4)
    began = time.perf_counter()
    resources = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(lesson, timeout=600, resources=resources, extra_arguments=_KERNEL_ARGUMENTS)
    try:
        with tempfile.TemporaryDirectory() as cache:  # store what a learner sees the first time
            client.execute(env=os.environ | {"GRAFT_CACHE": cache})
    except CellExecutionError as error:
        raise LessonError(path.stem, "", f"{error.ename}: {error.evalue}") from error
    if shown := _troubles(lesson):
        raise LessonError(path.stem, "a widget", shown[0])
    lesson.metadata.pop("widgets", None)  # a saved widget state makes exported pages blank without a network
    lesson.metadata.language_info = {"name": "python"}
    lesson.metadata.graft = provenance.record(lesson)
    cover_answers(lesson)
    for cell in lesson.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            # Without a kernel there is no widget: readers see its picture and its line of text.
            output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
    nbformat.write(lesson, path)
    return time.perf_counter() - began


def lesson_paths(names: Sequence[str] = ()) -> list[Path]:
    """Return the lessons' paths in order: all of them, or those named."""
    return [Path(name) for name in names] or sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
