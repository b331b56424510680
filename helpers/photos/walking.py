"""Walking through folders: links that lead back, folders of the operating system's, folders that can't be read."""

import os
from contextlib import suppress
from pathlib import Path

from helpers.photos.entries import Refusals

# What zip archives from a Mac, network drives and Windows leave among photos: thumbnails, notes, deleted files.
_SYSTEM = {"__macosx", "@eadir", "#recycle", "$recycle.bin", "system volume information", "lost+found"}


def folders_in(folder: Path, root: Path) -> tuple[list[Path], Refusals]:
    """Return the folders directly in a folder, in order, and those that are left out, with the reason for each.

    Args:
        folder: Where to look. Hidden folders don't count.
        root: The folder that the user named.
    """
    try:
        inside = sorted(folder.iterdir())
    except OSError as error:
        return [], [(folder, _unreadable(error))]
    kept, refused = [], []
    for path in (entry for entry in inside if os.path.isdir(entry) and not entry.name.startswith(".")):
        reason = _reason_to_leave_out(path, folder, root)
        if reason:
            refused.append((path, reason))
        else:
            kept.append(path)
    return kept, refused


def files_in(folder: Path) -> list[Path]:
    """Return the files directly in a folder, in order; of a folder that can't be read, none."""
    with suppress(OSError):
        return sorted(path for path in folder.iterdir() if not os.path.isdir(path))
    return []


def files_below(folder: Path, root: Path) -> tuple[list[Path], Refusals]:
    """Return the files in a folder and its sub-folders, in order, and the folders that are left out.

    Args:
        folder: Where to look. Hidden folders don't count. Links to folders elsewhere are followed.
        root: The folder that the user named.
    """
    files: list[Path] = []
    refused: Refusals = []
    seen: set[str] = set()

    def unreadable(error: OSError) -> None:
        refused.append((Path(error.filename), _unreadable(error)))

    for place, folders, names in os.walk(folder, onerror=unreadable, followlinks=True):
        if os.path.realpath(place) in seen:  # a link that leads back would never end
            folders.clear()
            continue
        seen.add(os.path.realpath(place))
        inside = [Path(place) / name for name in folders if not name.startswith(".")]
        reasons = {path: _reason_to_leave_out(path, folder, root) for path in inside}
        refused += [(path, reason) for path, reason in reasons.items() if reason]
        folders[:] = [path.name for path, reason in reasons.items() if not reason]
        files += [Path(place) / name for name in names]
    return sorted(files), refused


def _unreadable(error: OSError) -> str:
    return f"a folder that can't be read: {error.strerror}"


def _reason_to_leave_out(path: Path, home: Path, root: Path) -> str | None:
    if path.name.casefold() in _SYSTEM:
        return "a folder of the operating system's, not of photos"
    target, whole = Path(os.path.realpath(path)), Path(os.path.realpath(root))
    if target == Path(os.path.realpath(path.parent)) / path.name:
        return None  # no link
    if whole.is_relative_to(target):
        return "a link to a folder that holds all classes"
    inside = Path(os.path.realpath(home))
    if target.is_relative_to(whole) and (inside == whole or not target.is_relative_to(inside)):
        return "a link to photos that are in this folder already, elsewhere"
    return None
