"""Two editions of the lessons from one source: one without solutions, one with solutions and an instructor's notes."""

import copy
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from helpers import exercises
from helpers.activations.whole_files import write_whole
from helpers.teaching import lessons

NOTES = lessons.NOTEBOOKS / "teaching"  # a file for each lesson's number
_HIDE = 'import os\n\nos.environ["GRAFT_SOLUTIONS"] = "hidden"  # before the exercises are used\n'
_CHECK = re.compile(r"\b(lesson_\d\d)\.(q\d+)\.check\(")


def write_editions(folder: str | Path, paths: Sequence[Path] = ()) -> list[Path]:
    """Write `student/` and `instructor/` into a folder. The lessons themselves are only read.

    Args:
        folder: Any folder; earlier editions in it are overwritten.
        paths: Lessons; all of them by default.

    Returns:
        The two folders.

    Raises:
        ValueError: If a note is under a heading that its lesson does not have.

    Example:
        >>> write_editions("editions")
        [PosixPath('editions/student'), PosixPath('editions/instructor')]
    """
    import nbformat

    folders = [Path(folder) / name for name in ("student", "instructor")]
    written = []  # everything is made before anything is written
    for page in (lessons.NOTEBOOKS / name for name in lessons.PAGES):
        if page.is_file():
            written += [(place / page.name, _inward(page.read_text(encoding="utf-8"))) for place in folders]
    for path in paths or lessons.lesson_paths():
        lessons.check_is_notebook(path)
        lesson = nbformat.read(path, as_version=4)
        editions = student(lesson), instructor(lesson, _notes_for(path))
        for place, edition in zip(folders, editions, strict=True):
            written.append((place / path.name, nbformat.writes(edition).rstrip("\n") + "\n"))
    for place, text in written:
        place.parent.mkdir(parents=True, exist_ok=True)
        write_whole(place, text.encode())
    return folders


def _notes_for(path: Path) -> dict[str, str]:
    notes = NOTES / f"{path.stem[:2]}.md"
    return notes_of(notes.read_text(encoding="utf-8")) if notes.is_file() else {}


def student(lesson):
    """Return a lesson as students get it: no outputs, no solutions, and `solution()` shows nothing.

    Cells tagged `solution` are left out. This hides solutions, but doesn't lock them away. The figure of the lesson's
    idea stays, since it is there to be seen before anything runs.

    Args:
        lesson: A notebook, as `nbformat` reads it; it stays as it is.
    """
    edition = _at_home_anywhere(lesson, first_lines=_HIDE)
    edition.cells = [cell for cell in edition.cells if "solution" not in cell.metadata.get("tags", [])]
    edition.metadata.pop("graft", None)
    for cell in edition.cells:
        if cell.cell_type == "code":
            cell.execution_count = None
            cell.outputs = [_unnumbered(output) for output in cell.outputs if _is_figure(cell)]
        else:
            cell.source = without_solutions(cell.source)
    return edition


def _is_figure(cell) -> bool:
    return "figure" in cell.metadata.get("tags", [])


def _unnumbered(output):
    if "execution_count" in output:
        output.execution_count = None
    return output


def instructor(lesson, notes: Mapping[str, str]):
    """Return a lesson as instructors get it: stored outputs, a solution after each exercise, notes at headings.

    Args:
        lesson: A notebook, as `nbformat` reads it; it stays as it is.
        notes: From `notes_of`.

    Raises:
        ValueError: If the lesson lacks the heading of a note.
    """
    edition = _at_home_anywhere(lesson)
    lost = set(notes) - {heading for cell in edition.cells for heading in _headings(cell)}
    if lost:
        raise ValueError(
            f"Expected notes under headings that their lesson has. Received: {', '.join(map(repr, sorted(lost)))}. "
            "Change the heading in notebooks/teaching/ as it was changed in the lesson."
        )
    edition.cells = [added for cell in edition.cells for added in (cell, *_notes(cell, notes), *_solutions(cell))]
    return edition


def _notes(cell, notes: Mapping[str, str]) -> list:
    import nbformat

    found = []
    for heading in [each for each in _headings(cell) if each in notes]:
        lines = ["**For the instructor**", "", *notes[heading].splitlines()]
        quoted = "\n".join(f"> {line}".rstrip() for line in lines)
        name = f"{cell.id[:50]}-note-{len(found) + 1}"
        found.append(nbformat.v4.new_markdown_cell(quoted, id=name, metadata={"tags": ["instructor"]}))
    return found


def _solutions(cell) -> list:
    # A solution for each question that a cell checks, as code that checks itself.
    import nbformat

    found = []
    for lesson, name in dict.fromkeys(_CHECK.findall(cell.source)) if cell.cell_type == "code" else ():
        code = getattr(getattr(exercises, lesson), name).problem.code.strip()
        check = next(line for line in cell.source.splitlines() if f"{lesson}.{name}.check(" in line)
        source = f"# One way to answer {name}\n{code}\n{check}"
        name = f"{cell.id[:50]}-solution-{len(found) + 1}"
        found.append(nbformat.v4.new_code_cell(source, id=name, metadata={"tags": ["solution"]}))
    return found


def without_solutions(markdown: str) -> str:
    """Return a text without what it says about `solution()`; what it says about hints stays.

    Example:
        >>> without_solutions("Stuck? `q1.hint()` says more; `q1.solution()` shows one way. Go on.")
        'Stuck? `q1.hint()` says more. Go on.'
    """
    solution = r"`[\w.]*\.solution\(\)`"
    text = re.sub(rf"(`[\w.]*\.hint\(\)`) and {solution} help\b", r"\1 helps", markdown)
    text = re.sub(rf"[;,]? (?:and )?{solution} shows one way", "", text)
    # Any other mention is removed as a whole sentence.
    sentence = rf"(?:(?<=[.!?])\s|^)[^.!?\n`]*(?:`[^`]*`[^.!?\n`]*)*?{solution}[^.!?\n]*[.!?]?"
    return re.sub(sentence, "", text, flags=re.M)


def notes_of(text: str) -> dict[str, str]:
    """Return an instructor's notes by the heading they belong to.

    Args:
        text: Markdown: the lesson's own headings, and below each the notes for that place.

    Example:
        >>> notes_of("# 3 · Replace the head\\n\\n- Ask first.\\n\\n## Your turn\\n\\n- Skip question 2.")
        {'3 · Replace the head': '- Ask first.', 'Your turn': '- Skip question 2.'}
    """
    parts = re.split(r"^#+ +(.*?)\s*$", text, flags=re.M)
    return {heading: note.strip() for heading, note in zip(parts[1::2], parts[2::2], strict=True) if note.strip()}


def _headings(cell) -> list[str]:
    return re.findall(r"^#+ +(.*?)\s*$", cell.source, flags=re.M) if cell.cell_type == "markdown" else []


def _at_home_anywhere(lesson, first_lines: str = ""):
    # An edition lies in any folder, so what lies beside the lessons is found by the package instead.
    edition = copy.deepcopy(lesson)
    moved = False
    for cell in edition.cells:
        if cell.cell_type == "code":
            source = re.sub(r"(['\"])\.\./data/([^'\"]*)\1", r'config.DATA / "\2"', cell.source)
            moved, cell.source = moved or source != cell.source, source
        else:
            cell.source = _inward(cell.source)
    imports = next((cell for cell in edition.cells if cell.cell_type == "code" and not _is_figure(cell)), None)
    if imports is not None:
        added = "from helpers import config\n" if moved else ""
        imports.source = first_lines + added + imports.source
    return edition


def _inward(markdown: str) -> str:
    # A link out of the lessons' folder would be broken: its text stays, with the path in the course's folder.
    return re.sub(r"!?\[([^\]]*)\]\(\.\./([^)\s]*)\)", r"\1 (`\2` in the course's folder)", markdown)
