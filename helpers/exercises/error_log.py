"""Tracebacks go into a log file in the cache folder; the learner reads one sentence, which names that file.

Exercises, widgets and the command line all turn exceptions into a sentence. This module lives here because it is the
lowest folder of the three: the other two may import from it. It opens the file for each entry rather than through a
`logging` handler: a notebook's kernel and a command may write at the same time, a handler would hold the file open
(Windows can't rotate an open file), and a handler that can't write prints a traceback of its own.
"""

import os
import traceback
from datetime import datetime
from pathlib import Path

from helpers import config

_FILE_NAME = "errors.log"
_SIZE_LIMIT = 500_000  # bytes; a full log becomes errors.old.log, so the two of them hold at most about a megabyte
# Raised on purpose, with a message written for the learner. The others are named by their kind as well.
_SPEAKING = (ValueError, OSError, RuntimeError)


def log_traceback(error: BaseException) -> Path | None:
    """Append an error's traceback to the log.

    Args:
        error: An exception that was caught.

    Returns:
        The log file, or `None` if it could not be written: a full or read-only disk must not hide the first error.

    Example:
        >>> log_traceback(error)
        PosixPath('data/cache/errors.log')
    """
    file = config.cache_folder() / _FILE_NAME
    try:
        entry = "".join(traceback.format_exception(error))
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.is_file() and file.stat().st_size > _SIZE_LIMIT:
            file.replace(file.with_suffix(".old.log"))
        with file.open("a", encoding="utf-8", errors="backslashreplace") as log:
            log.write(f"{datetime.now():%Y-%m-%d %H:%M:%S}, process {os.getpid()}\n{entry}\n")
    except (OSError, ValueError):  # ValueError: GRAFT_CACHE is no path at all
        return None
    return _short(file)


def first_line(error: BaseException) -> str:
    """Return the first line of what an error says, after its kind unless it was raised for the learner to read.

    Example:
        >>> first_line(KeyError("block9z"))
        "KeyError: 'block9z'"
    """
    lines = str(error).strip().splitlines()
    if not lines:
        return type(error).__name__
    return lines[0] if isinstance(error, _SPEAKING) else f"{type(error).__name__}: {lines[0]}"


def log_and_tell(error: BaseException) -> str:
    """Log an error's traceback, and return one line for the learner that says what went wrong and names the log.

    Example:
        >>> log_and_tell(ValueError("Expected a photo. Received: 'list.txt'."))
        "Expected a photo. Received: 'list.txt'. (Traceback: data/cache/errors.log)"
    """
    log = log_traceback(error)
    return first_line(error) + (f" (Traceback: {log})" if log else "")


def _short(file: Path) -> Path:
    # Relative to the course's folder where possible: easier to read, and the same on every machine.
    return file.relative_to(config.ROOT) if file.is_relative_to(config.ROOT) else file
