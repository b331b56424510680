"""A processor core of its own for each worker process of a parallel run."""

import os
import socket
from collections.abc import Iterable
from multiprocessing import current_process

import joblib

_NAME = "graft-core"
_held: list[socket.socket] = []  # open for as long as this process lives


def settle_on_a_core(n_jobs: int) -> None:
    """Keep a worker process of joblib to one core, where there is a process for each core.

    Two processes with one thread each, each on its own core, get more done than one process with two threads.
    TensorFlow reads its number of threads when it starts, so call this before anything imports it. In the process that
    started the workers, and in the workers of a cluster, nothing happens.

    Args:
        n_jobs: Processes at a time; -1 for one per core.
    """
    if _held or not _is_worker():
        return
    pinnable = hasattr(os, "sched_setaffinity")  # on Linux
    allowed = sorted(os.sched_getaffinity(0)) if pinnable else list(range(os.cpu_count() or 1))
    if (joblib.cpu_count() if n_jobs == -1 else n_jobs) < len(allowed):
        return
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
    os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
    core = claim(allowed) if pinnable else None
    if core is not None:
        os.sched_setaffinity(0, {core})


def claim(cores: Iterable[int]) -> int | None:
    """Take the first of some cores that no other process has taken, until this process ends.

    Each core has a name that one process at a time can hold: a socket in Linux's abstract namespace. Unlike a file, it
    can't be left behind, because the system frees it when its process ends, however it ends. So a worker that
    replaces another one finds that one's core free.

    Args:
        cores: Numbers of the cores to choose from.

    Returns:
        The number of the core, or `None` if all are taken or the system has no such names.
    """
    for core in cores:
        try:
            name = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        except (OSError, AttributeError):
            return None
        try:
            name.bind(f"\0{_NAME}-{core}")
        except OSError:
            name.close()
            continue
        _held.append(name)
        return core
    return None


def _is_worker() -> bool:
    # By its class: a process's name is free text, and says nothing about which core is free.
    return "loky" in type(current_process()).__module__
