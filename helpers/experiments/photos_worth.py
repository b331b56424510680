"""How many photos pre-training is worth: read off two curves of accuracy against photos, with an interval."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

_LOW, _HIGH = 2.5, 97.5  # percentiles: nineteen in twenty
_DRAWS = 2000


def own_best_rates(results: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of each method's best learning rate for each number of photos, by mean validation accuracy.

    Args:
        results: From `stored_results` or `sweep`: `method`, `per_class`, `learning_rate`, `seed`, `accuracy`,
            `val_accuracy`.

    Returns:
        The rows that were chosen, with the same columns.

    Example:
        >>> own_best_rates(stored_results("photos_per_class")).learning_rate.unique()
    """
    means = results.groupby(["method", "per_class", "learning_rate"]).val_accuracy.mean()
    best = {index[:2]: index[2] for index in means.groupby(level=[0, 1]).idxmax()}
    chosen = [best[row.method, row.per_class] == row.learning_rate for row in results.itertuples()]
    return results[chosen].reset_index(drop=True)


@dataclass(frozen=True)
class PhotosWorth:
    """What so many photos are worth to a method that starts with more.

    Attributes:
        per_class: Photos a class that the pre-trained method has.
        accuracy: What it reaches with them, the mean over seeds.
        needed: Photos a class that the other method needs for the same; `inf` where it never gets there within what
            was measured, 0 where it does so with the fewest.
        low, high: Nineteen in twenty redraws of the seeds lie between these.
        fewest, most: The fewest and the most photos a class that were measured.
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
            return f"no more than {self.fewest} photos a class, the fewest that were measured"
        if self.needed == np.inf:
            return f"more than {self.most} photos a class (it never gets there within what was measured)"
        if self.high == np.inf:
            return f"{self.needed:.0f} photos a class (from {self.low:.0f} to more than {self.most})"
        return f"{self.needed:.0f} photos a class ({self.low:.0f} to {self.high:.0f})"


def photos_worth(
    results: pd.DataFrame, per_class: int, method: str, other: str = "from scratch", seed: int = 0
) -> PhotosWorth:
    """Return how many photos another method needs to do as well.

    Between two measured numbers of photos accuracy is taken to rise evenly with the logarithm. The interval comes
    from drawing the seeds anew, with replacement (the bootstrap of Efron, 1979).

    Args:
        results: A row for each run, one learning rate for each method and number of photos; see `own_best_rates`.
        per_class: Photos a class that `method` has; one of those measured.
        method: The pre-trained method.
        other: The method to compare it with.
        seed: Decides the redraws.

    Returns:
        A `PhotosWorth`, which prints as a sentence.

    Raises:
        ValueError: If the results have no such method or number of photos.

    Example:
        >>> print(photos_worth(own_best_rates(stored_results("photos_per_class")), 10, "frozen base"))
    """
    tables = {name: _table(results, name) for name in (method, other)}
    mine, theirs = tables[method], tables[other]
    if per_class not in mine:
        raise ValueError(f"Expected photos a class among {', '.join(map(str, mine.columns))}. Received: {per_class!r}.")
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
