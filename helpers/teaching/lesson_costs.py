"""What running each lesson takes: seconds, memory, and activations kept on disk.

`python -m helpers costs` runs the lessons, one at a time, and writes `data/results/lesson_costs.json`. From this file,
`doctor` tells what they will take on another machine.
"""

import json
import os
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from helpers import config
from helpers.activations.whole_files import write_whole
from helpers.teaching import lessons
from helpers.teaching.executing import KERNEL_ARGUMENTS, LessonError

FILE = config.RESULTS / "lesson_costs.json"
PAGE = config.ROOT / "TEACHING.md"  # shows them
_BEGIN, _END = "<!-- costs -->\n", "<!-- end of costs -->\n"
_STATUS = Path("/proc/self/status")
# Run in the lesson's own kernel. `resource.getrusage` won't do: a new process begins with the peak of its parent.
_PEAK = f"print(next(line.split()[1] for line in open('{_STATUS}') if line.startswith('VmHWM')))"


@dataclass(frozen=True)
class Cost:
    """What a lesson took.

    Attributes:
        seconds: From the start of its kernel to the end of its last cell, with nothing kept from before.
        memory: The most bytes that its kernel held at a time.
        cache: Bytes of the activations that it left in the cache.
    """

    seconds: float
    memory: int
    cache: int


def measure_lesson(path: Path) -> Cost:
    """Run a lesson as it is, with an empty cache, and return what it took. Nothing is written to it.

    Raises:
        ValueError: If there is no readable notebook at this path, or this isn't Linux, which counts the memory.
        LessonError: If a cell failed.

    Example:
        >>> measure_lesson(Path("notebooks/04_train_with_a_frozen_base.ipynb"))
        Cost(seconds=61.2, memory=1571880960, cache=25165824)
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    if not _STATUS.is_file():
        raise ValueError(
            "Expected Linux, which keeps count of the memory that a process has had. Received: another system."
        )
    lessons.check_is_notebook(path)
    lesson = nbformat.read(path, as_version=4)
    lesson.cells.append(nbformat.v4.new_code_cell(_PEAK))
    where = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(lesson, timeout=1800, resources=where, extra_arguments=KERNEL_ARGUMENTS)
    with tempfile.TemporaryDirectory() as folder:
        places = {"GRAFT_CACHE": f"{folder}/cache", "GRAFT_PROGRESS": f"{folder}/progress"}
        began = time.perf_counter()
        try:
            client.execute(env=os.environ | places)
        except CellExecutionError as error:
            raise LessonError(path.stem, "", f"{error.ename}: {error.evalue}") from error
        seconds = time.perf_counter() - began
        cache = bytes_in(Path(folder) / "cache")
    kilobytes = int(lesson.cells[-1].outputs[0]["text"])
    return Cost(round(seconds, 1), 1024 * kilobytes, cache)


def bytes_in(folder: Path) -> int:
    """Return how many bytes the files in a folder and below it hold; those that can't be looked at count as nothing."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(place, name)).st_size
            except OSError:  # removed meanwhile
                continue
    return total


def store(name: str, cost: Cost, machine: Mapping[str, object]) -> None:
    """Store what a lesson took, and on what machine.

    Args:
        name: The lesson's, without its file's ending.
        cost: From `measure_lesson`.
        machine: Date, processor and speed, as plain values.
    """
    stored = stored_costs() | {name: {**asdict(cost), "machine": dict(machine)}}
    write_whole(FILE, (json.dumps(dict(sorted(stored.items())), indent=1) + "\n").encode())


def stored_costs() -> dict[str, dict]:
    """Return what was stored, by lesson; empty if nothing was.

    Example:
        >>> stored_costs()["04_train_with_a_frozen_base"]["seconds"]
        61.2
    """
    return json.loads(FILE.read_text(encoding="utf-8")) if FILE.is_file() else {}


def table(costs: Mapping[str, Mapping]) -> str:
    """Return memory and cache as a table in Markdown, with a line below it that says where they were measured.

    Seconds are left out: without the speed of the machine, and what else it was doing, they tell little.

    Args:
        costs: From `stored_costs`.
    """
    lines = ["| lesson | memory | cache |", "| --- | ---: | ---: |"]
    for name, cost in costs.items():
        lines.append(f"| {int(name[:2])} | {cost['memory'] / 1e9:.1f} GB | {cost['cache'] / 1e6:.0f} MB |")
    machines = [cost["machine"] for cost in costs.values()]
    places = {f"{machine['cores']} cores, {machine['processor']}, {machine['base']}" for machine in machines}
    dates = sorted({machine["date"] for machine in machines})
    return "\n".join([*lines, "", f"Measured on {', '.join(dates)}: {'; '.join(sorted(places))}.", ""])


def rewrite_table(page: str, costs: Mapping[str, Mapping]) -> str:
    """Return a page with the table between its markers replaced."""
    before, _, rest = page.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not end:
        raise ValueError(f"Expected a page with the lines {_BEGIN.strip()} and {_END.strip()}. Received: one without.")
    return before + _BEGIN + table(costs) + end + after
