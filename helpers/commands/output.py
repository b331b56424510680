"""What a command prints, and its end where nobody takes it: a full disk, or a reader such as `head` that has left."""

import contextlib
import io
import os
import sys
from argparse import Namespace
from collections.abc import Iterator
from typing import TextIO

from helpers.commands.failures import tell_failure

_LEFT = 141  # as the shell counts a program that a broken pipe ended


class OutputError(Exception):
    """Standard output takes nothing more. It is no OSError, so that nobody takes it for a photo's or a file's."""


class _Output:
    """A stream that tells by OutputError that it takes nothing more."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write as the stream does."""
        with _told_apart():
            return self._stream.write(text)

    def flush(self) -> None:
        """Flush as the stream does."""
        with _told_apart():
            self._stream.flush()


@contextlib.contextmanager
def _told_apart() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError from error


@contextlib.contextmanager
def watched() -> Iterator[None]:
    """Raise OutputError where what is printed within can't be written, at the latest at the end."""
    if sys.stdout is None:  # closed, as after >&-: whoever prints does nothing
        yield
        return
    output = _Output(sys.stdout)
    with contextlib.redirect_stdout(output):  # pyright: ignore[reportArgumentType]  # all that print needs
        yield
        output.flush()


def end_without(error: OutputError, options: Namespace) -> int:
    """Say why nothing more is printed, unless the reader left on purpose, and return the exit status."""
    with contextlib.suppress(io.UnsupportedOperation, OSError):  # what is left would fail again at Python's end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    cause = error.__cause__
    if isinstance(cause, BrokenPipeError):
        return _LEFT
    told = f"Expected a standard output that takes what is printed. Received: {cause}. Print it elsewhere."
    tell_failure(OSError(told), options)
    return 1
