"""Running the experiments, storing what they measured, and reading it again."""

import contextlib
import json
import os
import platform
import shutil
import time
from datetime import date
from pathlib import Path
from typing import Any

import joblib
import pandas as pd

from helpers import bars, config
from helpers.experiments.augmentation import AUGMENTATION
from helpers.experiments.batchnorm_trap import BATCHNORM_TRAP
from helpers.experiments.code_digest import code_digest
from helpers.experiments.cores import settle_on_a_core
from helpers.experiments.experiment import Experiment
from helpers.experiments.fine_tuning import DEPTH, DEPTH_REAL, FINE_TUNING, FINE_TUNING_REAL
from helpers.experiments.forgetting import FORGETTING
from helpers.experiments.freezing_first import FREEZING_FIRST, FREEZING_FIRST_REAL
from helpers.experiments.keeping import KEEPING
from helpers.experiments.near_and_far import NEAR_AND_FAR
from helpers.experiments.photos_per_class import PHOTOS_PER_CLASS, PHOTOS_PER_CLASS_REAL
from helpers.experiments.pretraining import PRETRAINING, PRETRAINING_REAL
from helpers.experiments.probing import PROBING
from helpers.experiments.replaced_head import REPLACED_HEAD
from helpers.experiments.shortcut import SHORTCUT

EXPERIMENTS = {
    each.name: each
    for each in (
        FREEZING_FIRST, DEPTH, FINE_TUNING, KEEPING, BATCHNORM_TRAP, AUGMENTATION, FORGETTING,
        NEAR_AND_FAR, REPLACED_HEAD, PROBING, SHORTCUT, PRETRAINING, PHOTOS_PER_CLASS,
        FREEZING_FIRST_REAL, DEPTH_REAL, FINE_TUNING_REAL, PRETRAINING_REAL, PHOTOS_PER_CLASS_REAL,
    )
}  # fmt: skip
_DECIMALS = {"seconds": 2}


def find(name: str) -> Experiment:
    """Return an experiment by its name, or raise a `ValueError` that lists all names."""
    if name not in EXPERIMENTS:
        raise ValueError(f"Expected an experiment: {', '.join(EXPERIMENTS)}. Received: {name!r}.")
    return EXPERIMENTS[name]


def run_experiment(name: str, n_jobs: int = 1) -> pd.DataFrame:
    """Run an experiment, or resume an interrupted one, and store its results.

    Args:
        name: Name of the experiment.
        n_jobs: Processes at a time; -1 for one per core.

    Returns:
        DataFrame as from `stored_results`.
    """
    experiment = find(name)
    # Finished points are kept until all are measured, so that an interrupted run loses little. They are used only while
    # the code and the libraries that they came from are the same, so that no table mixes the results of two versions.
    kept = config.cache_folder() / "experiments" / name
    remembered = joblib.Memory(kept / code_digest(), verbose=0)
    measure = remembered.cache(_measured, ignore=["n_jobs"])
    points = list(experiment.points())
    run = joblib.Parallel(n_jobs=n_jobs if n_jobs != 1 else None, return_as="generator")
    tasks = (joblib.delayed(measure)(name, point, n_jobs) for point in points)
    measured: Any = run(tasks)  # pairs: what was measured, and in how many seconds
    rows, seconds = [], 0.0
    for point, (values, took) in zip(points, measured, strict=True):
        seconds += took
        rows.append({column: point[column] for column in (*experiment.columns, "seed")} | values)
        print(", ".join(f"{key} {value}" for key, value in _rounded(rows[-1]).items()), flush=True)
    config.RESULTS.mkdir(exist_ok=True)
    pd.DataFrame([_rounded(row) for row in rows]).to_csv(config.RESULTS / f"{name}.csv", index=False)
    about = _about(experiment, n_jobs, seconds)
    (config.RESULTS / f"{name}.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    shutil.rmtree(kept, ignore_errors=True)  # or next time, old rows would be given a new date
    return stored_results(name)


def _measured(name: str, point: dict, n_jobs: int) -> tuple[dict[str, Any], float]:
    # What was measured, and how long that took: not all experiments measure seconds themselves.
    settle_on_a_core(n_jobs)
    began = time.perf_counter()
    with bars.silenced():
        values = find(name).measure(**point)
    return values, values.get("seconds", time.perf_counter() - began)


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: round(value, _DECIMALS.get(name, 4)) if isinstance(value, float) and name != "learning_rate" else value
        for name, value in row.items()
    }


def _about(experiment: Experiment, n_jobs: int, seconds: float) -> dict[str, Any]:
    return {
        "question": experiment.question,
        "command": f"python -m helpers experiment {experiment.name} --jobs {n_jobs}",
        "date": date.today().isoformat(),
        "seconds_of_all_runs": round(seconds),
        "seeds": list(range(experiment.seeds)),
        "machine": f"{platform.machine()}, {platform.system()}",
        "processor": _processor(),
        "versions": config.versions(),
        "settings": list(experiment.settings),
    }


def _processor() -> str:
    with contextlib.suppress(OSError):  # Linux tells its name here, and nothing of use to Python's platform module
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return f"{line.partition(':')[2].strip()}, {os.cpu_count()} cores"
    return f"{platform.processor()}, {os.cpu_count()} cores"


def stored_results(name: str) -> pd.DataFrame:
    """Return the stored results of an experiment.

    Args:
        name: Such as `"photos_per_class"`.

    Returns:
        DataFrame with a row per point and seed: the settings that distinguish the points, `seed`, and what was
        measured, such as `accuracy` (on the test photos). `None` among the settings becomes `"none"`.

    Raises:
        ValueError: If there is no such experiment.
        FileNotFoundError: If its results aren't stored.

    Example:
        >>> stored_results("photos_per_class").groupby(["method", "per_class"]).accuracy.mean()
    """
    experiment = find(name)
    file = config.RESULTS / f"{experiment.name}.csv"
    if not file.is_file():
        raise FileNotFoundError(
            f"Expected the results of {name} in data/results. Compute them: python -m helpers experiment {name}."
        )
    words = [column for column in experiment.columns if column in ("until", "weights")]
    return pd.read_csv(file).fillna(dict.fromkeys(words, "none"))


def measure_again(name: str, **settings) -> dict[str, Any]:
    """Measure one point of an experiment again, to compare it with the stored result.

    Args:
        name: Name of the experiment.
        settings: The settings that distinguish the point from the others, and `seed` (0 by default).

    Returns:
        What was measured, by name.

    Raises:
        ValueError: If no point or several points have these settings.

    Example:
        >>> measure_again("probing", learned_from="photos", block="block3b")["accuracy"]
    """
    wanted = {"seed": config.SEED} | settings
    experiment = find(name)
    fitting = [point for point in experiment.points() if all(point.get(key, wanted) == wanted[key] for key in wanted)]
    if len(fitting) != 1:
        raise ValueError(
            f"Expected the settings of one point of {name}: {', '.join(experiment.columns)} and seed. "
            f"Received: {settings}, which {len(fitting)} points have."
        )
    with bars.Bar("measuring again"):
        return experiment.measure(**fitting[0])
