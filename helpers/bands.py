"""How far a lesson's results lie apart from seed to seed: measured, stored, and held against what a run gives.

`python -m helpers bands` runs the lessons with several seeds and writes `data/results/bands.json`. A lesson shows the
band beside a learner's guess; the tests take it as their tolerance.
"""

import json
import math
import platform
import shlex
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import joblib

from helpers import config, lessons, provenance
from helpers.store import write_whole

FILE = config.RESULTS / "bands.json"
ASIDE = "aside"  # tag of cells that no result depends on, and that take their time
_ROUNDING = 1e-3  # results are stored with a few decimals


@dataclass(frozen=True)
class Band:
    """What several seeds gave for one result: numbers, or words.

    Attributes:
        values: One a seed.
    """

    values: tuple

    @property
    def is_number(self) -> bool:
        """Whether the result is a number."""
        return all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in self.values)

    @property
    def limits(self) -> tuple[float, float]:
        """Between which one more seed falls 19 times in 20, by Student's t; for numbers only."""
        from scipy.stats import t

        middle, count = statistics.fmean(self.values), len(self.values)
        spread = statistics.stdev(self.values) * math.sqrt(1 + 1 / count) if count > 1 else 0.0
        reach = (t.ppf(0.975, count - 1) * spread if spread else 0.0) + _ROUNDING
        return middle - reach, middle + reach

    def __contains__(self, value) -> bool:
        if not self.is_number:
            return value in self.values
        low, high = self.limits
        return low <= value <= high

    def __str__(self) -> str:
        if self.is_number:
            low, high = min(self.values), max(self.values)
            return f"{low:.3g}" if low == high else f"{low:.3g} to {high:.3g}"
        counted = {value: self.values.count(value) for value in self.values}
        return ", ".join(f"{value} ({count} of {len(self.values)})" for value, count in counted.items())


def stored_band(lesson: str, result: str, setup: str = "bundled") -> Band | None:
    """Return what several seeds gave for a result of a lesson, or `None` where that was never measured.

    Args:
        lesson: Its number, such as `"04"`, or its name.
        result: A name in the lesson's cell tagged `result`.
        setup: With which parameters: `"bundled"`, the lesson as it is, or another that was measured.

    Example:
        >>> print(stored_band("04", "accuracy"))  # doctest: +SKIP
        0.765 to 0.81
    """
    measured = _stored().get(setup, {}).get("lessons", {})
    found = next((results for name, results in measured.items() if name.startswith(lesson)), {})
    return Band(tuple(found[result])) if result in found else None


def outside(lesson: str, results: Mapping, setup: str = "bundled") -> list[str]:
    """Return a sentence for each result that lies outside its band. Seconds, and what has no band, are passed over.

    Args:
        lesson: Its number or name.
        results: What its cell tagged `result` shows.
        setup: See `stored_band`.
    """
    found = []
    for name, value in results.items():
        band = stored_band(lesson, name, setup)
        if band is not None and value not in band:
            expected = f"{band.limits[0]:.3g} to {band.limits[1]:.3g}" if band.is_number else str(band)
            found.append(f"{lesson}: expected {name} within {expected}, received {value}.")
    return found


def measure_bands(
    paths: Sequence[Path], parameters: Mapping, setup: str = "bundled", seeds: int = 5, n_jobs: int = 1
) -> dict:
    """Run lessons with several seeds, and store what their results were. Cells tagged `aside` are left out.

    Args:
        paths: The lessons.
        parameters: Other values for names in their cells tagged `parameters`.
        setup: What to call these parameters.
        seeds: How many, from 0.
        n_jobs: Lessons at a time.

    Returns:
        For each lesson, for each of its results, the values, one a seed.
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
    stored = _stored()
    before = stored.get(setup, {}).get("lessons", {})
    stored[setup] = _about(parameters, setup, seeds) | {"lessons": dict(sorted((before | measured).items()))}
    write_whole(FILE, (json.dumps(stored, indent=1) + "\n").encode())
    return measured


def _run(path: Path, parameters: Mapping, seed: int) -> lessons.Result:
    known = lessons.known_parameters(path)
    wanted = {name: value for name, value in parameters.items() if name in known} | {"SEED": seed}
    with tempfile.TemporaryDirectory(prefix="graft-bands-") as copies:
        return lessons.run_lesson(path, wanted, copies, skip=ASIDE)


def _about(parameters: Mapping, setup: str, seeds: int) -> dict:
    # A folder of the reader's own is called by its name: where it lies is nobody's business.
    told = {name: Path(value).name if isinstance(value, str) else value for name, value in parameters.items()}
    return {
        "command": f"python -m helpers bands --name {shlex.quote(setup)} --seeds {seeds}",
        "parameters": told,
        "date": date.today().isoformat(),
        "machine": f"{platform.machine()}, {platform.system()}",
        "versions": provenance.versions(),
    }


def _stored() -> dict:
    return json.loads(FILE.read_text(encoding="utf-8")) if FILE.is_file() else {}
