"""A learner's own copies of the lessons, so that what they write is never overwritten, and the originals stay clean."""

import contextlib
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from helpers.activations.whole_files import write_whole
from helpers.teaching import lessons
from helpers.teaching.covering import drop_covered
from helpers.teaching.trusting import trust

_ORIGINALS = ".originals.json"  # in the learner's folder: from what each copy was made


def begin(folder: str | Path, paths: Sequence[Path] = ()) -> list[str]:
    """Copy the lessons into a learner's folder, without the answers to their questions, and the pages they link to.

    A copy that was changed stays as it is for ever, however the course changes; one that was never touched is replaced
    by the course's newer lesson.

    Args:
        folder: Any folder but that of the originals; made if it isn't there.
        paths: Files to copy; all lessons and their pages by default.

    Returns:
        Sentences for the learner: what is new, and which of their copies the course has a newer lesson for.

    Raises:
        ValueError: If the folder is that of the originals, or something in it is in the way.

    Example:
        >>> begin("my_lessons")
        ['16 files copied into my_lessons. What you write there is yours.']
    """
    folder = Path(folder)
    paths = list(paths) or [
        *lessons.lesson_paths(),
        *filter(Path.is_file, (lessons.NOTEBOOKS / it for it in lessons.PAGES)),
    ]
    _check(folder, paths)
    known = _known(folder)
    copied, renewed, kept, untouched = [], [], [], []
    for path in paths:
        original, copy = as_never_run(path.read_bytes()), folder / path.name
        mine = copy.read_bytes() if copy.exists() else None
        if mine in (None, original) or _digest(mine) == known.get(path.name):
            if mine != original:
                write_whole(copy, original)
                (copied if mine is None else renewed).append(path.name)
            known[path.name] = _digest(original)
            untouched.append(original)
        elif known.get(path.name) != _digest(original):
            kept.append(path.name)
    write_whole(folder / _ORIGINALS, (json.dumps(known, indent=1, sort_keys=True) + "\n").encode())
    trust(untouched)
    return _told(folder, copied, renewed, kept)


def as_never_run(notebook: bytes) -> bytes:
    """Return a notebook's file as a learner begins it: no answer is to be read, and no cell bears a number.

    Args:
        notebook: The file's content.

    Returns:
        The content of a file in the same form; the same bytes where that changes nothing, or it isn't a notebook.
    """
    try:
        stored, lesson = json.loads(notebook), json.loads(notebook)
        drop_covered(lesson)
        for cell in lesson["cells"]:
            for part in (cell, *cell.get("outputs", ())):
                if "execution_count" in part:
                    part["execution_count"] = None
    except (ValueError, TypeError, KeyError, AttributeError):
        return notebook
    return notebook if lesson == stored else (json.dumps(lesson, indent=1, ensure_ascii=False) + "\n").encode()


def _check(folder: Path, paths: Sequence[Path]) -> None:
    if any(folder.resolve() == path.resolve().parent for path in paths):
        raise ValueError(f"Expected another folder than the lessons' own. Received: '{folder}'.")
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"Expected a folder for your lessons. Received: '{folder}', which is a file. Move it away.")
    for path in paths:
        if (folder / path.name).exists() and not (folder / path.name).is_file():
            raise ValueError(f"Expected '{folder / path.name}' to be a file, or not there. Received: a folder.")


def _known(folder: Path) -> dict[str, str]:
    with contextlib.suppress(OSError, ValueError):
        known = json.loads((folder / _ORIGINALS).read_text(encoding="utf-8"))
        if isinstance(known, dict):
            return {str(name): str(digest) for name, digest in known.items()}
    return {}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _told(folder: Path, copied: list[str], renewed: list[str], kept: list[str]) -> list[str]:
    told = []
    if copied:
        files = "1 file" if len(copied) == 1 else f"{len(copied)} files"
        told.append(f"{files} copied into {folder}. What you write there is yours.")
    if renewed:
        told.append(f"The course has changed, and so have copies that you hadn't touched: {', '.join(renewed)}.")
    if kept:
        told.append(
            f"The course has changed since you began {', '.join(kept)}. Your copies stay as they are. "
            f"For the new ones, move yours out of {folder} and start again."
        )
    return told
