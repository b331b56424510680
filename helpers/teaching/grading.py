"""Grading students' notebooks: each is run again, and each of its lesson's exercises and quiz questions gets a row.

What counts is what the lesson's own checks keep during that run, in a folder of its own; outputs that a notebook comes
with are thrown away. A quiz is answered by clicks, which no run repeats: what is graded of it are answers in a cell, as
in `quiz("04", answers=[2, 1, 3, 1])`, or else the student's own record of clicks, where one is handed in.
"""

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from helpers import exercises
from helpers.exercises import quizzes, records
from helpers.exercises.problem import NOT_ATTEMPTED, NOT_CHECKED, RIGHT, WRONG
from helpers.exercises.view import Question
from helpers.teaching import handed_in
from helpers.teaching.executing import reason_of
from helpers.teaching.student_runs import Limits, StudentRun, run_student

NOT_ANSWERED, NOT_RUN, NOT_THERE = "not answered", "not run", "not in the notebook"
NOTEBOOK = "notebook"  # in place of an exercise: what concerns all of it
_VERDICT = re.compile(rf"\W ({RIGHT}|{WRONG}|{NOT_ATTEMPTED}|{NOT_CHECKED}): (.*)", re.S)
_UNSEEN, _OTHERWISE = "Kept, but no cell shows its check.", "Kept, but the last check shown says otherwise."
_CLICKS = (
    "The notebook doesn't say what was clicked. Let students write their choices, as in "
    'quiz("{lesson}", answers=[2, 1, …]), or hand in their records.'
)


@dataclass(frozen=True)
class Grade:
    """A row of the grade sheet.

    Attributes:
        student: Name of the student's folder, or of a file that stands alone.
        notebook: Name of the file.
        lesson: Number of the lesson, such as `"04"`; empty where it isn't known.
        item: `"q2"`, `"quiz3"`, or `"notebook"` for what concerns all of it.
        state: `"right"`, `"wrong"`, `"not answered"`, `"not run"`, or `"not in the notebook"` for clicks in a quiz.
        message: What the check says, or why nothing was checked.
    """

    student: str
    notebook: str
    lesson: str
    item: str
    state: str
    message: str


def grade(student: str, path: Path, own: Path | None, limits: Limits) -> list[Grade]:
    """Run a student's notebook, and grade it. It is only read: what runs is a copy, in a folder that is thrown away.

    Args:
        student: Name.
        path: The notebook.
        own: The student's folder, whose files the copy finds beside it; `None` for a notebook that stands alone.
        limits: How long it may take.

    Returns:
        A `Grade` for each exercise and quiz question of its lesson. Where the notebook can't be graded, or a cell other
        than the exercises failed, one that says so.

    Example:
        >>> grade("ada", Path("ada.ipynb"), None, Limits())[0].state
        'right'
    """

    def whole(message: str, lesson: str = "") -> Grade:
        return Grade(student, path.name, lesson, NOTEBOOK, NOT_RUN, message)

    try:
        notebook = handed_in.read(path)
        lesson = handed_in.lesson_of(path, notebook)
        clicks = handed_in.clicks(notebook, own, lesson)
        with tempfile.TemporaryDirectory(prefix="graft-grading-", ignore_cleanup_errors=True) as room:
            place = handed_in.laid_out(path, own, Path(room))
            folders = {"GRAFT_PROGRESS": "kept", "GRAFT_CACHE": "cache", "TMPDIR": "temporary"}
            (Path(room) / "temporary").mkdir()
            variables = {name: str(Path(room) / folder) for name, folder in folders.items()}
            run = run_student(notebook, place, variables, limits)
            kept = records.kept(Path(room) / "kept")
        rows = [Grade(student, path.name, lesson, *each) for each in _graded(run, lesson, kept, clicks)]
    except (OSError, ValueError) as error:
        return [whole(" ".join(str(error).split()))]
    except Exception as error:  # of a file that is made to break things; the next student's turn comes all the same
        return [whole(reason_of(error))]
    first = run.faults[min(run.faults)] if run.faults else None
    return rows if first is None or first in {row.message for row in rows} else [whole(first, lesson), *rows]


def _graded(
    run: StudentRun, lesson: str, kept: Mapping[tuple[str, str], str], clicks: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    tasks = [_task(run, lesson, item, kept.get((lesson, item))) for item in _exercises(lesson)]
    quiz = [f"quiz{place}" for place in _places(lesson)]
    return [*tasks, *(_asked(run, lesson, item, kept.get((lesson, item)), clicks) for item in quiz)]


def _exercises(lesson: str) -> list[str]:
    # Not by `progress()`, which loads every lesson's exercises, and TensorFlow with them.
    module = vars(getattr(exercises, f"lesson_{lesson}"))
    names = [name for name, value in module.items() if isinstance(value, Question)]
    return sorted(names, key=lambda name: int(name[1:]))


def _places(lesson: str) -> range:
    return range(1, len(quizzes.questions(lesson)) + 1)


def _task(run: StudentRun, lesson: str, item: str, outcome: str | None) -> tuple[str, str, str]:
    cells = _cells(run, rf"\b{item}\.check\(")
    said, message = _said(run, cells)
    optional = "Optional. " if item in getattr(getattr(exercises, f"lesson_{lesson}"), "OPTIONAL", ()) else ""
    if outcome:
        return item, outcome, message if said == outcome else _OTHERWISE if said else _UNSEEN
    if not cells:
        return item, NOT_ANSWERED, f"{optional}No cell checks it, as lesson_{lesson}.{item}.check(…) would."
    if fault := _fault(run, cells):
        return item, NOT_RUN, fault
    if said == NOT_CHECKED:
        return item, NOT_RUN, message
    return item, NOT_ANSWERED, optional + (message or "Its cell shows no check.")


def _asked(
    run: StudentRun, lesson: str, item: str, outcome: str | None, clicks: Mapping[str, str]
) -> tuple[str, str, str]:
    cells = _cells(run, r"\bquiz\(")
    if outcome:
        # Only the last answer counts. What is kept stays right once it was, so trying all choices would do.
        said, message = _said(run, cells, f"Question {item.removeprefix('quiz')}, ")
        return item, said or outcome, message or _UNSEEN
    if item in clicks:
        return item, clicks[item], "By the student's own record of what was clicked. It can't be checked."
    if fault := _fault(run, cells):
        return item, NOT_RUN, fault
    if any("answers" in run.notebook.cells[index].source for index in cells):
        return item, NOT_ANSWERED, "The answers in the notebook skip it."
    return item, NOT_THERE, _CLICKS.format(lesson=lesson)


def _cells(run: StudentRun, pattern: str) -> list[int]:
    cells = enumerate(run.notebook.cells)
    return [index for index, cell in cells if cell.cell_type == "code" and re.search(pattern, cell.source)]


def _fault(run: StudentRun, cells: list[int]) -> str | None:
    return next((run.faults[index] for index in cells if index in run.faults), None)


def _said(run: StudentRun, cells: list[int], begins: str = "") -> tuple[str, str]:
    """Return the outcome and the text of the last verdict that these cells show."""
    shown = [
        output.get("data", {}).get("text/plain") for index in cells for output in run.notebook.cells[index].outputs
    ]
    verdicts = [match.groups() for text in shown if isinstance(text, str) and (match := _VERDICT.fullmatch(text))]
    fitting = [(outcome, text) for outcome, text in verdicts if text.startswith(begins)]
    return fitting[-1] if fitting else ("", "")
