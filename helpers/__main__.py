"""`python -m helpers …`: the course from the command line."""

import os
import signal
import sys
import threading

_INTERRUPTED = 130  # as the shell counts a program that Ctrl+C ended
_SHORTLY = 0.05  # seconds


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status.

    What fails ends in one sentence, and Ctrl+C in none; `--debug` shows the traceback.
    """
    try:
        return _run(arguments)
    except KeyboardInterrupt:
        return _INTERRUPTED


def _run(arguments: list[str] | None) -> int:
    # Imported here, for Ctrl+C may come during imports as well.
    from helpers.commands import parser
    from helpers.commands.failures import tell_failure
    from helpers.commands.output import OutputError, end_without, watched

    options = parser().parse_args(arguments)
    try:
        with watched():
            return options.run(options) or 0
    except OutputError as error:
        return end_without(error, options)
    except (Exception, KeyboardInterrupt) as error:
        interrupted = isinstance(error, KeyboardInterrupt)
        if not interrupted or options.debug:
            tell_failure(error, options)
        return _INTERRUPTED if interrupted else 1


def _interrupted_elsewhere(unraisable: "sys.UnraisableHookArgs") -> None:
    """Let Ctrl+C be heard, too, where Python would only print it and go on: in a callback or a destructor."""
    if isinstance(unraisable.exc_value, KeyboardInterrupt):
        # Later, for raised in here it would be lost again.
        threading.Timer(_SHORTLY, signal.raise_signal, [signal.SIGINT]).start()
    else:
        sys.__unraisablehook__(unraisable)


if __name__ == "__main__":
    sys.unraisablehook = _interrupted_elsewhere
    _status = main()
    signal.signal(signal.SIGINT, lambda *_: os._exit(_status))  # a second one ends Python's own end at once
    sys.exit(_status)
