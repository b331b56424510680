"""`editions`: the lessons without solutions for students, and with solutions and notes for instructors."""

from argparse import ArgumentParser, Namespace

from helpers.commands.options import add_lessons

HELP = "write the lessons without solutions, and with solutions and notes"


def add_options(command: ArgumentParser) -> None:
    """Tell argparse what the command takes."""
    add_lessons(command)
    command.add_argument("--out", required=True, metavar="FOLDER", help="where student/ and instructor/ are written")


def run(options: Namespace) -> None:
    """Write a student edition and an instructor edition."""
    from helpers.teaching.editions import write_editions
    from helpers.teaching.lessons import lesson_paths

    for folder in write_editions(options.out, lesson_paths(options.lessons)):
        print(folder)
