"""Executing a copy of a lesson by papermill. Whatever ends it early becomes one kind of error, which says where."""

import logging
import re
from collections.abc import Mapping
from pathlib import Path

# A kernel warns whenever it starts, and complains when it is stopped; what goes wrong in a cell is in the cell.
KERNEL_ARGUMENTS = ["--IPKernelApp.log_level=50"]
CELL_TIMEOUT = 1800  # seconds; the slowest cell of a lesson takes a minute, on a folder of one's own it may take longer

for _name in ("papermill", "traitlets"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)  # what went wrong is told once, by LessonError


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


def execute(path: Path, parameters: Mapping[str, object], copy: Path, skip: str | None, timeout: int):
    """Execute a copy of a lesson.

    Args:
        path: The lesson.
        parameters: New values for names in its cell tagged `parameters`.
        copy: Where the executed copy goes; it is rewritten after each cell.
        skip: Cells with this tag are left out.
        timeout: Seconds that a cell may take.

    Returns:
        The executed copy, as `nbformat` reads it.

    Raises:
        LessonError: If a cell failed or took too long, or the kernel is missing, doesn't answer or died.
    """
    import nbformat
    import papermill
    from nbclient.exceptions import CellTimeoutError

    try:
        lesson = nbformat.read(path, 4)
        lesson.cells = [cell for cell in lesson.cells if skip not in cell.metadata.get("tags", [])]
        executed = papermill.execute_notebook(
            lesson,
            verbatim(copy),
            dict(parameters),
            cwd=str(path.parent),
            progress_bar=False,
            execution_timeout=timeout,  # pyright: ignore[reportArgumentType]  # passed on to nbclient, like the next
            extra_arguments=KERNEL_ARGUMENTS,  # pyright: ignore[reportArgumentType]
        )
    except papermill.PapermillExecutionError as error:
        cell, place = place_in_lesson(path, copy, error.cell_index)
        raise LessonError(path.stem, place, f"{error.ename}: {error.evalue}".strip(), cell, copy) from error
    except CellTimeoutError as error:
        reason = f"the cell took longer than {timeout} s. If it should, allow more with --timeout"
        cell, place = _last_begun(path, copy)
        raise LessonError(path.stem, place, reason, cell, copy) from error
    except Exception as error:  # a kernel that is missing, doesn't answer or died; a full disk; of many kinds
        cell, place = _last_begun(path, copy)
        raise LessonError(path.stem, place, reason_of(error), cell, copy) from error
    if executed.metadata.papermill.get("exception"):  # papermill lets SystemExit pass, and runs no cell after it
        cell, place = _last_begun(path, copy)
        raise LessonError(path.stem, place, "SystemExit: the cell ended the lesson early", cell, copy)
    return executed


def verbatim(path: str | Path) -> str:
    """Return a path as papermill takes it: papermill reads braces as the names of parameters."""
    return str(path).replace("{", "{{").replace("}", "}}")


def troubles(notebook) -> list[str]:
    """Return what widgets show of errors. What a widget's callback raises reaches no cell, only its saved state."""
    states = notebook.metadata.get("widgets", {}).get("application/vnd.jupyter.widget-state+json", {}).get("state", {})
    values = [str(widget["state"].get("value", "")) for widget in states.values()]
    return [re.sub(r"<[^>]+>", "", value) for value in values if 'class="graft-trouble"' in value]


def reason_of(error: Exception) -> str:
    """Return in a sentence why a kernel didn't start, or why it ended early."""
    if type(error).__name__ == "NoSuchKernel":  # of a library below nbclient, which this package doesn't name
        kernel = str(error).split()[-1]
        return f"Expected a kernel that is installed. Received: '{kernel}'. Choose Python 3 in JupyterLab."
    if "No kernel name found" in str(error):
        return (
            "Expected a notebook that names its kernel. Received: one that names none. Choose a kernel in JupyterLab."
        )
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__


def _last_begun(path: Path, copy: Path) -> tuple[str, str]:
    # Papermill writes the copy when a cell begins.
    import nbformat

    if not copy.is_file():
        return "", ""
    cells = nbformat.read(copy, 4).cells
    begun = [number for number, cell in enumerate(cells) if cell.metadata.get("papermill", {}).get("start_time")]
    return place_in_lesson(path, copy, begun[-1]) if begun else ("", "")


def place_in_lesson(path: Path, copy: Path, index: int) -> tuple[str, str]:
    """Return the id and the place, such as "cell 3", that the copy's cell at `index` has in the lesson.

    Papermill adds cells of its own to the copy.
    """
    import nbformat

    lesson, executed = nbformat.read(path, 4), nbformat.read(copy, 4)
    ours = [cell for cell in executed.cells if "papermill-error-cell-tag" not in cell.metadata.get("tags", [])]
    ids = [cell.get("id") for cell in lesson.cells]
    cell = ours[index].get("id", "")
    return cell, f"cell {ids.index(cell) + 1 if cell in ids else index + 1}"
