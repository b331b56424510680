"""How fast this machine is right now: what else it is doing decides how far a measured time can be trusted."""

import time
from collections.abc import Callable
from typing import Any

import tensorflow as tf

_SIDE = 1024  # of the matrices; their product keeps every core busy for about as long as a block of a network does
_TURNS = 5


def quickest(run: Callable[[], Any], turns: int) -> float:
    """Return the seconds that the quickest of several turns took. One more turn comes first and isn't counted."""
    run()
    taken = []
    for _ in range(turns):
        began = time.perf_counter()
        run()
        taken.append(time.perf_counter() - began)
    return min(taken)


def pace() -> float:
    """Return how long a fixed piece of work takes at the moment, in seconds: the busier the machine, the longer."""
    ones = tf.ones((_SIDE, _SIDE))
    return quickest(lambda: tf.matmul(ones, ones).numpy(), _TURNS)
