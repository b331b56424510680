"""What a learner has solved, kept on disk.

Each exercise and each quiz question has its own file, so that no kernel overwrites what another one keeps. The file's
name says what was solved (`04.q2`, `04.quiz3`), its one line how it went.
"""

import contextlib
import re
from pathlib import Path

from helpers import config
from helpers.activations.whole_files import write_whole
from helpers.exercises.problem import RIGHT, WRONG

_LARGEST = 100  # bytes
_NAME = re.compile(r"(?P<lesson>\d\d)\.(?P<task>q\d+|quiz\d+)")


def keep(lesson: str, task: str, outcome: str) -> None:
    """Note how an exercise or a quiz question went. What was right once stays right.

    A folder that can't be written to must not keep anybody from working, so nothing is raised.

    Args:
        lesson: Its number, such as `"04"`.
        task: Such as `"q2"`, or `"quiz3"` for the third question of the quiz.
        outcome: `"right"` or `"wrong"`; anything else is no attempt, and isn't noted.

    Example:
        >>> keep("04", "q2", "right")
    """
    file = config.progress_folder() / f"{lesson}.{task}"
    if outcome in (RIGHT, WRONG) and _NAME.fullmatch(file.name) and _read(file) != RIGHT:
        with contextlib.suppress(OSError):
            write_whole(file, f"{outcome}\n".encode())


def kept(folder: Path | None = None) -> dict[tuple[str, str], str]:
    """Return how each exercise and quiz question went that was tried: `{("04", "q2"): "right"}`.

    Args:
        folder: Another one than that of this learner.
    """
    found = {}
    for file in _files(folder or config.progress_folder()):
        if (named := _NAME.fullmatch(file.name)) and (outcome := _read(file)):
            found[named["lesson"], named["task"]] = outcome
    return found


def _read(file: Path) -> str | None:
    with contextlib.suppress(OSError, UnicodeError):
        if not file.is_file() or file.stat().st_size > _LARGEST:  # a pipe, or a device, would never end
            return None
        outcome = file.read_text(encoding="utf-8").strip()
        return outcome if outcome in (RIGHT, WRONG) else None
    return None


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:  # nothing was tried yet, or the folder can't be read
        return []
