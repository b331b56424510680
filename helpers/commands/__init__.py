"""The course from the command line: one module per command, and the options that several of them share.

Each command's module has `HELP`, `add_options`, which tells argparse what it takes, and `run`, which returns the exit
status. What a command needs is imported when it runs, so that `--help` answers at once.
"""

from argparse import SUPPRESS, ArgumentParser
from importlib import import_module

# In the order in which --help lists them.
NAMES = (
    "begin", "photos", "check", "run", "sweep", "experiment", "bands", "index", "costs", "store", "editions",
    "grade", "train", "evaluate", "predict", "app", "export", "doctor",
)  # fmt: skip


def parser() -> ArgumentParser:
    """Return the parser of `python -m helpers`, with every command in it.

    The options it parses have `run`, the command's function, and `debug`.
    """
    whole = ArgumentParser(prog="python -m helpers", description="Graft: transfer learning you can touch.")
    # After the command as well; without SUPPRESS its default would undo a --debug that came before.
    shared = ArgumentParser(add_help=False, argument_default=SUPPRESS)
    for each in (whole, shared):
        each.add_argument("--debug", action="store_true", help="when something fails, show the whole traceback")
    commands = whole.add_subparsers(dest="command", required=True)
    for name in NAMES:
        module = import_module(f"helpers.commands.{name}")
        command = commands.add_parser(name, help=module.HELP, parents=[shared])
        module.add_options(command)
        command.set_defaults(run=module.run)
    return whole
