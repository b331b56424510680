"""An error raised while TensorFlow fetches a batch reaches the user as it was, not in TensorFlow's own words."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any
from uuid import uuid4

import tensorflow as tf

_MARK = re.compile(r"own error ([0-9a-f]{32})")
_MOST = 16  # errors that nobody came for; batches are fetched ahead, so several may fail

_raised: dict[str, Exception] = {}


def remembered(fetch: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that does the same, and keeps its error for `own_errors`.

    Args:
        fetch: Called by TensorFlow, in a thread of its own, which passes on nothing but the text of an error.
    """

    @wraps(fetch)
    def call(*arguments: Any) -> Any:
        try:
            return fetch(*arguments)
        except Exception as error:
            token = uuid4().hex
            _raised[token] = error
            for old in list(_raised)[:-_MOST]:
                _raised.pop(old, None)
            raise RuntimeError(f"own error {token}") from error

    return call


@contextmanager
def own_errors() -> Iterator[None]:
    """Raise the error of a `remembered` function as it was, where TensorFlow raises one of its own because of it.

    Example:
        >>> with own_errors():
        ...     model.fit(batches)
        ValueError: Expected to read 'daisy.jpg' again, as it was when the photos were loaded. …
    """
    try:
        yield
    except tf.errors.OpError as error:
        found = _MARK.search(str(error))
        own = _raised.pop(found[1], None) if found else None
        if own is None:
            raise
        raise own from None
