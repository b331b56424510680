"""`check`: what `load_photos` would make of a folder."""

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

HELP = "look through a folder of photos and say which would be skipped, and why"


def add_options(command: ArgumentParser) -> None:
    """Tell argparse what the command takes."""
    command.add_argument("folder", help="folder with one sub-folder per class, or with train, val and test")
    command.add_argument("--labels", help="CSV file with the class of each photo, instead of sub-folders")


def run(options: Namespace) -> None:
    """Say what `load_photos` makes of a folder."""
    from helpers.photos.loading import load_photos
    from helpers.photos.split import count_by_class

    loaded = load_photos(options.folder, labels=options.labels)
    tell(str(loaded))
    for split in (loaded.train, loaded.val, loaded.test):
        counts = ", ".join(f"{count} {name}" for name, count in count_by_class(split).items())
        tell(f"{split.name}: {counts}")
    if loaded.uses_few_greys and loaded.grey_range is not None:
        low, high = loaded.grey_range
        tell(f"16-bit grey: only the values {low} to {high} of 0 to 255 are used.")
        tell("load_photos(..., stretch=True) stretches them.")
    print_skipped(loaded, Path(options.folder))
    _print_near_copies(loaded, Path(options.folder))


def print_skipped(loaded, folder: Path) -> None:
    """Print a line for each photo that was skipped.

    Args:
        loaded: `Photos` that were read from a folder.
        folder: That folder; the lines give paths within it.
    """
    for path, reason in loaded.skipped:
        tell(f"skipped {path.relative_to(folder)}: {reason}")


def _print_near_copies(loaded, folder: Path) -> None:
    sides = {path: split.name for split in (loaded.train, loaded.val, loaded.test) for path in split.paths}
    for pair in loaded.near_copies:
        one, other = (f"{path.relative_to(folder)} ({sides[path]})" for path in pair)
        tell(f"near-copies: {one} and {other} look the same")
    if loaded.near_copies:
        tell('load_photos(..., near_copies="together") keeps near-copies of one class in one split.')


def tell(line: str) -> None:
    """Print a line, whatever is in it and whatever the terminal can show."""
    # Names come from the user's files: they may hold what a terminal would obey, or letters that it can't show.
    from helpers.photos.names import printable

    if sys.stdout is None:  # closed, as after >&-
        return
    encoding = sys.stdout.encoding or "utf-8"
    print(printable(line).encode(encoding, "backslashreplace").decode(encoding), flush=True)
