"""Calibration: among the answers that a model is 80% sure of, are 80% right?

That the mean confidence equals the accuracy is not enough: a model may be too modest where it is unsure and too sure
elsewhere, and the two cancel out. So answers are sorted into bins by confidence, and each bin is checked by itself.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers import checks
from helpers.judging.interval import wilson_interval
from helpers.judging.report import Report


@dataclass(frozen=True, eq=False, repr=False)
class Calibration:
    """How far a model's confidence can be taken at its word.

    Attributes:
        bins: DataFrame with a row for each bin that holds photos, from unsure to sure: `above` and `up_to` (the
            confidences it covers), `photos`, `confidence` (their mean), `accuracy`, `low` and `high` (the 95%
            interval of the accuracy).
        error: The expected calibration error: the mean distance between confidence and accuracy over the bins, each
            counted by its photos. 0 is perfect.
    """

    bins: pd.DataFrame
    error: float

    @property
    def off(self) -> pd.DataFrame:
        """The bins whose mean confidence lies outside the interval of their accuracy."""
        return self.bins[(self.bins.confidence < self.bins.low) | (self.bins.confidence > self.bins.high)]

    def __repr__(self) -> str:
        off = f"{len(self.off)} of {len(self.bins)} bins off by more than luck"
        return f"<Calibration: expected calibration error {self.error:.3f}; {off}>"


@checks.checked(report=checks.kind_of(Report), bins=checks.whole(1, 10_000))
def calibration(report: Report, bins: int = 10) -> Calibration:
    """Compare how sure a model is with how often it is right.

    Args:
        report: From `evaluate`.
        bins: How many equally wide bins confidence, 0 to 1, is divided into.

    Returns:
        A `Calibration` (Guo et al., "On Calibration of Modern Neural Networks", 2017, section 2).

    Raises:
        ValueError: If `bins` is below 1.

    Example:
        >>> calibration(evaluate(model, photos.test)).bins
    """
    confidence, right = report.probabilities.max(axis=1), report.correct
    number = np.minimum((confidence * bins).astype(int), bins - 1)
    rows = []
    for each in np.unique(number):
        inside = number == each
        low, high = wilson_interval(int(right[inside].sum()), int(inside.sum()))
        rows.append(
            {
                "above": each / bins,
                "up_to": (each + 1) / bins,
                "photos": int(inside.sum()),
                "confidence": float(confidence[inside].mean()),
                "accuracy": float(right[inside].mean()),
                "low": low,
                "high": high,
            }
        )
    table = pd.DataFrame(rows)
    distance = (table.confidence - table.accuracy).abs()
    return Calibration(table, float(np.average(distance, weights=table.photos)))
