"""Comparing two models that were judged on the same photos.

Photos that are easy for one model are mostly easy for the other, so the two accuracies rise and fall together. A paired
comparison looks only at the photos on which the models differ, and sees much smaller gains than two separate intervals
would (Dietterich, "Approximate Statistical Tests for Comparing Supervised Classification Learning Algorithms", 1998).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from helpers import checks
from helpers.judging.interval import mean_interval
from helpers.judging.report import Report

_RESAMPLES = 9999
_SEED = 0  # so that the same two reports always give the same interval


@dataclass(frozen=True)
class Comparison:
    """What two models, judged on the same photos, say about each other.

    Attributes:
        difference: Accuracy of the first minus that of the second.
        interval: The 95% confidence interval of the difference: `(low, high)`.
        p: How often photos like these would show so large a difference if the models were equally good: the exact
            two-sided p-value of McNemar's test.
        both_right, only_first, only_second, both_wrong: Numbers of photos.
    """

    difference: float
    interval: tuple[float, float]
    p: float
    both_right: int
    only_first: int
    only_second: int
    both_wrong: int

    @property
    def clear(self) -> bool:
        """Whether the interval excludes 0."""
        low, high = self.interval
        return low > 0 or high < 0

    def __str__(self) -> str:
        low, high = self.interval
        verdict = "no clear difference" if not self.clear else "better" if self.difference > 0 else "worse"
        return (
            f"{self.difference:+.3f}, 95% interval {low:+.3f} to {high:+.3f}: {verdict} "
            f"({self.only_first} photos won, {self.only_second} lost, p = {self.p:.2g})"
        )


@checks.checked(first=checks.kind_of(Report), second=checks.kind_of(Report))
def compare(first: Report, second: Report) -> Comparison:
    """Compare two models on the photos that both were judged on.

    The interval is the percentile interval of a bootstrap over photos (Efron, 1979), which keeps the two answers to a
    photo together.

    Args:
        first: From `evaluate`.
        second: From `evaluate`, on the same split.

    Returns:
        A `Comparison`.

    Raises:
        TypeError: If either is no report.
        ValueError: If the reports are about different photos.

    Example:
        >>> print(compare(evaluate(fine_tuned, photos.test), evaluate(frozen, photos.test)))
        +0.060, 95% interval +0.020 to +0.100: better (15 photos won, 3 lost, p = 0.0075)
    """
    a, b = first.correct, second.correct
    if first.split.fingerprint != second.split.fingerprint or len(a) != len(b):
        raise ValueError(
            f"Expected two reports on the same photos. Received: reports on {len(a)} and {len(b)} photos that differ. "
            "Evaluate both models on one split, such as photos.test."
        )
    won, lost = int((a & ~b).sum()), int((b & ~a).sum())
    return Comparison(
        difference=float(a.mean() - b.mean()),
        interval=_interval(a.astype(float) - b),
        p=float(stats.binomtest(won, won + lost).pvalue) if won + lost else 1.0,
        both_right=int((a & b).sum()),
        only_first=won,
        only_second=lost,
        both_wrong=int((~a & ~b).sum()),
    )


def _interval(differences: np.ndarray) -> tuple[float, float]:
    if len(differences) < 2:  # nothing to resample
        return -1.0, 1.0
    found = stats.bootstrap(
        (differences,), np.mean, n_resamples=_RESAMPLES, method="percentile", rng=np.random.default_rng(_SEED)
    ).confidence_interval
    return float(found.low), float(found.high)


@checks.checked(table=checks.kind_of(pd.DataFrame), by=checks.text, measure=checks.text, seed=checks.text)
def compare_runs(
    table: pd.DataFrame, by: str, against: object = None, measure: str = "accuracy", seed: str = "seed"
) -> pd.DataFrame:
    """Compare settings that were each run with the same seeds.

    A seed decides the split of the photos, so the runs of one seed share their luck. The 95% interval is that of the
    mean difference over seeds, by Student's t.

    Args:
        table: A row per run, as from `sweep` or `stored_results`.
        by: Column with the settings to compare.
        against: The setting that the others are compared with; by default that of the first row.
        measure: Column with what was measured.
        seed: Column with the seeds.

    Returns:
        DataFrame indexed by setting, in the order of the table: the mean of `measure`, `difference`, `low` and `high`
        (the interval), `clear` (whether it excludes 0), `seeds`.

    Raises:
        TypeError: If an argument is of the wrong kind.
        ValueError: If a column is missing, a setting was run with other seeds, or several times with one, or there are
            fewer than two seeds.

    Example:
        >>> compare_runs(stored_results("fine_tuning"), by="until").round(3)
    """
    checks.columns(table, (by, measure, seed), "table")
    if not len(table):
        raise ValueError("Expected a table of runs. Received: one without rows. Run a sweep first.")
    if not pd.api.types.is_numeric_dtype(table[measure]):
        raise ValueError(
            f"Expected the column {measure!r} to hold numbers. Received: {checks.shown(table[measure].iloc[0])} and "
            "others. Pass the column with what was measured, such as measure='accuracy'."
        )
    against = table[by].iloc[0] if against is None else against
    runs = table.groupby([seed, by], sort=False)[measure].agg(["mean", "size"])
    wide = runs["mean"].unstack(by)
    if against not in wide or wide.isna().any(axis=None) or (runs["size"] > 1).any() or len(wide) < 2:
        raise ValueError(
            f"Expected one run per setting of '{by}' and seed, the same two seeds or more for each setting, among them "
            f"{against!r}. Received: {len(table)} runs of {len(wide.columns)} settings with {len(wide)} seeds. Filter "
            "the table first."
        )
    rows = {}
    for setting in wide:
        differences = wide[setting] - wide[against]
        low, high = mean_interval(differences)
        rows[setting] = {
            measure: wide[setting].mean(),
            "difference": differences.mean(),
            "low": low,
            "high": high,
            "clear": low > 0 or high < 0,
            "seeds": len(wide),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(by)
