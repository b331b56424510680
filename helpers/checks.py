"""What public functions accept: a line above each says what its arguments must be, and nonsense ends in a sentence.

NumPy's numbers count as numbers, true and false don't. A value of the wrong kind is a `TypeError`, a value outside its
limits a `ValueError`; both say what was expected, what was received and, where it helps, what to do.
"""

import inspect
import math
import os
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numpy as np

Rule = Callable[[str, Any], None]  # takes an argument's name and its value, and raises an error if it won't do
Arguments = ParamSpec("Arguments")
Returned = TypeVar("Returned")

MOST_SEED = 2**32 - 1  # what NumPy's and Keras's random generators take
LEAST_SIDE = 32  # pixels; EfficientNet halves the size five times, and one pixel has to be left
MOST_SIDE = 4096  # pixels; a batch of larger squares fits into no machine that this course is for
MOST_UNITS = 65_536  # of a layer
MOST_BATCH = 65_536
_MANY = 1_000_000_000
_SHOWN = 60  # characters of a value that are shown
# Where the things come from that functions hand to each other.
_FROM = {
    "Model": "a Keras model. Pass what load_base or attach_head returned",
    "Photos": "photos with their splits. Pass what load_flowers or load_photos returned",
    "Split": "one split of the photos. Pass photos.train, photos.val or photos.test",
    "Report": "a report. Pass what evaluate returned",
    "DataFrame": "a DataFrame. Pass the table itself",
}


class WrongKindError(TypeError, ValueError):
    """A value of the wrong kind. Also a `ValueError`, which is what the functions that take settings have for all."""


def checked(**rules: Rule) -> Callable[[Callable[Arguments, Returned]], Callable[Arguments, Returned]]:
    """Check a function's arguments before it runs. Its defaults aren't checked.

    Args:
        **rules: What an argument must be, by its name.

    Example:
        >>> @checked(bins=whole(1, 100))
        ... def calibration(report, bins=10): ...
    """

    def around(function: Callable[Arguments, Returned]) -> Callable[Arguments, Returned]:
        signature = inspect.signature(function)
        assert set(rules) <= set(signature.parameters), function

        @wraps(function)
        def call(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Returned:
            for name, value in signature.bind(*args, **kwargs).arguments.items():
                if name in rules:
                    rules[name](name, value)
            return function(*args, **kwargs)

        return call

    return around


def shown(value: object) -> str:
    """Return a value in a few words, for the end of a sentence."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}, {value.dtype}"
    text = " ".join(repr(value).split())
    return text if len(text) <= _SHOWN else f"{type(value).__name__}, {text[: _SHOWN - 1]}…"


def kind_of(*kinds: type) -> Rule:
    """Expect an instance of one of these classes."""

    def rule(name: str, value: Any) -> None:
        if not isinstance(value, kinds):
            wanted = _FROM.get(kinds[0].__name__) or f"of the kind {' or '.join(kind.__name__ for kind in kinds)}"
            raise WrongKindError(f"Expected {name} to be {wanted}. Received: {shown(value)}.")

    return rule


def or_none(inner: Rule) -> Rule:
    """Expect `None`, or what another rule expects."""

    def rule(name: str, value: Any) -> None:
        if value is not None:
            inner(name, value)

    return rule


def is_whole(value: object) -> bool:
    """Tell whether a value is a whole number, Python's or NumPy's."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def whole(least: int, most: int = _MANY) -> Rule:
    """Expect a whole number within limits, both included."""

    def rule(name: str, value: Any) -> None:
        if not is_whole(value) or not least <= value <= most:
            kind = ValueError if is_whole(value) else WrongKindError
            limits = f"of at least {least}" + (f" and at most {most}" if most < _MANY else "")
            raise kind(f"Expected {name} to be a whole number {limits}. Received: {shown(value)}.")

    return rule


def processes(name: str, value: Any) -> None:
    """Expect a number of processes: from 1 up, or -1 for one per core, -2 for one fewer, and so on."""
    whole(-1024, 1024)(name, value)
    if value == 0:
        raise ValueError(f"Expected {name} to be from 1 up, or -1 for one per core. Received: 0.")


def units(name: str, value: Any) -> None:
    """Expect the widths of layers."""
    listed = isinstance(value, tuple | list)
    if not listed or not all(is_whole(width) and 1 <= width <= MOST_UNITS for width in value):
        raise ValueError(
            f"Expected {name} to be a tuple of whole numbers from 1 to {MOST_UNITS}, such as (64,). "
            f"Received: {shown(value)}."
        )


def fractions(name: str, value: Any) -> None:
    """Expect three shares, for train, val and test."""
    if not isinstance(value, tuple | list) or len(value) != 3:
        raise ValueError(
            f"Expected {name} to be three fractions for train, val and test that add up to 1. Received: {shown(value)}."
        )
    for share in value:
        number(0, 1)(f"each fraction of {name}", share)


def number(least: float = -math.inf, most: float = math.inf, below: bool = False) -> Rule:
    """Expect a finite number within limits, both included; with `below`, the upper one isn't."""

    def rule(name: str, value: Any) -> None:
        real = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
        if not real or not math.isfinite(value) or not least <= value <= most or (below and value == most):
            limits = f" from {least:g} to {'below ' * below}{most:g}" if math.isfinite(most) else f" from {least:g} up"
            kind = ValueError if real else WrongKindError
            raise kind(
                f"Expected {name} to be a number{limits if math.isfinite(least) else ''}. Received: {shown(value)}."
            )

    return rule


def text(name: str, value: Any) -> None:
    """Expect a text."""
    if not isinstance(value, str):
        raise WrongKindError(f"Expected {name} to be a text. Received: {shown(value)}.")


def one_of(*words: str) -> Rule:
    """Expect one of these words."""

    def rule(name: str, value: Any) -> None:
        if value not in words:
            wrong = ValueError if isinstance(value, str) else WrongKindError
            raise wrong(f"Expected {name} to be one of {', '.join(words)}. Received: {shown(value)}.")

    return rule


def flag(name: str, value: Any) -> None:
    """Expect true or false."""
    if not isinstance(value, bool | np.bool_):
        raise WrongKindError(f"Expected {name} to be True or False. Received: {shown(value)}.")


def flag_or(word: str) -> Rule:
    """Expect true or false, or a word."""

    def rule(name: str, value: Any) -> None:
        if not isinstance(value, bool | np.bool_) and not (isinstance(value, str) and value == word):
            wrong = ValueError if isinstance(value, str) else WrongKindError
            raise wrong(f'Expected {name} to be True, False or "{word}". Received: {shown(value)}.')

    return rule


def path(name: str, value: Any) -> None:
    """Expect a path, which need not be there."""
    if not isinstance(value, str | Path):
        raise WrongKindError(f"Expected {name} to be a path, as text or a pathlib.Path. Received: {shown(value)}.")
    fits, reason = bool(str(value).strip()), ""
    try:
        os.stat(value)  # Path.exists() would pass over a zero byte
    except (FileNotFoundError, NotADirectoryError):
        pass
    except (OSError, ValueError) as error:  # too long, a zero byte, no permission to look
        fits, reason = False, f" ({getattr(error, 'strerror', None) or error})"
    if not fits:
        raise ValueError(f"Expected {name} to be a path. Received: {shown(value)}{reason}. Check the path.")


def function(name: str, value: Any) -> None:
    """Expect something to call."""
    if not callable(value):
        raise WrongKindError(f"Expected {name} to be a function. Received: {shown(value)}.")


def pixels(*dimensions: int) -> Rule:
    """Expect photos as arrays of RGB, 0 to 255: one photo has three dimensions, several have four."""

    def rule(name: str, value: Any) -> None:
        array = as_numbers(name, value)
        if array.ndim not in dimensions or array.shape[-1] != 3 or not array.size:
            shapes = {3: "(size, size, 3)", 4: "(photos, size, size, 3)"}
            wanted = " or ".join(shapes[dimension] for dimension in dimensions)
            raise ValueError(f"Expected {name} to be of shape {wanted}. Received: {shown(array)}.")
        low, high = array.min(), array.max()
        if not (low >= 0 and high <= 255):  # so that NaN fails as well
            raise ValueError(
                f"Expected {name} to hold pixels from 0 to 255. Received: {low:g} to {high:g}. Pass photos as "
                "read_photo or split.images() returns them."
            )

    return rule


def as_numbers(name: str, value: Any) -> np.ndarray:
    """Return a value as an array of numbers, or raise an error."""
    try:
        array = np.asarray(value)
    except (ValueError, TypeError):  # rows of different lengths
        array = np.array(None)
    if array.dtype.kind not in "uif":
        raise WrongKindError(f"Expected {name} to be an array of numbers. Received: {shown(value)}.")
    return array


def columns(table: Any, needed: Iterable[str], name: str = "results") -> None:
    """Raise an error unless a DataFrame has these columns."""
    missing = [column for column in needed if column not in table.columns]
    if missing:
        raise ValueError(
            f"Expected {name} to have the columns {', '.join(map(repr, needed))}. Received: a table without "
            f"{', '.join(map(repr, missing))}; it has {shown(list(table.columns))}."
        )


seed: Rule = whole(0, MOST_SEED)
image_size: Rule = whole(LEAST_SIDE, MOST_SIDE)
batch_size: Rule = whole(1, MOST_BATCH)
