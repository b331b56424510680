"""`store`: execute lessons and store their outputs in them."""

from argparse import ArgumentParser, Namespace

from helpers.commands.options import add_lessons

HELP = "execute lessons as they are and store their outputs in them"


def add_options(command: ArgumentParser) -> None:
    """Tell argparse what the command takes."""
    add_lessons(command)


def run(options: Namespace) -> None:
    """Execute lessons in place, and print a line for each."""
    from helpers.teaching import lessons

    for path in lessons.lesson_paths(options.lessons):
        print(f"{path.stem:32s} {lessons.store_outputs(path):6.1f} s", flush=True)
