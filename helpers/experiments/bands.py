"""How much a lesson's results vary from seed to seed: the stored results, and whether a new one fits.

`python -m helpers bands` measures them (`teaching/measuring_bands.py`) and writes `data/results/bands.json`. A lesson
shows the band beside a learner's prediction; the tests use it as their tolerance.
"""

import json
import math
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from helpers import config

FILE = config.RESULTS / "bands.json"
_ROUNDING = 1e-3  # results are stored with a few decimals


@dataclass(frozen=True)
class Band:
    """What several seeds gave for one result: numbers, or words.

    Attributes:
        values: One per seed.
    """

    values: tuple[Any, ...]

    @property
    def is_number(self) -> bool:
        """Whether the result is a number."""
        return all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in self.values)

    @property
    def limits(self) -> tuple[float, float]:
        """The 95% prediction interval for one more seed, by Student's t; for numbers only."""
        from scipy.stats import t

        middle, count = statistics.fmean(self.values), len(self.values)
        spread = statistics.stdev(self.values) * math.sqrt(1 + 1 / count) if count > 1 else 0.0
        reach = (t.ppf(0.975, count - 1) * spread if spread else 0.0) + _ROUNDING
        return middle - reach, middle + reach

    def __contains__(self, value: object) -> bool:
        if not self.is_number or not isinstance(value, (int, float)):
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
    """Return what several seeds gave for a result of a lesson, or `None` if that was never measured.

    Args:
        lesson: Number of the lesson, such as `"04"`, or its name.
        result: A name in the lesson's cell tagged `result`.
        setup: Which parameters it was run with: `"bundled"`, the lesson as it is, or another setup that was measured.

    Example:
        >>> print(stored_band("04", "accuracy"))  # doctest: +SKIP
        0.765 to 0.81
    """
    measured = stored_bands().get(setup, {}).get("lessons", {})
    found = next((results for name, results in measured.items() if name.startswith(lesson)), {})
    return Band(tuple(found[result])) if result in found else None


def outside(lesson: str, results: Mapping[str, Any], setup: str = "bundled") -> list[str]:
    """Return a sentence for each result outside its band. Results without a band, such as seconds, are skipped.

    Args:
        lesson: Number or name of the lesson.
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


def stored_bands() -> dict[str, Any]:
    """Return everything that was measured, by setup."""
    return json.loads(FILE.read_text(encoding="utf-8")) if FILE.is_file() else {}
