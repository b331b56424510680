"""The lessons against their stored outputs, round after round, as `make test` compares them."""

import collections
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

from helpers import config
from helpers.teaching.lessons import lesson_paths

_NBVAL = (
    *("--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=600"),
    f"--nbval-sanitize-with={config.ROOT / 'tests/notebooks/verdicts.cfg'}",
)
_PROCESSES = 2


def soak_lessons(count: int, seed: int = 0, lessons: list[Path] | None = None) -> dict:
    """Run every lesson and compare its outputs with those that are stored.

    The first round begins with an empty cache; the others find what it kept, which must change nothing.

    Args:
        count: How many rounds.
        seed: Taken as the other parts take it; lessons have seeds of their own.
        lessons: Notebooks; by default those of the course.

    Returns:
        How many rounds; how many cells ran in all of them, and of how many the output was compared; how many failed or
        differed, and the first ten of them by name.
    """
    paths = lessons or lesson_paths()
    counts, wrong = collections.Counter(cells=0, compared=0, different=0), []
    with tempfile.TemporaryDirectory(prefix="graft-soak-") as folder:
        for number in range(count):
            report = Path(folder) / f"{number}.xml"
            _run(paths, Path(folder), report)
            different = [f"round {number}: {name}" for name, fine in _cells(report) if not fine]
            counts.update(cells=len(_cells(report)), compared=sum(map(_compared, paths)), different=len(different))
            wrong += different
    return {"rounds": count, **counts, "wrong": wrong[:10]}


def _compared(lesson: Path) -> int:
    """Return how many cells of a lesson have an output that must be the stored one; the others must only run."""
    cells = json.loads(lesson.read_text(encoding="utf-8"))["cells"]
    return sum("nbval-check-output" in cell["metadata"].get("tags", []) for cell in cells)


def _run(lessons: list[Path], folder: Path, report: Path) -> None:
    """Let nbval write its report; a round without one, because it broke off, has one cell that differs."""
    own = {"GRAFT_CACHE": str(folder / "cache"), "GRAFT_PROGRESS": str(folder / f"{report.stem}-progress")}
    sources = {"GRAFT_SOURCE": "bundled", "GRAFT_BASE": "EfficientNetLite0", "TQDM_DISABLE": "1", "MPLBACKEND": "agg"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", str(_PROCESSES)]
    options = ["--dist", "loadfile", *_NBVAL, f"--junitxml={report}"]
    done = subprocess.run(
        [*command, *options, *map(str, lessons)], cwd=config.ROOT, env=os.environ | sources | own, capture_output=True
    )
    if done.returncode not in (0, 1):  # neither all passed nor some failed
        raise RuntimeError(f"nbval broke off: {done.stderr.decode()[-2000:] or done.stdout.decode()[-2000:]}")


def _cells(report: Path) -> list[tuple[str, bool]]:
    """Return each cell's name, and whether it ran and gave what is stored."""
    cells = ElementTree.parse(report).iter("testcase")
    return [
        (
            f"{cell.get('classname', '').rsplit('.', 1)[-1]}, {cell.get('name')}",
            cell.find("failure") is None and cell.find("error") is None,
        )
        for cell in cells
    ]
