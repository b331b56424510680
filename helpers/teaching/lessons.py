"""Running lessons without a browser: copies with other parameters, or the lessons themselves to store their outputs."""

import os
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from helpers import config, quiet
from helpers.teaching import provenance
from helpers.teaching.covering import cover_answers
from helpers.teaching.executing import CELL_TIMEOUT, KERNEL_ARGUMENTS, LessonError, execute, troubles, verbatim
from helpers.teaching.results import shown_result

NOTEBOOKS = config.ROOT / "notebooks"
PAGES = ("README.md", "glossary.md", "cheat_sheet.md")  # beside the lessons, and linked from them


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
    notebook: str | Path,
    parameters: Mapping[str, object],
    out: str | Path | None = None,
    skip: str | None = None,
    timeout: int = CELL_TIMEOUT,
) -> Result:
    """Execute a copy of a lesson with other parameters, by papermill. The lesson itself is never written to.

    Args:
        notebook: Path of a lesson.
        parameters: New values for names in its cell tagged `parameters`.
        out: Folder for the executed copy; a new temporary one by default. A copy that is there stays as it is.
        skip: Cells with this tag are left out, such as `"aside"` for cells that no result depends on.
        timeout: Seconds that a cell may take.

    Returns:
        A `Result`.

    Raises:
        FileNotFoundError: If there is no such lesson.
        ValueError: If the lesson has no such parameter, the copy would overwrite it or an earlier copy, or the time
            limit is no positive whole number.
        LessonError: If it could not be run to its end: a cell failed or ran out of time, the kernel is missing or died,
            or the cell tagged `result` shows no result.

    Example:
        >>> run_lesson("notebooks/04_train_with_a_frozen_base.ipynb", {"SOURCE": "my/folder", "EPOCHS": 3}).values
        {'accuracy': 0.8}
    """
    path = Path(notebook)
    known = known_parameters(path)
    unknown = sorted(set(parameters) - set(known))
    if unknown:
        raise ValueError(f"Expected parameters of {path.name}: {', '.join(known)}. Received: {', '.join(unknown)}.")
    if isinstance(timeout, bool) or not isinstance(timeout, int) or timeout < 1:
        raise ValueError(f"Expected a time limit in whole seconds per cell, 1 or more. Received: {timeout!r}.")
    copy = free_copy(path, out or tempfile.mkdtemp(prefix="graft-lessons-"))
    copy.parent.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    try:
        executed = execute(path, parameters, copy, skip, timeout)
        if shown := troubles(executed):
            raise LessonError(path.stem, "a widget", shown[0], notebook=copy)
        values = shown_result(path, executed, copy)
    except LessonError as error:
        error.seconds = time.perf_counter() - began
        raise
    return Result(path.stem, time.perf_counter() - began, values, copy)


def free_copy(notebook: str | Path, out: str | Path) -> Path:
    """Return where a lesson's copy goes in a folder.

    Raises:
        ValueError: If it would overwrite the lesson, or a copy that is there.
    """
    path = Path(notebook)
    copy = Path(out) / path.name
    if copy.resolve() == path.resolve():
        raise ValueError(f"Expected another folder than the lesson's own for its copy. Received: '{out}'.")
    if copy.exists() or copy.is_symlink():
        raise ValueError(
            f"Expected a folder without a copy of {path.name}. Received: '{out}', where it would be overwritten. "
            "Choose another folder, or remove that copy."
        )
    return copy


def known_parameters(notebook: str | Path) -> list[str]:
    """Return the names in a lesson's cell tagged `parameters`.

    Returns:
        Their names; none where they can't be read, because the notebook names no kernel, or one for another language.
        Running it then says so.

    Raises:
        FileNotFoundError: If there is no such lesson.
        ValueError: If the file is no notebook.
    """
    import papermill
    from papermill.exceptions import PapermillException

    check_is_notebook(notebook)
    try:
        return list(papermill.inspect_notebook(verbatim(notebook)))
    except (PapermillException, ValueError):
        return []


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
    # Keras draws its bars over and over; what stands in the end is stored.
    running = {"coalesce_streams": True, "extra_arguments": KERNEL_ARGUMENTS}
    client = NotebookClient(lesson, timeout=600, resources=resources, **running)
    try:
        with tempfile.TemporaryDirectory() as cache:  # store what a learner sees the first time, on any machine
            client.execute(env=os.environ | {"GRAFT_CACHE": cache, "TQDM_DISABLE": "1"})
    except CellExecutionError as error:
        raise LessonError(path.stem, "", f"{error.ename}: {error.evalue}") from error
    if shown := troubles(lesson):
        raise LessonError(path.stem, "a widget", shown[0])
    lesson.metadata.pop("widgets", None)  # a saved widget state makes exported pages blank without a network
    lesson.metadata.language_info = {"name": "python"}
    lesson.metadata.graft = provenance.record(lesson)
    cover_answers(lesson)
    for cell in lesson.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if _is_worth_storing(output)]
        for output in cell.get("outputs", []):
            # Without a kernel there is no widget: readers see its picture and its line of text.
            output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
    nbformat.write(lesson, path)
    return time.perf_counter() - began


def _is_worth_storing(output) -> bool:
    # Lesson 12 imports Keras without the helpers, so TensorFlow's start-up lines get through.
    return output.get("name") != "stderr" or bool(quiet.without_chatter(output.text).strip())


def lesson_paths(names: Sequence[str] = ()) -> list[Path]:
    """Return the lessons' paths in order: all of them, or those named."""
    return [Path(name) for name in names] or sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
