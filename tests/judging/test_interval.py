"""How far luck moves one accuracy, against throws of a coin and against statsmodels."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from helpers import luck_band, wilson_interval
from helpers.judging.interval import mean_interval


@pytest.mark.parametrize(("right", "photos"), [(0, 40), (40, 40), (1, 1), (7, 10), (180, 200)])
def test_it_is_wilsons_interval(right, photos):
    assert wilson_interval(right, photos) == pytest.approx(proportion_confint(right, photos, method="wilson"))


@pytest.mark.parametrize("truth", [0.5, 0.7, 0.95])
def test_it_holds_the_truth_nineteen_times_in_twenty(truth):
    counts, times = np.unique(np.random.default_rng(0).binomial(100, truth, size=20_000), return_counts=True)
    holds = [low <= truth <= high for low, high in (wilson_interval(count, 100) for count in counts)]
    assert 0.93 < np.average(holds, weights=times) < 0.97


@pytest.mark.parametrize(("right", "photos"), [(3, 2), (-1, 2), (0, 0)])
def test_impossible_counts_are_refused(right, photos):
    with pytest.raises(ValueError, match=rf"Expected .*Received: ({right} of {photos}|-1|0)\."):
        wilson_interval(right, photos)


def test_the_old_name_works_and_says_that_it_will_go():
    with pytest.warns(DeprecationWarning, match="compare"):
        assert luck_band(0.5, 100) == pytest.approx(0.1)


def test_the_interval_of_a_mean_is_students_and_has_no_width_where_all_agree():
    values = [0.7, 0.8, 0.9]
    half = stats.t.ppf(0.975, 2) * np.std(values, ddof=1) / np.sqrt(3)
    assert mean_interval(values) == pytest.approx((0.8 - half, 0.8 + half))
    assert mean_interval([0.2, 0.2]) == (0.2, 0.2)
