"""Many photos at a time, with a progress bar where it takes long."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from helpers.bars import Bar

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
        results: list[_Result] = []
        with Bar(what, len(entries), "photos") as bar:
            for result in pool.map(do, entries):
                results.append(result)
                bar.to(len(results))
        return results


def threads() -> int:
    """Return how many photos are decoded at a time: one per core, as Pillow works outside Python's lock.

    There are eight at most, as each holds its whole file in memory.
    """
    return min(os.cpu_count() or 2, 8)
