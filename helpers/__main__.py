"""`python -m helpers …`: the course from the command line."""

import argparse
import sys

from helpers.commands import bundles, doctor, measure, notebooks, photos, run


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status. A user's mistake ends in one sentence, never in a traceback."""
    parser = argparse.ArgumentParser(prog="python -m helpers", description="Graft: transfer learning you can touch.")
    commands = parser.add_subparsers(dest="command", required=True)
    for room in (photos, run, measure, notebooks, bundles, doctor):
        room.add(commands)
    options = parser.parse_args(arguments)
    try:
        return options.do(options) or 0
    except (ValueError, OSError, RuntimeError) as error:
        print(f"graft: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
