"""Commands that write notebooks: the lessons' outputs, and the editions."""

from helpers.teaching import lessons


def add(commands) -> None:
    """Tell argparse of them."""
    command = commands.add_parser("store", help="execute lessons as they are and store their outputs in them")
    command.add_argument("lessons", nargs="*", help="notebooks; all of them by default")
    command.set_defaults(do=store)

    command = commands.add_parser("editions", help="write the lessons without solutions, and with solutions and notes")
    command.add_argument("lessons", nargs="*", help="notebooks; all of them by default")
    command.add_argument("--out", required=True, metavar="FOLDER", help="gets student/ and instructor/")
    command.set_defaults(do=editions)


def store(options) -> None:
    """Execute lessons in place."""
    for path in lessons.lesson_paths(options.lessons):
        print(f"{path.stem:32s} {lessons.store_outputs(path):6.1f} s", flush=True)


def editions(options) -> None:
    """Write a student's and an instructor's edition."""
    from helpers.teaching.editions import write_editions

    for folder in write_editions(options.out, lessons.lesson_paths(options.lessons)):
        print(folder)
