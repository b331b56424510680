"""Many trainings over a grid of settings and seeds, run by joblib: in one process, on all cores, or on a cluster.

Plain settings describe a run, which builds everything from them, so it can happen anywhere. Finished rows are stored at
once, so an interrupted sweep resumes where it stopped.
"""

import json
import os
import platform
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import joblib
import pandas as pd
from tqdm import tqdm

from helpers import checks, config
from helpers.bars import silenced
from helpers.experiments import grid
from helpers.experiments.cores import settle_on_a_core
from helpers.training.settings import TrainingSettings

if TYPE_CHECKING:
    import keras

    from helpers.photos.loading import Photos

_HEAD = ("cut_at", "hidden_units", "dropout")
_one_at_a_time = threading.Lock()  # a cluster's worker may have several threads, which share photos and bases
_LINE = '{"key": '  # what every line of results begins with
_HEAD_EPOCHS = 15  # of the head alone before a base is unfrozen, unless head_epochs says otherwise


@checks.checked(n_jobs=checks.processes, results=checks.or_none(checks.path), progress=checks.flag)
def sweep(
    settings: Mapping[str, Any] | Sequence[Mapping[str, Any]],
    seeds: Iterable[int] = range(5),
    n_jobs: int = 1,
    results: str | Path | None = None,
    progress: bool = True,
) -> pd.DataFrame:
    """Train once for every combination of settings and seeds, and evaluate each model on the test photos.

    Every run starts from the beginning: the seed decides how the photos are split and how the new head is drawn. If
    blocks of a pre-trained base are to be unfrozen, the head is first trained on the frozen base. A model trained from
    scratch (`weights=None`, `until=None`) is evaluated with BatchNorm statistics recomputed on its training photos.

    Runs on the same photos follow each other, and those with more frozen blocks come later, so that they find the
    activations that the others left.

    Args:
        settings: Maps names to a value or a list of values; every combination is run. Or a list of such grids, one
            after the other. Names: `source`, `image_size`, `per_class`; `base`, `weights`; `cut_at`,
            `hidden_units`, `dropout`, `head_epochs`, `head_learning_rate`; `until`, `batchnorm`; and what `fit`
            takes from `epochs` to `keep`. Missing ones have the defaults of those functions.
        seeds: Each combination is run with each.
        n_jobs: Processes at a time; -1 for one per core. Inside `joblib.parallel_config(backend="dask")`, the
            connected cluster does the runs; paths must mean the same there.
        results: A file of finished rows (JSON, one per line), created if missing. Rows in it are not run again,
            unless they ended in an error. Rows are identified by their settings and the folder of photos: if you add
            photos to the folder, use another file.
        progress: Whether to show a progress bar.

    Returns:
        DataFrame with a row per run, in the order of the grid: its settings, `seed`, `accuracy` (on the test
        photos), `val_accuracy` (of the same state), `kept_epoch`, `trainable_params`, `seconds` (the head's included),
        `ran_on` (the engine of the frozen blocks), `photos` (their fingerprint), `where` (machine and process),
        `error` (what went wrong, or `None`).

    Raises:
        ValueError: If a setting has an unknown name, or the results file is something else.

    Example:
        >>> table = sweep({"until": ["block6d", "top"], "per_class": [10, 50]}, seeds=range(3))
        >>> table.groupby(["until", "per_class"]).accuracy.mean()
    """
    jobs = grid.jobs_of(settings, seeds)
    file = Path(results) if results is not None else None
    rows = _finished(file) if file else {}
    waiting = [key for key in jobs if key not in rows or rows[key]["error"]]
    waiting.sort(key=lambda key: grid.order(jobs[key]))
    parallel = joblib.Parallel(n_jobs=n_jobs if n_jobs != 1 else None, return_as="generator_unordered")
    runs: Iterable[tuple[str, dict[str, Any]]] = (
        parallel(joblib.delayed(_run)(jobs[key], key, n_jobs) for key in waiting) or ()
    )
    silent = not progress or sys.stderr is None or config.bars_hidden()  # None: it was closed
    with tqdm(total=len(jobs), initial=len(jobs) - len(waiting), unit=" runs", disable=silent) as bar:
        for key, row in runs:
            rows[key] = row
            if file:
                _write_down(file, key, row)
            bar.update()
    return pd.DataFrame([_columns(jobs[key]) | rows[key] for key in jobs])


def _columns(job: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, (tuple, Path)) else value for name, value in job.items()}


def _finished(file: Path) -> dict[str, dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    for number, line in enumerate(lines, start=1):
        try:
            record = json.loads(line)
            rows[record["key"]] = record["row"]
        except (ValueError, KeyError, TypeError):
            if not line.startswith(_LINE[: len(line)]):  # otherwise it was cut off when the sweep that wrote it ended
                raise ValueError(
                    f"Expected a file of results from sweep. Received: '{file}', where line {number} is something "
                    "else. Use another file."
                ) from None
    return rows


def _write_down(file: Path, key: str, row: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    half = file.exists() and not file.read_bytes().endswith(b"\n") and file.stat().st_size
    with file.open("a", encoding="utf-8") as out:
        out.write(("\n" if half else "") + json.dumps({"key": key, "row": row}) + "\n")
        out.flush()
        os.fsync(out.fileno())


def _run(job: dict[str, Any], key: str, n_jobs: int) -> tuple[str, dict[str, Any]]:
    settle_on_a_core(n_jobs)
    nothing = dict.fromkeys(("accuracy", "val_accuracy", "kept_epoch", "trainable_params", "ran_on", "photos"))
    began, where = time.perf_counter(), f"{platform.node()}:{os.getpid()}"
    try:
        with _one_at_a_time, silenced():  # the sweep has a bar of its own
            outcome = _train_and_judge(**grid.DEFAULTS | job) | {"error": None}
    except Exception as error:  # a run that fails is no reason to lose the others
        outcome = nothing | {"error": f"{type(error).__name__}: {error}"}
    return key, outcome | {"seconds": time.perf_counter() - began, "where": where}


def _train_and_judge(seed: int, **options: Any) -> dict[str, Any]:
    from helpers.judging.report import evaluate
    from helpers.network.freezing import freeze
    from helpers.network.head import attach_head
    from helpers.network.statistics import settle_statistics
    from helpers.training.fit import fit

    wanted = {name: options[name] for name in grid.PHOTOS}
    photos = _photos(**wanted, seed=seed, seen=_state_of_photos(options["source"]))
    weights = options["weights"]
    base = _base(options["base"], weights, options["image_size"], seed, _state_of(Path(str(weights))))
    if not base.pretrained:
        settle_statistics(base, photos.train)
    model = attach_head(base, len(photos.class_names), seed=seed, **{name: options[name] for name in _HEAD})
    head_epochs = options["head_epochs"]
    if head_epochs is None:
        head_epochs = _HEAD_EPOCHS if base.pretrained and options["until"] != "top" else 0
    if head_epochs:
        freeze(model, until="top")
        head = {"epochs": head_epochs, "learning_rate": options["head_learning_rate"], "engine": options["engine"]}
        fit(model, photos, **head, seed=seed, progress=False)
    plan = freeze(model, until=options["until"], batchnorm=options["batchnorm"])
    asked = {name: options[name] for name in TrainingSettings.names()}
    run = fit(model, photos, **asked, seed=seed, progress=False)
    val_accuracy = run.val_accuracy
    if not base.pretrained and options["until"] is None:
        settle_statistics(model, photos.train)
        # Of the state that is evaluated, since val_accuracy decides which run is chosen.
        val_accuracy = evaluate(model, photos.val).accuracy
    return {
        "accuracy": evaluate(model, photos.test).accuracy,
        "val_accuracy": val_accuracy,
        "kept_epoch": run.kept_epoch,
        "trainable_params": plan.trainable_params,
        "ran_on": run.settings.get("engine"),
        "photos": photos.fingerprint,
    }


def _state_of_photos(source: str | Path) -> tuple[tuple, ...]:
    """Return what a folder of photos looks like from outside, so that one that was changed is read again."""
    from helpers.photos import sources

    folder = sources.find_photos(source).folder
    files = (Path(place, name) for place, _, names in os.walk(folder, followlinks=True) for name in names)
    return tuple(sorted((str(file), *_state_of(file)) for file in files))


def _state_of(file: Path) -> tuple[int, ...]:
    try:
        status = file.stat()
    except OSError:  # a word such as "imagenet", or gone in the meantime
        return ()
    return status.st_size, status.st_mtime_ns, status.st_ino


@lru_cache(maxsize=2)
def _photos(source: str | Path, image_size: int, per_class: int | None, seed: int, seen: tuple) -> "Photos":
    from helpers.photos.loading import load_flowers

    return load_flowers(source, image_size, seed, per_class)


@lru_cache(maxsize=2)
def _base(name: str, weights: str | Path | None, image_size: int, seed: int, seen: tuple) -> "keras.Model":
    from helpers.network.base import load_base

    return load_base(name, weights, image_size, seed)
