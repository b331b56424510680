"""What a learner's function returned, read as numbers, rows or names, whatever type holds them.

NumPy's scalars, tensors and Python's numbers are all numbers, and a share may be rounded to three digits. A text is no
number, even if its letters are digits: nothing could be computed with it.
"""

import math
import numbers
from collections.abc import Iterable
from typing import Any

import numpy as np

from helpers.exercises.running import AnswerError, expecting

_NEAR = 6e-4  # what rounding to three digits, or float32, may change


def number_in(found: Any, what: str = "one number") -> float:
    """Return a number, however it is held.

    Args:
        found: What the learner returned.
        what: What was expected, for the sentence.

    Raises:
        AnswerError: If it isn't a single real number.

    Example:
        >>> number_in(np.float32(0.5)), number_in(np.array(3))
        (0.5, 3.0)
    """
    fault = AnswerError(f"Expected {what}. Received: {described(found)}.")
    if isinstance(found, (bool, np.bool_, str, bytes, list, tuple, dict, set, complex, type(None))):
        raise fault
    if isinstance(found, numbers.Real):
        return _as_float(found)
    with expecting(str(fault)):
        array = np.asarray(found)
    if array.size != 1 or array.dtype.kind not in "iufO" or (array.dtype.kind == "O" and array.ndim):
        raise fault
    held = array.reshape(-1)[0]
    if array.dtype.kind == "O" and type(held).__name__ not in ("Decimal", "Fraction"):
        raise fault
    return _as_float(held)


def _as_float(number: Any) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf


def whole_in(found: Any, what: str = "a whole number") -> int:
    """Return a whole number, however it is held; 3.0 is one, 3.5 and True are not."""
    number = number_in(found, what)
    if not math.isfinite(number) or abs(number - round(number)) > 1e-6:
        raise AnswerError(f"Expected {what}. Received: {number:g}.")
    return round(number)


def numbers_in(found: Any, count: int, what: str) -> list[float]:
    """Return so many numbers from a tuple, list, array, tensor or Series."""
    return [number_in(each, what) for each in parts_of(found, count, what)]


def parts_of(found: Any, count: int, what: str) -> list[Any]:
    """Return the parts of what should have so many: a tuple, list, array, tensor or Series.

    Raises:
        AnswerError: If it has more or fewer parts, or none.
    """
    fault = f"Expected {what}. Received: {described(found)}."
    if isinstance(found, (str, bytes, dict, set, type(None))):
        raise AnswerError(fault)
    with expecting(fault):
        parts = [each for each, _ in zip(found, range(count + 1), strict=False)]  # it may be endless
    if len(parts) != count:
        raise AnswerError(fault)
    if any(part is None for part in parts):
        raise AnswerError(f"Expected {what}. Received: one that holds None.")
    return parts


def rows_in(found: Any, what: str) -> np.ndarray:
    """Return row numbers as an array of integers, from any sequence or set of whole numbers."""
    fault = f"Expected {what}. Received: {described(found)}."
    if isinstance(found, (str, bytes, dict, type(None))):
        raise AnswerError(fault)
    with expecting(fault):
        rows = np.asarray(list(found) if isinstance(found, (set, frozenset)) else found)
        if rows.ndim == 0:
            rows = np.asarray(list(found))
    if rows.dtype == bool:
        raise AnswerError(f"Expected {what}. Received: True and False for each row. np.flatnonzero gives the numbers.")
    whole = rows.dtype.kind in "iu" or (rows.dtype.kind == "f" and bool(np.all(rows == np.round(rows))))
    if not whole or (rows.ndim != 1 and rows.size):
        raise AnswerError(fault)
    return rows.astype(int).ravel()


def array_in(found: Any, what: str, shape: tuple[int, ...] | None = None) -> np.ndarray:
    """Return numbers as an array, from an array, a tensor, or lists of numbers.

    Args:
        found: What the learner returned.
        what: What was expected, for the sentence.
        shape: The shape expected, if only one will do.

    Raises:
        AnswerError: If it holds anything else than numbers, or has another shape.
    """
    fault = f"Expected {what}. Received: {described(found)}."
    if _is_picture(found):
        raise AnswerError(f"{fault} np.asarray(picture) holds its pixels.")
    with expecting(fault):
        array = np.asarray(found)
    if array.dtype.kind not in "iuf":
        raise AnswerError(fault)
    if shape is not None and array.shape != shape:
        raise AnswerError(
            f"Expected {what}, of the shape {shape}. Received: {array.shape if array.ndim else described(found)}."
        )
    return array


def names_in(found: Any, what: str = "a list of names") -> list[str]:
    """Return names from any collection of texts.

    Raises:
        AnswerError: If it isn't one, or holds objects that have a name instead of the names.
    """
    fault = f"Expected {what}. Received: {described(found)}."
    no_names = isinstance(found, (str, bytes, type(None))) or type(found).__name__ == "DataFrame"
    if no_names or not isinstance(found, Iterable):
        raise AnswerError(fault)
    with expecting(fault):
        names = list(found)
    for each in names:
        if isinstance(getattr(each, "name", None), str):
            raise AnswerError(f"Expected {what}. Received: {type(each).__name__} objects. Return each one's .name.")
        if not isinstance(each, str):
            held = "None" if each is None else described(each)
            raise AnswerError(f"Expected {what}. Received: one that holds {held}.")
    return [str(each) for each in names]


def close(found: float, expected: float) -> bool:
    """Return whether a share or another number near 1 is the expected one, give or take rounding to three digits.

    Example:
        >>> close(0.667, 2 / 3), close(0.67, 2 / 3)
        (True, False)
    """
    return math.isclose(found, expected, rel_tol=1e-6, abs_tol=_NEAR)


def equals(found: Any, expected: Any) -> bool:
    """Return whether what a learner's function returned is a plain value: a text or `None`.

    Arrays and tables can't say whether they equal one.
    """
    try:
        found = found.item() if isinstance(found, np.ndarray) and not found.ndim else found
        return type(found) is type(expected) if expected is None else isinstance(found, str) and found == expected
    except Exception:
        return False


def told_apart(found: float, expected: float) -> tuple[str, str]:
    """Return two numbers as texts with as many digits as it takes to see that they differ.

    Example:
        >>> told_apart(0.6671, 2 / 3)
        ('0.6671', '0.6667')
    """
    pairs = ((f"{found:.{digits}g}", f"{expected:.{digits}g}") for digits in range(3, 17))
    return next((pair for pair in pairs if pair[0] != pair[1]), (f"{found:g}", f"{expected:g}"))


def mistake(found: float, expected: float, known: dict[str, float]) -> str | None:
    """Return the sentence of the mistake that gives just this number, or `None` if none of those known does."""
    fits = (why for why, value in known.items() if close(found, value) and not close(value, expected))
    return next(fits, None)


def described(found: Any) -> str:
    """Return what something is, in a few words for a sentence that begins "Received:"."""
    if found is None:
        return "None, which is what a function without return gives back"
    if isinstance(found, (str, bytes)):
        return f"the {'text' if isinstance(found, str) else 'bytes'} {found!r:.60}"
    if isinstance(found, (bool, np.bool_)):
        return f"{found}, which says only yes or no"
    if isinstance(found, (int, float, np.integer, np.floating)):
        return _number(found)
    if isinstance(found, type):
        return f"the class {found.__name__} itself, not an object of it"
    if callable(found) and hasattr(found, "__name__"):
        return "a function"
    if _is_picture(found):
        return "a Pillow image"
    kind = type(found).__name__
    if kind == "KerasTensor":
        return "a layer's output; wrap it in keras.Model(base.input, …)"
    shape = getattr(found, "shape", None)
    if shape is not None:
        holder = f"a {kind}" if kind in ("Series", "DataFrame") else "an array"
        return f"{holder} of shape {tuple(shape)}"
    size = f" of {len(found)}" if isinstance(found, (list, tuple, dict, set)) else ""
    return f"{'an' if kind[:1].lower() in 'aeiou' else 'a'} {kind}{size}"


def _number(found: Any) -> str:
    if found != found:
        return "nan, which is no number"
    return f"the number {found:.6g}" if _as_float(abs(found)) < 1e300 else "a huge number"


def _is_picture(found: Any) -> bool:
    return type(found).__module__.startswith("PIL")
