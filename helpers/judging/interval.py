"""How far luck alone moves an accuracy that was measured on so many photos, or a mean over so many seeds."""

import math
import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from helpers import checks


@checks.checked(right=checks.whole(0), photos=checks.whole(1))
def wilson_interval(right: int, photos: int) -> tuple[float, float]:
    """Return the 95% confidence interval of a share, such as an accuracy.

    Wilson's score interval (1927) stays within 0 and 1, and has a width even where all photos or none are right. Each
    photo counts as one toss of a coin; photos that resemble each other are right or wrong together, and then luck
    reaches further.

    To compare two models on the same photos, use `compare`: two intervals that overlap say little about a difference.

    Args:
        right: How many photos have what is counted, such as a right answer.
        photos: How many there are, at least 1.

    Returns:
        The lowest and the highest share that would make such a count likely: `(low, high)`.

    Raises:
        ValueError: If there are no photos, or more that are right than there are.

    Example:
        >>> wilson_interval(180, 200)
        (0.8506..., 0.9343...)
    """
    if not 0 <= right <= photos or photos < 1:
        raise ValueError(f"Expected from 0 to all of at least 1 photo. Received: {right} of {photos}.")
    found = stats.binomtest(int(right), int(photos)).proportion_ci(method="wilson")
    return float(found.low), float(found.high)


def mean_interval(values: Sequence[float] | np.ndarray | pd.Series) -> tuple[float, float]:
    """Return the 95% confidence interval of a mean, by Student's t; where all values are the same, it has no width.

    Args:
        values: At least two, such as a measurement per seed.

    Example:
        >>> mean_interval([0.7, 0.8, 0.9])
        (0.5515..., 1.0484...)
    """
    mean = float(np.mean(values))
    if np.ptp(values) == 0:  # t has nothing to go by
        return mean, mean
    found = stats.ttest_1samp(values, 0).confidence_interval()
    return float(found.low), float(found.high)


def interval_over_seeds(accuracies: Sequence[float]) -> tuple[float, float] | None:
    """Return the 95% confidence interval of the mean of accuracies (Student's t), within 0 and 1; `None` for one.

    Args:
        accuracies: One per seed.

    Example:
        >>> interval_over_seeds([0.7, 0.8, 0.9])
        (0.5515..., 1.0)
    """
    if len(accuracies) < 2:
        return None
    low, high = mean_interval(accuracies)
    return max(0.0, low), min(1.0, high)


@checks.checked(accuracy=checks.number(0, 1), photos=checks.whole(1), models=checks.whole(1, 2))
def luck_band(accuracy: float, photos: int, models: int = 1) -> float:
    """Return two standard deviations of an accuracy. Deprecated: it takes two models on the same photos for strangers.

    Use `Report.interval` for one model, `compare` for two models judged on the same photos, and `wilson_interval` for
    any other share.

    Args:
        accuracy: The accuracy that is measured or expected, 0 to 1.
        photos: Number of photos it is measured on.
        models: 1 for one accuracy; 2 for the difference between two models' accuracies on different photos.

    Returns:
        Half the width of the interval, as an accuracy.

    Example:
        >>> luck_band(0.5, photos=100)  # doctest: +SKIP
        0.1
    """
    warnings.warn("luck_band will go: use report.interval, or compare(report_a, report_b).", DeprecationWarning, 2)
    return 2 * math.sqrt(models * accuracy * (1 - accuracy) / photos)
