"""Many photos at a time, with a progress bar where it takes long."""

import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from tqdm import tqdm

from helpers import config

_Entry = TypeVar("_Entry")
_Result = TypeVar("_Result")


def in_parallel(do: Callable[[_Entry], _Result], entries: Sequence[_Entry], what: str) -> list[_Result]:
    """Return what a function makes of each entry, in order.

    Args:
        do: Called in several threads.
        entries: What to call it with.
        what: Text beside the progress bar.
    """
    with ThreadPoolExecutor(threads()) as pool:
        progress = tqdm(
            pool.map(do, entries),
            total=len(entries),
            desc=what,
            unit=" photos",
            delay=config.PROGRESS_AFTER,
            leave=False,
            disable=sys.stderr is None or config.bars_hidden(),  # None: closed, or a program without a console
        )
        return list(progress)


def threads() -> int:
    """Return how many photos are decoded at a time: one per core, as Pillow works outside Python's lock.

    There are eight at most, as each holds its whole file in memory.
    """
    return min(os.cpu_count() or 2, 8)
