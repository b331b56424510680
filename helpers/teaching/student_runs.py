"""Running a student's notebook to its end, whatever is in it: within time limits, and without a network where possible.

An error or an endless loop costs the cell that it is in. The cells after it run, as they would for the student.
"""

import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError

from helpers.teaching.executing import KERNEL_ARGUMENTS, reason_of

_UNSHARE = ("unshare", "--user", "--map-root-user", "--net", "--")
_KERNEL = Path(__file__).with_name("kernel_without_network.py")
_TIMED_OUT = "the cell took too long"
_LONGEST_ERROR = 400  # characters that are told
_HEEDS_WITHIN = 10  # seconds that a kernel has to answer after its cell was interrupted
_MOST_OUTPUTS, _LONGEST_OUTPUT = 1000, 10_000  # per cell, and characters; a loop that prints would fill the memory


@dataclass(frozen=True)
class Limits:
    """How many seconds a cell of a student's notebook may take, and how many the whole."""

    cell: int = 300
    notebook: int = 1800


@dataclass
class StudentRun:
    """A student's notebook after a run.

    Attributes:
        notebook: As `nbformat` reads it, with the outputs of this run.
        faults: By the index of each code cell that didn't run to its end: why, in one sentence.
        seconds: How long it took.
    """

    notebook: Any
    faults: dict[int, str] = field(default_factory=dict)
    seconds: float = 0.0


@cache
def network_can_be_cut() -> bool:
    """Return whether this machine lets a process have a network of its own: on Linux, where nobody forbade it."""
    if shutil.which(_UNSHARE[0]) is None:
        return False
    return subprocess.run([*_UNSHARE, "true"], capture_output=True).returncode == 0


def run_student(notebook: Any, folder: Path, variables: Mapping[str, str], limits: Limits) -> StudentRun:
    """Run all cells of a student's notebook with the course's own Python, whichever kernel the notebook names.

    Args:
        notebook: As `nbformat` reads it; it gets the outputs of this run.
        folder: The folder that it runs in.
        variables: Environment variables of its kernel, beside those of this process.
        limits: How long it may take.

    Returns:
        A `StudentRun`. Whatever goes wrong is told in it, and nothing is raised.

    Example:
        >>> run_student(nbformat.read("ada.ipynb", 4), folder, {}, Limits(cell=60)).faults
        {7: 'cell 8: NameError: name 'photos' is not defined'}
    """
    run, began, client = StudentRun(notebook), time.perf_counter(), None
    try:
        for cell in _code(notebook).values():
            cell.outputs, cell.execution_count = [], None
        with tempfile.TemporaryDirectory(prefix="graft-kernel-") as place:
            client = _Client(run, limits)
            client.choose_kernel(Path(place))
            with client.setup_kernel(env={**os.environ, **variables}, cwd=str(folder)):
                reason = client.run_cells(began)
    except DeadKernelError:
        reason = "the kernel died"
    except Exception as error:  # a kernel that doesn't start, a full disk; of many kinds
        reason = reason_of(error)
    begun, ended = (client.begun, client.ended) if client else (-1, -1)
    for index in _code(notebook) if reason else ():
        told = f"cell {index + 1}" if index == begun else f"cell {index + 1} didn't run"
        if index > ended:
            run.faults[index] = f"{told}: {reason}"
    run.seconds = time.perf_counter() - began
    return run


def _code(notebook: Any) -> dict[int, Any]:
    return {index: cell for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"}


class _Client(NotebookClient):
    """Goes on after errors, ends what takes too long, and keeps no more of an output than anybody would read."""

    def __init__(self, run: StudentRun, limits: Limits) -> None:
        super().__init__(
            run.notebook,
            kernel_name="python3",
            allow_errors=True,
            shutdown_kernel="immediate",
            interrupt_on_timeout=True,
            error_on_timeout={"ename": _TIMED_OUT, "evalue": "", "traceback": []},
            on_cell_error=self._note,
            timeout_func=lambda cell: self._seconds,
            timeout=_HEEDS_WITHIN,
            extra_arguments=[*KERNEL_ARGUMENTS, "--HistoryManager.hist_file=:memory:"],
        )
        self._run, self._limits, self._seconds, self._interrupted = run, limits, limits.cell, False
        self.begun = self.ended = -1  # indices of the last cells that were begun, and that ended

    def choose_kernel(self, place: Path) -> None:
        """Prepare this Python's kernel. Without a network, if that is possible, it is reached by files in `place`."""
        manager: Any = self.create_kernel_manager()
        starts = [sys.executable, "-m", "ipykernel_launcher"]
        if network_can_be_cut():
            starts = [*_UNSHARE, sys.executable, str(_KERNEL)]
            manager.transport, manager.connection_file = "ipc", str(place / "kernel.json")
        manager.kernel_spec.argv = [*starts, "-f", "{connection_file}"]

    def run_cells(self, began: float) -> str | None:
        """Run the cells, and return why the last ones didn't run, if so."""
        for index, cell in _code(self._run.notebook).items():
            left = self._limits.notebook - (time.perf_counter() - began)
            if left <= 0:
                return f"the notebook had taken its {self._limits.notebook} s"
            self.begun, self._interrupted = index, False
            self._seconds = math.ceil(min(self._limits.cell, left))
            self.execute_cell(cell, index)
            self.ended = index
            if self._interrupted and not self._answers():
                return f"cell {index + 1} couldn't be stopped"
        return None

    def _note(self, cell: Any, cell_index: int, execute_reply: Mapping) -> None:
        name, value = (str(execute_reply["content"].get(key, "")) for key in ("ename", "evalue"))
        self._interrupted = name == _TIMED_OUT
        told = f": {name}: {' '.join(value.split())[:_LONGEST_ERROR]}".rstrip(": ")
        if self._interrupted and self._seconds < self._limits.cell:
            told = f" was still running when the notebook's {self._limits.notebook} s were over, and was stopped"
        elif self._interrupted:
            told = f" took longer than {self._seconds} s, and was stopped. Is there a loop that never ends?"
        self._run.faults[cell_index] = f"cell {cell_index + 1}{told}"

    def _answers(self) -> bool:
        # Code that catches KeyboardInterrupt goes on for ever; nothing after it would be run.
        assert self.kc is not None
        return self.wait_for_reply(self.kc.execute("pass", silent=True)) is not None

    def output(self, outs: list, msg: dict, display_id: str | None, cell_index: int) -> Any:
        """Keep an output, unless the cell has shown too many."""
        if len(outs) >= _MOST_OUTPUTS:
            return None
        for holder in (msg["content"], msg["content"].get("data", {})):
            for kind in ("text", "text/plain", "text/html"):
                if isinstance(text := holder.get(kind), str):
                    holder[kind] = text[:_LONGEST_OUTPUT]
        return super().output(outs, msg, display_id, cell_index)
