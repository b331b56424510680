"""Pre-train the bundled base on the source task: ``python -m helpers.synthetic.pretrain``.

Breaking it off loses at most a few minutes: the same command goes on from the last checkpoint. Two runs with the same
seed and plan see the same pictures in the same order.
"""

import argparse
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from helpers import config
from helpers.synthetic import averaging, pool
from helpers.synthetic.plan import PICTURE_SIZE, Plan


def pretrain(folder: Path, plan: Plan | None = None) -> Path:
    """Draw the pool, train, and leave the trained weights in `folder / "trained.npz"`.

    Args:
        folder: For the pool, the log (`log.csv`) and the checkpoints. Goes on with what it finds there.
        plan: Sizes, views and seed; by default those that made the bundled base.

    Returns:
        The file with the trained weights.
    """
    plan = plan or Plan()
    pool.draw_pool(folder, plan.chunks, PICTURE_SIZE, plan.processes)
    context = get_context("spawn")
    averager = averaging.Averager(context, plan.processes, _count_weights())
    team = [context.Process(target=_work, args=(rank, folder, plan, averager)) for rank in range(plan.processes)]
    for process in team:
        process.start()
    for process in team:
        process.join()
    if any(process.exitcode for process in team):
        raise RuntimeError("A process of the team failed; its message stands above. The checkpoints are kept.")
    return folder / "trained.npz"


def _count_weights() -> int:
    from helpers.synthetic.source_model import build_source_model

    return int(sum(np.prod(each.shape) for each in build_source_model(64, 1, 1.0).weights))


def _work(rank: int, folder: Path, plan: Plan, averager: averaging.Averager) -> None:
    averaging.one_thread()
    averaging.pin_to_core(rank)
    from helpers.synthetic.worker import Worker  # not before: it starts TensorFlow, which then asks how many threads

    try:
        Worker(rank, folder, plan, averager).run()
    except BaseException:
        averager.abort()
        raise


def main() -> None:
    """Run the command."""
    told = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(prog="python -m helpers.synthetic.pretrain", description=told)
    parser.add_argument("--folder", type=Path, default=config.DATA / "cache" / "source")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    print(pretrain(options.folder, Plan(seed=options.seed, processes=options.processes)))


if __name__ == "__main__":
    main()
