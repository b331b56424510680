"""Files that appear whole or not at all, and are on the disk once they have their name."""

import contextlib
import os
import tempfile
from pathlib import Path

_UMASK = os.umask(0o077)  # the rights that new files get can only be read by setting them
os.umask(_UMASK)


def write_whole(path: Path, data: bytes) -> Path:
    """Write a small file in one step, so that nobody ever reads half of it, and return its path.

    A write that fails leaves what was there before, and nothing else.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".unfinished")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            give_usual_rights(file.fileno())
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
        sync_folder(path.parent)
    finally:
        remove(Path(name))
    return path


def sync_folder(folder: Path) -> None:
    """Bring a folder's list of files onto the disk: without this, a power cut could take a new name back."""
    with contextlib.suppress(OSError):  # Windows cannot open folders, and some network drives cannot sync them
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def give_usual_rights(file: int, write: bool = True) -> None:
    """Let others read a file as they may read any: a temporary one can only be read by its owner.

    Args:
        file: An open file's number.
        write: `False` lets nobody change it, not even its owner. On Windows such a file couldn't be removed, either.
    """
    if os.name == "posix":
        os.fchmod(file, (0o666 if write else 0o444) & ~_UMASK)


def remove(file: Path) -> None:
    """Remove a file if it is there and may be removed."""
    with contextlib.suppress(OSError):  # open in another process, on Windows; or nothing may be written here
        file.unlink(missing_ok=True)
