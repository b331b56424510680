"""Activations written batch by batch, at several cuts at once, in the precision that they need."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import numpy as np

from helpers import config
from helpers.activations.storage import Store

_FLOAT16_MAX = float(np.finfo(np.float16).max)


class RangeError(Exception):
    """A value that float16 cannot hold; the argument is the cut."""


def type_for(numbers: int) -> type:
    """Return the type in which so many numbers are kept: exact if they are few, half as large if they are many."""
    return np.float32 if 4 * numbers <= config.FLOAT32_FEATURES_UP_TO else np.float16


def write(
    outputs: Iterator[list[np.ndarray]],
    store: Store,
    keys: dict[str, str],
    shapes: dict[str, tuple[int, ...]],
    types: dict[str, type],
) -> dict[str, np.ndarray]:
    """Write the activations at several cuts, batch by batch, and return them mapped from disk.

    Args:
        outputs: For each batch a list of arrays, one per cut.
        store: Where they are kept.
        keys: What each cut's array is kept under.
        shapes: Of each cut's whole array.
        types: Of each cut's whole array.

    Raises:
        RangeError: If a value doesn't fit into the type wanted. Nothing is kept then.
    """
    with ExitStack() as all_written:
        writings = {
            cut: all_written.enter_context(store.writing(keys[cut], shape, types[cut])) for cut, shape in shapes.items()
        }
        for values in outputs:
            for (cut, writing), value in zip(writings.items(), values, strict=True):
                if writing.dtype == np.float16 and np.abs(value).max(initial=0) > _FLOAT16_MAX:
                    raise RangeError(cut)
                writing.write(value)
    return {cut: writing.values for cut, writing in writings.items()}


def counted(outputs: Iterator[list[np.ndarray]], on_rows: Callable[[int], None] | None) -> Iterator[list[np.ndarray]]:
    """Pass outputs on, and tell how many rows each batch had once it has been taken care of."""
    for values in outputs:
        yield values
        if on_rows is not None:
            on_rows(len(values[0]))


def rows_of(values: np.ndarray) -> Iterator[np.ndarray]:
    """Return kept activations in batches, in full precision."""
    for start in range(0, len(values), config.BATCH_SIZE):
        yield np.asarray(values[start : start + config.BATCH_SIZE], np.float32)
