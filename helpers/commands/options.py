"""Options that several commands share, and how a lesson's parameters are named on the command line."""

import ast
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path

_WORDS = ("auto", "bundled", "photos", "imagenet", "random")  # what a source or weights may be that is no path


def add_lessons(command: ArgumentParser) -> None:
    """Let a command take lessons."""
    command.add_argument("lessons", nargs="*", help="notebooks (default: all lessons)")


def add_parameters(command: ArgumentParser) -> None:
    """Let a command take values for the lessons' parameters."""
    command.add_argument("--source", help='"bundled", "photos", or a folder with one sub-folder per class')
    command.add_argument("--base", help="EfficientNetLite0, EfficientNetB0, MobileNetV2-0.35, …")
    command.add_argument("--weights", help='"bundled", "imagenet", "random", or a weights file')
    command.add_argument("--image-size", type=int, help="width and height of the photos in pixels")
    command.add_argument("--per-class", type=int, help="training photos per class")
    command.add_argument("--epochs", type=int)
    command.add_argument(
        "-p", "--parameter", nargs=2, action="append", default=[], metavar=("NAME", "VALUE"), help="any other parameter"
    )


def add_seeds(command: ArgumentParser) -> None:
    """Let a command take a number of seeds."""
    command.add_argument("--seeds", type=int, default=5, help="how many seeds (default: 5)")


def add_jobs(command: ArgumentParser, what: str = "processes at a time; -1 for one per core") -> None:
    """Let a command work on several things at once."""
    command.add_argument("--jobs", type=int, default=1, help=what)


def add_bundle(command: ArgumentParser) -> None:
    """Let a command take a bundle."""
    command.add_argument("bundle", help="folder written by save_bundle")


def parameters_of(options: Namespace) -> dict:
    """Return the values that were given, by the names that lessons use."""
    given = {
        "SOURCE": _absolute(options.source),
        "BASE": options.base,
        "BASE_WEIGHTS": _absolute(options.weights),
        "IMAGE_SIZE": options.image_size,
        "PER_CLASS": options.per_class,
        "EPOCHS": options.epochs,
        "SEED": getattr(options, "seed", None),
    }
    given = {name: value for name, value in given.items() if value is not None}
    if options.weights == "random":
        given["BASE_WEIGHTS"] = None
    return given | {name: literal(value) for name, value in options.parameter}


def literal(text: str) -> object:
    """Return the Python value that a text spells, or the text itself."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text


def positive(text: str) -> int:
    """Return the whole number above 0 that a text spells; for argparse, which turns the error into a sentence."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"use a whole number above 0; got {text!r}")
    return int(text)


def exit_status(failed: int) -> int:
    """Return how many failed, as an exit status: those have eight bits, and the shell uses those above 125."""
    return min(failed, 125)


def _absolute(given: str | None) -> str | None:
    # A lesson runs in its own folder, where a relative path would mean something else.
    return given if given is None or given in _WORDS else str(Path(given).resolve())
