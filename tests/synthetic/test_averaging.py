"""Processes that take their weights' mean. (A file of its own: each process imports it, and it is light.)"""

from multiprocessing import get_context

import numpy as np

from helpers.synthetic import averaging


def _take_the_mean(rank, averager, queue):
    rng = np.random.default_rng(rank)
    means = []
    for _ in range(3):
        means.append(averager.mean(rank, [rng.random((2, 3)).astype("float32"), rng.random(4).astype("float32")]))
    queue.put((rank, means))


def test_a_team_takes_the_mean_that_numpy_takes():
    context = get_context("spawn")
    averager, queue = averaging.Averager(context, 2, 10), context.Queue()
    team = [context.Process(target=_take_the_mean, args=(rank, averager, queue)) for rank in (0, 1)]
    for process in team:
        process.start()
    found = dict(queue.get(timeout=60) for _ in team)
    for process in team:
        process.join()
    rngs = [np.random.default_rng(rank) for rank in (0, 1)]
    for turn in range(3):
        drawn = [[rng.random((2, 3)).astype("float32"), rng.random(4).astype("float32")] for rng in rngs]
        for part in (0, 1):
            expected = (drawn[0][part] + drawn[1][part]) / 2
            assert np.allclose(found[0][turn][part], expected)
            assert np.allclose(found[1][turn][part], expected)
