"""`python -m helpers …`: the course from the command line."""

import sys

from helpers.commands import parser
from helpers.commands.failures import tell_failure


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status. What fails ends in one sentence; `--debug` shows the traceback."""
    options = parser().parse_args(arguments)
    try:
        return options.run(options) or 0
    except Exception as error:
        tell_failure(error, options)
        return 1


if __name__ == "__main__":
    sys.exit(main())
