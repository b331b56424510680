"""What students hand in: whose each notebook is, which lesson it is of, and a copy to run it in."""

import re
import shutil
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

from helpers import config
from helpers.exercises import quizzes, records
from helpers.exercises.problem import RIGHT, WRONG
from helpers.teaching import lessons

_MENTIONED = re.compile(r"\blesson_(\d\d)\b|\bquiz\(\s*['\"](\d\d)['\"]")
RECORDS = "progress"  # in a student's folder: their own records, as `data/progress` has them
_WIDGETS = "application/vnd.jupyter.widget-state+json"
_WATCHER = "helpers.widgets.quiz.QuizWatcher"  # under this name its state is saved


def handed_in(folder: str | Path) -> list[tuple[str, Path]]:
    """Return students and their notebooks: a folder per student, or a notebook per student, or both.

    A folder without a notebook stands for itself, so that its student isn't passed over.

    Raises:
        FileNotFoundError: If there is no such folder.
        ValueError: If there is nothing in it.

    Example:
        >>> handed_in("handed_in")
        [('ada', PosixPath('handed_in/ada/04.ipynb')), ('ben', PosixPath('handed_in/ben.ipynb'))]
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise FileNotFoundError(f"Expected a folder of students' notebooks. Received: '{folder}', which is none.")
    found = []
    for entry in sorted(folder.iterdir()):
        if entry.is_dir() and not entry.name.startswith("."):
            notebooks = [path for path in sorted(entry.rglob("*.ipynb")) if _is_visible(path, entry)]
            found += [(entry.name, path) for path in notebooks or [entry]]
        elif entry.is_file() and not entry.name.startswith("."):
            found.append((entry.stem, entry))  # also what is no notebook: its student would be passed over
    if not found:
        raise ValueError(
            f"Expected notebooks in '{folder}', or a folder per student with notebooks in it. Received: none."
        )
    return found


def read(path: Path) -> Any:
    """Return a notebook as `nbformat` reads it.

    Raises:
        OSError: If it can't be read.
        ValueError: If it is no notebook, or one in another language.
    """
    import nbformat

    if path.is_dir():
        raise ValueError("Expected a notebook in the student's folder. Received: none.")
    if path.suffix.lower() != ".ipynb":
        raise ValueError(f"Expected a notebook. Received: '{path.name}', which isn't one.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # cells without an id, as other programs write them
        lessons.check_is_notebook(path)
        notebook = nbformat.read(path, as_version=4)
    language = str(notebook.metadata.get("kernelspec", {}).get("language", "python"))
    if language.lower() != "python":
        raise ValueError(f"Expected a notebook in Python. Received: one in {language}.")
    return notebook


def lesson_of(path: Path, notebook: Any) -> str:
    """Return the number of the lesson that a notebook is of: the one that its code uses most, else by its file's name.

    Raises:
        ValueError: If it is no notebook of this course, or of a lesson without exercises.
    """
    mentioned = Counter(
        first or second
        for cell in notebook.cells
        if cell.cell_type == "code"
        for first, second in _MENTIONED.findall(cell.source)
    )
    known = [lesson for lesson, _ in mentioned.most_common() if lesson in quizzes.lessons()]
    if known:
        return known[0]
    if path.name in [each.name for each in lessons.lesson_paths()]:
        if path.name[:2] in quizzes.lessons():
            return path.name[:2]
        raise ValueError("This lesson has no exercises and no quiz, so there is nothing to grade.")
    raise ValueError("Expected a notebook of this course. Received: one that uses none of its exercises or quizzes.")


def clicks(notebook: Any, own: Path | None, lesson: str) -> dict[str, str]:
    """Return how the questions of a quiz went that a student clicked, as far as anything handed in says so.

    JupyterLab saves the state of widgets in a notebook if *Settings → Save Widget State Automatically* is on, which by
    default it isn't. The rest is in the student's records.

    Args:
        notebook: As the student saved it.
        own: The student's folder, if there is one.
        lesson: The notebook's.

    Example:
        >>> clicks(notebook, Path("handed_in/ada"), "04")
        {'quiz1': 'right', 'quiz2': 'wrong'}
    """
    kept = records.kept(own / RECORDS) if own else {}
    found = {item: outcome for (of, item), outcome in kept.items() if of == lesson and item.startswith("quiz")}
    saved = notebook.metadata.get("widgets", {}).get(_WIDGETS, {}).get("state", {})
    states = [widget.get("state", {}) for widget in saved.values()]
    for state in [each for each in states if each.get("_anywidget_id") == _WATCHER]:
        for name, outcome in (("tried", WRONG), ("right", RIGHT)):
            found |= {f"quiz{place + 1}": outcome for place in state.get(name, []) if isinstance(place, int)}
    return found


def laid_out(path: Path, own: Path | None, room: Path) -> Path:
    """Copy a student's files, and return the folder that their notebook runs in. Beside it lies the course's data.

    Args:
        path: The notebook.
        own: The student's folder; `None` for a notebook that stands alone.
        room: An empty folder.
    """
    work = place = room / "work"
    if own:
        place = work / path.parent.relative_to(own)
        for file in filter(Path.is_file, own.rglob("*")):
            # A package of the course's name would be imported in place of the course's own.
            passed_over = file.suffix == ".ipynb" or "helpers" in file.relative_to(own).parts or file.is_symlink()
            if _is_visible(file, own) and not passed_over:
                copy = work / file.relative_to(own)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, copy)
    place.mkdir(parents=True, exist_ok=True)
    if not (place.parent / "data").exists():
        (place.parent / "data").symlink_to(config.DATA, target_is_directory=True)
    return place


def _is_visible(path: Path, folder: Path) -> bool:
    return not any(part.startswith(".") for part in path.relative_to(folder).parts)
