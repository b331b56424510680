"""How many photos pre-training is worth: read off two curves of accuracy against photos, with an interval."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers import checks

_LOW, _HIGH = 2.5, 97.5  # percentiles of a 95% interval
_DRAWS = 2000


@checks.checked(results=checks.kind_of(pd.DataFrame))
def own_best_rates(results: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with each method's best learning rate per number of photos, by mean validation accuracy.

    Args:
        results: From `stored_results` or `sweep`, with the columns `method`, `per_class`, `learning_rate`, `seed`,
            `accuracy` and `val_accuracy`.

    Returns:
        The rows that were chosen, with the same columns.

    Example:
        >>> own_best_rates(stored_results("photos_per_class")).learning_rate.unique()
    """
    checks.columns(results, ("method", "per_class", "learning_rate", "seed", "accuracy", "val_accuracy"))
    means = results.groupby(["method", "per_class", "learning_rate"]).val_accuracy.mean()
    best = {index[:2]: index[2] for index in means.groupby(level=[0, 1]).idxmax()}
    chosen = [best[row.method, row.per_class] == row.learning_rate for row in results.itertuples()]
    return results[chosen].reset_index(drop=True)


@dataclass(frozen=True)
class PhotosWorth:
    """How many photos another method needs to match a pre-trained one.

    Attributes:
        per_class: Photos per class that the pre-trained method has.
        accuracy: The accuracy it reaches with them, averaged over seeds.
        needed: Photos per class that the other method needs for the same accuracy; `inf` if it never gets there within
            what was measured, 0 if the fewest photos that were measured are enough.
        low, high: The 95% confidence interval of `needed`.
        fewest, most: The fewest and the most photos per class that were measured.
    """

    per_class: int
    accuracy: float
    needed: float
    low: float
    high: float
    fewest: int
    most: int

    def __str__(self) -> str:
        if self.needed == 0:
            return f"no more than {self.fewest} photos per class, the fewest that were measured"
        if self.needed == np.inf:
            return f"more than {self.most} photos per class (training from scratch never reached that accuracy here)"
        if self.high == np.inf:
            return f"{self.needed:.0f} photos per class (from {self.low:.0f} to more than {self.most})"
        return f"{self.needed:.0f} photos per class ({self.low:.0f} to {self.high:.0f})"


@checks.checked(
    results=checks.kind_of(pd.DataFrame),
    per_class=checks.whole(1),
    method=checks.text,
    other=checks.text,
    seed=checks.seed,
)
def photos_worth(
    results: pd.DataFrame, per_class: int, method: str, other: str = "from scratch", seed: int = 0
) -> PhotosWorth:
    """Return how many photos another method needs to do as well as a pre-trained one.

    Between two measured numbers of photos, accuracy is taken to rise evenly with the logarithm of the number. The
    interval is a percentile bootstrap over the seeds (Efron, 1979).

    Args:
        results: A row per run, with one learning rate per method and number of photos; see `own_best_rates`.
        per_class: Photos per class that `method` has; one of the numbers measured.
        method: Name of the pre-trained method.
        other: Name of the method to compare it with.
        seed: Seed of the bootstrap.

    Returns:
        A `PhotosWorth`, which prints as a sentence.

    Raises:
        ValueError: If the results have no such method or number of photos.

    Example:
        >>> print(photos_worth(own_best_rates(stored_results("photos_per_class")), 10, "frozen base"))
    """
    checks.columns(results, ("method", "per_class", "seed", "accuracy"))
    tables = {name: _table(results, name) for name in (method, other)}
    mine, theirs = tables[method], tables[other]
    if per_class not in mine:
        raise ValueError(
            f"Expected photos per class among {', '.join(map(str, mine.columns))}. Received: {per_class!r}."
        )
    # Not scipy.stats.bootstrap: a curve that never gets there gives inf, of which it takes a standard error (a warning)
    # and between which it interpolates (not a number); and it refuses results of a single seed.
    rng = np.random.default_rng(seed)
    target = float(mine[per_class].mean())
    redrawn = [
        _needed(
            mine[per_class].to_numpy()[rng.integers(0, len(mine), len(mine))].mean(),
            theirs.columns.to_numpy(dtype=float),
            theirs.to_numpy()[rng.integers(0, len(theirs), len(theirs))].mean(axis=0),
        )
        for _ in range(_DRAWS)
    ]
    low, high = np.quantile(redrawn, [_LOW / 100, _HIGH / 100], method="nearest")
    needed = _needed(target, theirs.columns.to_numpy(dtype=float), theirs.mean().to_numpy())
    return PhotosWorth(
        per_class, target, needed, float(low), float(high), int(theirs.columns.min()), int(theirs.columns.max())
    )


def _table(results: pd.DataFrame, method: str) -> pd.DataFrame:
    rows = results[results.method == method]
    if rows.empty:
        names = ", ".join(sorted(results.method.unique()))
        raise ValueError(f"Expected a method among {names}. Received: {method!r}.")
    return rows.pivot(index="seed", columns="per_class", values="accuracy")


def _needed(target: float, counts: np.ndarray, accuracies: np.ndarray) -> float:
    reached = np.flatnonzero(accuracies >= target)
    if not len(reached):
        return float("inf")
    first = reached[0]
    if first == 0:
        return 0.0
    below, above = accuracies[first - 1], accuracies[first]
    way = (target - below) / (above - below)
    return float(np.exp(np.log(counts[first - 1]) + way * np.log(counts[first] / counts[first - 1])))
