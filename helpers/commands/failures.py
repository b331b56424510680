"""How a command says that something failed: in one line, with the traceback in the log, or in full on request."""

import sys
import traceback
from argparse import Namespace

from helpers.exercises.error_log import log_and_tell


def tell_failure(error: BaseException, options: Namespace, prefix: str = "graft") -> None:
    """Write an error to stderr.

    Args:
        error: An exception that was caught.
        options: With `--debug` the whole traceback is written, and nothing is logged.
        prefix: What the line begins with.
    """
    told = "".join(traceback.format_exception(error)).rstrip() if options.debug else f"{prefix}: {log_and_tell(error)}"
    print(told, file=sys.stderr, flush=True)
