"""One process of the team that pre-trains."""

import csv
import time
from pathlib import Path

import cv2
import keras
import numpy as np
from tqdm import tqdm

from helpers.synthetic import averaging, pool, source_model
from helpers.synthetic.plan import AVERAGE_EVERY, BATCH, PICTURE_SIZE, Plan
from helpers.synthetic.source_model import QUIETLY, targets
from helpers.synthetic.views import Views

COLUMNS = ("size", "views", "seconds", "loss", "label", "shape", "palette", "val_label", "val_shape", "val_palette")


class Worker:
    """One process of the team."""

    def __init__(self, rank: int, folder: Path, plan: Plan, averager: averaging.Averager):
        cv2.setNumThreads(1)
        self.rank, self.folder, self.plan, self.averager = rank, folder, plan, averager
        pictures, self.factors = pool.read_pool(folder, 0, plan.chunks - 1, PICTURE_SIZE)
        self.views = Views(pictures)
        kept, self.val_factors = pool.read_pool(folder, plan.chunks - 1, plan.chunks, PICTURE_SIZE)
        self.val_views = Views(kept)
        self.model: keras.Model  # made at the size of the first round
        self.size, self.round, self.seconds = 0, 0, 0.0

    def run(self) -> None:
        """Train from the last checkpoint to the end."""
        self._resume()
        total = sum(self.plan.rounds)
        log_every = max(1, self.plan.log_every // self.plan.views_a_round)
        progress = tqdm(total=total, initial=self.round, desc="training", unit="round", disable=self.rank > 0)
        begun, logs = time.perf_counter(), []
        while self.round < total:
            self._at_size(self.plan.stage_at(self.round).size)
            logs += [self._step(self.round * AVERAGE_EVERY + step) for step in range(AVERAGE_EVERY)]
            self.model.set_weights(self.averager.mean(self.rank, self.model.get_weights()))
            self.round += 1
            progress.update()
            if self.round % log_every == 0 or self.round == total:
                self.seconds += time.perf_counter() - begun
                self._log(logs)
                self._save()
                begun, logs = time.perf_counter(), []
        progress.close()
        if self.rank == 0:
            _save_arrays(self.folder / "trained.npz", self.model.get_weights())

    def _at_size(self, size: int) -> None:
        # A model of its own for each size: plans for fixed sizes run faster than one for all.
        if size == self.size:
            return
        state = self._state() if self.size else None
        self.model = source_model.build_source_model(size, self.plan.steps, self.plan.learning_rate)
        self.size = size
        if state is None:
            keras.utils.set_random_seed(self.plan.seed)
            self.model = source_model.build_source_model(size, self.plan.steps, self.plan.learning_rate)
            source_model.set_input_scaling(self.model, self.views.half[::40])
        else:
            self._set_state(*state)

    def _step(self, number: int) -> dict[str, float]:
        rng = np.random.default_rng([self.plan.seed, self.rank, number])
        which = rng.integers(len(self.factors), size=BATCH)
        images = self.views.draw(which, self.size, rng)
        self.model.reset_metrics()
        return self.model.train_on_batch(images, targets(self.factors[which]), return_dict=True)

    def _log(self, logs: list[dict[str, float]]) -> None:
        if self.rank:
            return
        images = self.val_views.plain(np.arange(len(self.val_factors)), self.size)
        judged = self.model.evaluate(images, targets(self.val_factors), batch_size=64, return_dict=True, **QUIETLY)
        measures = [f"{name}_accuracy" for name in ("label", "shape", "palette")]
        trained = [float(np.mean([each[name] for each in logs])) for name in ("loss", *measures)]
        views = self.round * self.plan.views_a_round
        kept = [float(judged[name]) for name in measures]
        row = [self.size, views, round(self.seconds), *(round(value, 4) for value in (*trained, *kept))]
        file = self.folder / "log.csv"
        new = not file.is_file()
        with file.open("a", newline="") as out:
            writer = csv.writer(out)
            if new:
                writer.writerow(COLUMNS)
            writer.writerow(row)
        tqdm.write(" ".join(f"{name} {value}" for name, value in zip(COLUMNS, row, strict=True)))

    def _state(self) -> tuple[list[np.ndarray], list[np.ndarray]]:
        variables = self.model.optimizer.variables
        return self.model.get_weights(), [np.asarray(keras.ops.convert_to_numpy(each)) for each in variables]

    def _set_state(self, weights: list[np.ndarray], optimizer: list[np.ndarray]) -> None:
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
            [*weights, *optimizer, np.array(self.seconds)],
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
