"""Experiments that take longer than a lesson: what each runs, and its stored results.

`python -m helpers experiment NAME` computes one and writes `data/results/NAME.csv`, and beside it `NAME.json` with the
command, date, versions and seeds. Lessons read these and compute single points of them again.
"""

import json
import platform
from dataclasses import dataclass
from datetime import date
from importlib import metadata
from typing import Any

import pandas as pd

from helpers import config

_TUNED = {"schedule": "cosine", "weight_decay": 0.01, "label_smoothing": 0.1, "keep": "last"}
_PHOTOS = {"source": "bundled", "image_size": 64}
_SCRATCH_EPOCHS = {5: 60, 10: 40, 20: 30, 50: 20, 120: 15}  # the fewer photos, the more often each must be shown
_KEPT = ("accuracy", "val_accuracy", "seconds", "trainable_params")


@dataclass(frozen=True)
class Experiment:
    """A grid of runs that answers a question.

    Attributes:
        name: What the command and the file are called.
        question: What it asks.
        settings: Grids for `sweep`, each with a name for the method that it stands for under `"method"`.
        seeds: How many seeds each combination is run with.
    """

    name: str
    question: str
    settings: tuple[dict[str, Any], ...]
    seeds: int = 5


def _photos_per_class() -> tuple[dict[str, Any], ...]:
    grids = []
    for per_class, epochs in _SCRATCH_EPOCHS.items():
        shared = _PHOTOS | {"per_class": per_class}
        bundled = shared | {"weights": "bundled"}
        # The best of the three at every smaller number of photos; there it is no longer chosen, for want of time.
        rates = [1.5e-3, 5e-3, 1.5e-2] if per_class < 120 else 5e-3
        scratch = {"weights": None, "until": None, "learning_rate": rates, "epochs": epochs, "augment": True}
        head = {"until": "top", "learning_rate": 3e-3, "epochs": 40}
        upper = {"until": "block5c", "learning_rate": [3e-4, 1e-3], "epochs": 12}
        grids += [
            {"method": "frozen base"} | bundled | head | _TUNED,
            {"method": "fine-tuned"} | bundled | upper | _TUNED,
            {"method": "from scratch"} | shared | scratch | _TUNED,
        ]
    return tuple(grids)


EXPERIMENTS = {
    each.name: each
    for each in (
        Experiment(
            "photos_per_class",
            "How accurate are a frozen base, a fine-tuned one, and training from scratch, with how many photos?",
            _photos_per_class(),
        ),
    )
}


def find(name: str) -> Experiment:
    """Return an experiment by its name, or raise `ValueError` that lists those there are."""
    if name not in EXPERIMENTS:
        raise ValueError(f"Expected an experiment: {', '.join(EXPERIMENTS)}. Received: {name!r}.")
    return EXPERIMENTS[name]


def run_experiment(name: str, n_jobs: int = 1) -> pd.DataFrame:
    """Run an experiment, or go on with it where it was broken off, and store its results.

    Args:
        name: Its name.
        n_jobs: Processes at a time, as in `sweep`.

    Returns:
        DataFrame as from `stored_results`.
    """
    from helpers.sweeping import sweep

    experiment = find(name)
    unfinished = config.cache_folder() / f"{name}.jsonl"
    tables = []
    for settings in experiment.settings:
        plain = {key: value for key, value in settings.items() if key != "method"}
        table = sweep(plain, seeds=range(experiment.seeds), n_jobs=n_jobs, results=unfinished, progress=False)
        failed = table.error.dropna()
        if len(failed):
            raise RuntimeError(f"A run of {name} failed: {failed.iloc[0]}")
        tables.append(table.assign(method=settings["method"]))
        print(f"{settings['method']}, {settings['per_class']} a class: {table.accuracy.mean():.3f}", flush=True)
    varied = ["method", "per_class", "learning_rate", "epochs", "seed"]
    results = pd.concat(tables, ignore_index=True)[[*varied, *_KEPT]]
    config.RESULTS.mkdir(exist_ok=True)
    results.round({"seconds": 2, "accuracy": 4, "val_accuracy": 4}).to_csv(config.RESULTS / f"{name}.csv", index=False)
    about = _about(experiment, n_jobs, results.seconds.sum())
    (config.RESULTS / f"{name}.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    unfinished.unlink(missing_ok=True)  # or the next time old rows would be given a new date
    return stored_results(name)


def _about(experiment: Experiment, n_jobs: int, seconds: float) -> dict:
    versions = {
        each: metadata.version(each) for each in ("keras", "tensorflow", "tensorflow-cpu", "numpy") if _installed(each)
    }
    return {
        "question": experiment.question,
        "command": f"python -m helpers experiment {experiment.name} --jobs {n_jobs}",
        "date": date.today().isoformat(),
        "seconds_of_all_runs": round(seconds),
        "seeds": list(range(experiment.seeds)),
        "machine": f"{platform.machine()}, {platform.system()}",
        "versions": {"python": platform.python_version()} | versions,
        "settings": list(experiment.settings),
    }


def _installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def stored_results(name: str) -> pd.DataFrame:
    """Return the stored results of an experiment.

    Args:
        name: Such as `"photos_per_class"`.

    Returns:
        DataFrame with a row for each run: `method`, `per_class`, `learning_rate`, `epochs`, `seed`, `accuracy` (on
        the test photos), `val_accuracy`, `seconds`, `trainable_params`.

    Raises:
        ValueError: If there is no such experiment.
        FileNotFoundError: If it was never run.

    Example:
        >>> stored_results("photos_per_class").groupby(["method", "per_class"]).accuracy.mean()
    """
    file = config.RESULTS / f"{find(name).name}.csv"
    if not file.is_file():
        raise FileNotFoundError(
            f"Expected the results of {name} in data/results. Compute them: python -m helpers experiment {name}."
        )
    return pd.read_csv(file)
