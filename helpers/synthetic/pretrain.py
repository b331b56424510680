"""Pre-train the bundled base on the source task: ``python -m helpers.synthetic.pretrain``.

Breaking it off loses at most a few minutes: the same command goes on from the last checkpoint. Two runs with the same
seed and plan see the same pictures in the same order.
"""

import argparse
import csv
import time
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from helpers import config
from helpers.synthetic import averaging, pool

BATCH = 32  # pictures a step and process
AVERAGE_EVERY = 4  # steps; rarer saves little, since the weights' mean costs a hundredth of a step
PICTURE_SIZE = 128
COLUMNS = ("size", "views", "seconds", "loss", "label", "shape", "palette", "val_label", "val_shape", "val_palette")


@dataclass(frozen=True)
class Stage:
    """A stretch of training at one size of picture."""

    size: int
    views: int


@dataclass(frozen=True)
class Plan:
    """A whole pre-training. The defaults made the bundled base."""

    stages: tuple[Stage, ...] = (Stage(64, 380_000), Stage(96, 180_000), Stage(128, 50_000))
    chunks: int = 90  # of the pool, the last of which is kept for validation
    learning_rate: float = 1.5e-3
    seed: int = 0
    processes: int = 2
    log_every: int = 20_000  # views

    @property
    def views_a_round(self) -> int:
        """Views between two averages, of all processes together."""
        return BATCH * AVERAGE_EVERY * self.processes

    @property
    def rounds(self) -> list[int]:
        """Rounds of each stage."""
        return [max(1, stage.views // self.views_a_round) for stage in self.stages]

    @property
    def steps(self) -> int:
        """Optimiser steps of each process."""
        return sum(self.rounds) * AVERAGE_EVERY

    def stage_at(self, round_number: int) -> Stage:
        """Return the stage that a round belongs to."""
        for stage, rounds in zip(self.stages, self.rounds, strict=True):
            if round_number < rounds:
                return stage
            round_number -= rounds
        return self.stages[-1]


def pretrain(folder: Path, plan: Plan = Plan()) -> Path:
    """Draw the pool, train, and leave the trained weights in `folder / "trained.npz"`.

    Args:
        folder: For the pool, the log (`log.csv`) and the checkpoints. Goes on with what it finds there.
        plan: Sizes, views and seed.

    Returns:
        The file with the trained weights.
    """
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
    try:
        Worker(rank, folder, plan, averager).run()
    except BaseException:
        averager.abort()
        raise


class Worker:
    """One process of the team."""

    def __init__(self, rank: int, folder: Path, plan: Plan, averager: averaging.Averager):
        import cv2

        from helpers.synthetic.views import Views

        cv2.setNumThreads(1)
        self.rank, self.folder, self.plan, self.averager = rank, folder, plan, averager
        pictures, self.factors = pool.read_pool(folder, 0, plan.chunks - 1, PICTURE_SIZE)
        self.views = Views(pictures)
        kept, self.val_factors = pool.read_pool(folder, plan.chunks - 1, plan.chunks, PICTURE_SIZE)
        self.val_views = Views(kept)
        self.model, self.size, self.round, self.seconds = None, None, 0, 0.0

    def run(self) -> None:
        """Train from the last checkpoint to the end."""
        self._resume()
        total = sum(self.plan.rounds)
        log_every = max(1, self.plan.log_every // self.plan.views_a_round)
        begun, logs = time.perf_counter(), {}
        while self.round < total:
            self._at_size(self.plan.stage_at(self.round).size)
            for step in range(AVERAGE_EVERY):
                logs = self._step(self.round * AVERAGE_EVERY + step)
            self.model.set_weights(self.averager.mean(self.rank, self.model.get_weights()))
            self.round += 1
            if self.round % log_every == 0 or self.round == total:
                self.seconds += time.perf_counter() - begun
                begun = time.perf_counter()
                self._log(logs)
                self._save()
        if self.rank == 0:
            _save_arrays(self.folder / "trained.npz", self.model.get_weights())

    def _at_size(self, size: int) -> None:
        # A model of its own for each size: plans for fixed sizes run faster than one for all.
        if size == self.size:
            return
        from helpers.synthetic import source_model

        state = self._state() if self.model is not None else None
        self.model = source_model.build_source_model(size, self.plan.steps, self.plan.learning_rate)
        self.size = size
        if state is None:
            import keras

            keras.utils.set_random_seed(self.plan.seed)
            self.model = source_model.build_source_model(size, self.plan.steps, self.plan.learning_rate)
            source_model.set_input_scaling(self.model, self.views.half[::40])
        else:
            self._set_state(*state)

    def _step(self, number: int) -> dict:
        from helpers.synthetic.source_model import targets

        rng = np.random.default_rng([self.plan.seed, self.rank, number])
        which = rng.integers(len(self.factors), size=BATCH)
        images = self.views.draw(which, self.size, rng)
        return self.model.train_on_batch(images, targets(self.factors[which]), return_dict=True)

    def _log(self, logs: dict) -> None:
        self.model.reset_metrics()
        if self.rank:
            return
        from helpers.synthetic.source_model import targets

        images = self.val_views.plain(np.arange(len(self.val_factors)), self.size)
        judged = self.model.evaluate(images, targets(self.val_factors), batch_size=64, verbose=0, return_dict=True)
        self.model.reset_metrics()
        accuracies = [logs[f"{name}_accuracy"] for name in ("label", "shape", "palette")]
        kept = [judged[f"{name}_accuracy"] for name in ("label", "shape", "palette")]
        views = self.round * self.plan.views_a_round
        row = [self.size, views, round(self.seconds), *(round(float(x), 4) for x in (logs["loss"], *accuracies, *kept))]
        file = self.folder / "log.csv"
        new = not file.is_file()
        with file.open("a", newline="") as out:
            writer = csv.writer(out)
            if new:
                writer.writerow(COLUMNS)
            writer.writerow(row)
        print(" ".join(f"{name} {value}" for name, value in zip(COLUMNS, row, strict=True)), flush=True)

    def _state(self) -> tuple[list[np.ndarray], list[np.ndarray]]:
        import keras

        return self.model.get_weights(), [keras.ops.convert_to_numpy(each) for each in self.model.optimizer.variables]

    def _set_state(self, weights: list[np.ndarray], optimizer: list[np.ndarray]) -> None:
        import keras

        self.model.set_weights(weights)
        for variable, value in zip(self.model.optimizer.variables, optimizer, strict=True):
            variable.assign(value)
        for layer in self.model.layers:
            if isinstance(layer, keras.layers.Normalization):
                layer.finalize_state()

    def _save(self) -> None:
        weights, optimizer = self._state()
        _save_arrays(
            self.folder / f"checkpoint-{self.round:06d}-{self.rank}.npz",
            [*weights, *optimizer, np.float64(self.seconds)],
        )
        if self.averager.team > 1:
            self.averager.wait()  # a checkpoint is whole when all of the team have written theirs
        for old in self.folder.glob(f"checkpoint-*-{self.rank}.npz"):
            if int(old.name.split("-")[1]) < self.round:
                old.unlink()

    def _resume(self) -> None:
        found = [
            {int(file.name.split("-")[1]) for file in self.folder.glob(f"checkpoint-*-{rank}.npz")}
            for rank in range(self.plan.processes)
        ]
        whole = set.intersection(*found)
        if not whole:
            return
        self.round = max(whole)
        self._at_size(self.plan.stage_at(max(self.round - 1, 0)).size)
        with np.load(self.folder / f"checkpoint-{self.round:06d}-{self.rank}.npz") as saved:
            arrays = [saved[name] for name in sorted(saved.files, key=lambda name: int(name.split("_")[1]))]
        count = len(self.model.weights)
        self._set_state(arrays[:count], arrays[count:-1])
        self.seconds = float(arrays[-1])


def _save_arrays(file: Path, arrays: list[np.ndarray]) -> None:
    unfinished = file.with_name(f"unfinished-{file.name}")
    np.savez(unfinished, *arrays)
    unfinished.replace(file)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m helpers.synthetic.pretrain", description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=config.DATA / "cache" / "source")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    print(pretrain(options.folder, Plan(seed=options.seed, processes=options.processes)))


if __name__ == "__main__":
    main()
