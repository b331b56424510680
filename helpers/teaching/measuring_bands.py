"""Measuring how much each lesson's results vary from seed to seed, by running it with several seeds."""

import json
import platform
import shlex
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import joblib

from helpers import config
from helpers.activations.whole_files import write_whole
from helpers.experiments import bands
from helpers.teaching import lessons

ASIDE = "aside"  # tag of slow cells that no result depends on


def measure_bands(
    paths: Sequence[Path], parameters: Mapping, setup: str = "bundled", seeds: int = 5, n_jobs: int = 1
) -> dict:
    """Run lessons with several seeds, and store their results. Cells tagged `aside` are left out.

    Args:
        paths: The lessons.
        parameters: New values for names in their cells tagged `parameters`.
        setup: What to call these parameters.
        seeds: How many, from 0.
        n_jobs: Lessons at a time.

    Returns:
        For each lesson and each of its results, a list of values, one per seed.
    """
    runs = [(Path(path).resolve(), seed) for path in paths for seed in range(seeds)]
    # Processes, not threads: running a lesson changes the working directory.
    results = joblib.Parallel(n_jobs=n_jobs if n_jobs != 1 else None, return_as="generator")(
        joblib.delayed(_run)(path, parameters, seed) for path, seed in runs
    )
    measured: dict[str, dict[str, list]] = {}
    for (path, _), result in zip(runs, results, strict=True):
        print(result, flush=True)
        for name, value in result.values.items():
            if not name.startswith("seconds"):
                measured.setdefault(path.stem, {}).setdefault(name, []).append(value)
    stored = bands.stored_bands()
    before = stored.get(setup, {}).get("lessons", {})
    stored[setup] = _about(parameters, setup, seeds) | {"lessons": dict(sorted((before | measured).items()))}
    write_whole(bands.FILE, (json.dumps(stored, indent=1) + "\n").encode())
    return measured


def _run(path: Path, parameters: Mapping, seed: int) -> lessons.Result:
    known = lessons.known_parameters(path)
    wanted = {name: value for name, value in parameters.items() if name in known} | {"SEED": seed}
    with tempfile.TemporaryDirectory(prefix="graft-bands-") as copies:
        return lessons.run_lesson(path, wanted, copies, skip=ASIDE)


def _about(parameters: Mapping, setup: str, seeds: int) -> dict:
    # Only the name of the reader's own folder is stored: its path is private.
    told = {name: Path(value).name if isinstance(value, str) else value for name, value in parameters.items()}
    return {
        "command": f"python -m helpers bands --name {shlex.quote(setup)} --seeds {seeds}",
        "parameters": told,
        "date": date.today().isoformat(),
        "machine": f"{platform.machine()}, {platform.system()}",
        "versions": config.versions(),
    }
