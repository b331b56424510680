"""Whether a learner's function changed what it was given. The lesson goes on with these values afterwards."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd


def copied(value: Any) -> Any:
    """Return a copy of a value and all that it holds. What isn't data, such as a model or a generator, stays itself."""
    if isinstance(value, (list, tuple)):
        return type(value)(copied(each) for each in value)
    if isinstance(value, dict):
        return {key: copied(each) for key, each in value.items()}
    if isinstance(value, (np.ndarray, pd.DataFrame, pd.Series, set)):
        return value.copy()
    return value


def is_unchanged(now: Any, before: Any) -> bool:
    """Return whether a value is still what it was when `copied` it.

    Example:
        >>> labels = [2, 0, 1]
        >>> before = copied(labels)
        >>> labels.sort()
        >>> is_unchanged(labels, before)
        False
    """
    if isinstance(before, (list, tuple)):
        return len(now) == len(before) and all(map(is_unchanged, now, before))
    if isinstance(before, dict):
        return now.keys() == before.keys() and all(is_unchanged(now[key], before[key]) for key in before)
    if isinstance(before, np.ndarray):
        same_form = now.shape == before.shape and now.dtype == before.dtype
        return same_form and now.tobytes() == before.tobytes()
    if isinstance(before, (pd.DataFrame, pd.Series)):
        return now.equals(before) and now.index.equals(before.index) and now.axes[-1].equals(before.axes[-1])
    return now is before or now == before


def name_of(number: int, function: Callable[..., Any]) -> str:
    """Return what a function calls its argument with this number, such as `'labels'`, for a sentence."""
    try:
        names = [f"'{name}'" for name in inspect.signature(function).parameters]
    except (TypeError, ValueError):  # built-in functions needn't have a signature
        names = []
    return names[number] if number < len(names) else f"argument {number + 1}"
