"""How lessons and their parameters are named on a command line."""

import ast
from pathlib import Path


def add_lessons_and_parameters(command) -> None:
    """Let a command take lessons, and values for their parameters."""
    command.add_argument("lessons", nargs="*", help="notebooks; all of them by default")
    command.add_argument("--source", help='"bundled", "photos", or a folder with one sub-folder per class')
    command.add_argument("--base", help="EfficientNetB0, MobileNetV2-0.35, …")
    command.add_argument("--weights", help='"bundled", "imagenet", "random", or a weights file')
    command.add_argument("--image-size", type=int, help="side of the photos in pixels")
    command.add_argument("--per-class", type=int, help="training photos a class")
    command.add_argument("--epochs", type=int)
    command.add_argument("-p", "--parameter", nargs=2, action="append", default=[], metavar=("NAME", "VALUE"))


def parameters_of(options) -> dict:
    """Return what was given, by the names that lessons use."""
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


def literal(text: str):
    """Return the Python value that a text spells, or the text itself."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text


def _absolute(given: str | None) -> str | None:
    # A lesson runs in its own folder, where a relative path would mean something else.
    if given is None or given in ("auto", "bundled", "photos", "imagenet", "random"):
        return given
    return str(Path(given).resolve())
