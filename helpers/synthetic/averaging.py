"""Several processes train one model: each on its own pictures, and every few steps they average their weights.

Two processes of one thread each, pinned to a core, get more done than one process of two threads: most of
EfficientNet's layers are too small to be shared out well (measured here: 1.6 to 2.2 times more pictures per second).
"""

import ctypes
import os
from multiprocessing.context import BaseContext

import numpy as np


class Averager:
    """Shared memory and a meeting point for a team of processes.

    Args:
        context: Of `multiprocessing`.
        team: How many processes.
        length: How many numbers the weights hold.
    """

    def __init__(self, context: BaseContext, team: int, length: int):
        self.team, self.length = team, length
        self._memory = context.RawArray(ctypes.c_float, team * length)
        self._barrier = context.Barrier(team)

    def mean(self, rank: int, weights: list[np.ndarray]) -> list[np.ndarray]:
        """Return the mean of all processes' weights. Each process must call this, with its own rank."""
        if self.team == 1:
            return weights
        memory = memoryview(self._memory).cast("B")
        shared = np.frombuffer(memory, np.float32).reshape(self.team, self.length)
        shared[rank] = np.concatenate([each.ravel() for each in weights])
        self._barrier.wait()
        mean = shared.mean(axis=0)
        self._barrier.wait()  # nobody writes the next weights before all have read these
        ends = np.cumsum([each.size for each in weights])
        return [part.reshape(each.shape) for part, each in zip(np.split(mean, ends[:-1]), weights, strict=True)]

    def wait(self) -> None:
        """Wait for the whole team."""
        self._barrier.wait()

    def abort(self) -> None:
        """Tell the team that this process has failed, so that nobody waits for it."""
        self._barrier.abort()


def pin_to_core(rank: int) -> None:
    """Keep this process on one core, where the system offers that (Linux)."""
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[rank % len(cores)]})


def one_thread() -> None:
    """Ask TensorFlow for one thread. Must come before it is imported."""
    os.environ["TF_NUM_INTRAOP_THREADS"] = os.environ["TF_NUM_INTEROP_THREADS"] = "1"
