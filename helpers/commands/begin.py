"""`begin`: copies of the lessons to work in."""

from argparse import ArgumentParser, Namespace

HELP = "copy the lessons into a folder of your own; nothing that you changed there is overwritten"


def add_options(command: ArgumentParser) -> None:
    """Tell argparse what the command takes."""
    command.add_argument("folder", nargs="?", default="my_lessons", help="made if it isn't there (default: my_lessons)")


def run(options: Namespace) -> None:
    """Make the copies, and say what is new."""
    from helpers.teaching.working_copies import begin

    for sentence in begin(options.folder):
        print(sentence)
