"""Paired comparison of two models, against brute force."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar

from helpers import compare, compare_runs, evaluate
from helpers.judging.comparison import Comparison
from tests.judging.reports import judged


def pair(both: int, won: int, lost: int, neither: int) -> Comparison:
    first = [1] * both + [1] * won + [0] * lost + [0] * neither
    second = [1] * both + [0] * won + [1] * lost + [0] * neither
    return compare(judged(np.ones_like(first), first), judged(np.ones_like(first), second))


def test_the_four_counts_and_the_difference():
    found = pair(100, 15, 3, 82)
    assert (found.both_right, found.only_first, found.only_second, found.both_wrong) == (100, 15, 3, 82)
    assert found.difference == pytest.approx(12 / 200)


@pytest.mark.parametrize(("won", "lost"), [(0, 0), (1, 0), (5, 5), (7, 2), (3, 9), (12, 0)])
def test_p_is_that_of_all_ways_to_swap_the_two_models(won, lost):
    """If the models are equally good, each photo they differ on might as well have gone the other way."""
    signs = list(itertools.product((1, -1), repeat=won + lost))
    as_extreme = sum(abs(sum(sign)) >= abs(won - lost) for sign in signs)
    assert pair(20, won, lost, 10).p == pytest.approx(as_extreme / len(signs))


@pytest.mark.parametrize(("won", "lost"), [(0, 0), (3, 9), (15, 3), (40, 38)])
def test_p_is_statsmodels(won, lost):
    assert pair(20, won, lost, 10).p == pytest.approx(mcnemar([[20, won], [lost, 10]], exact=True).pvalue)


@pytest.mark.parametrize(("both", "won", "lost", "neither"), [(150, 15, 3, 32), (400, 40, 40, 20), (60, 5, 20, 15)])
def test_the_interval_is_near_that_of_large_samples(both, won, lost, neither):
    n = both + won + lost + neither
    middle = (won - lost) / n
    spread = math.sqrt(won + lost - (won - lost) ** 2 / n) / n
    low, high = pair(both, won, lost, neither).interval
    assert low == pytest.approx(middle - 1.96 * spread, abs=0.01)
    assert high == pytest.approx(middle + 1.96 * spread, abs=0.01)


def test_it_sees_what_two_separate_intervals_do_not():
    """Accuracies of 0.91 and 0.86 on 200 photos: as if judged apart, no clear difference; photo by photo, one."""
    found = pair(170, 12, 2, 16)
    assert found.clear
    apart = stats.fisher_exact([[182, 18], [172, 28]]).pvalue
    assert apart > 0.05


def test_equal_models_are_no_different():
    found = pair(50, 0, 0, 10)
    assert (found.difference, found.interval, found.p, found.clear) == (0, (0, 0), 1, False)


def test_the_sentence_says_which_is_better():
    assert "better (15 photos won, 3 lost" in str(pair(100, 15, 3, 82))
    assert "worse (3 photos won, 15 lost" in str(pair(100, 3, 15, 82))
    assert "no clear difference" in str(pair(100, 4, 3, 82))


def test_the_same_reports_give_the_same_interval():
    assert pair(100, 15, 3, 82) == pair(100, 15, 3, 82)


def test_reports_on_other_photos_are_refused(trained, flowers):
    model, judged, _ = trained
    assert compare(judged, judged).both_right == judged.correct.sum()
    with pytest.raises(ValueError, match=r"same photos.*photos\.test"):
        compare(judged, evaluate(model, flowers.val))


def runs(**accuracies) -> pd.DataFrame:
    rows = [
        {"until": name, "seed": seed, "accuracy": value}
        for name, values in accuracies.items()
        for seed, value in enumerate(values)
    ]
    return pd.DataFrame(rows)


def test_runs_are_compared_seed_by_seed():
    """The seeds scatter by 0.2, the differences by 0.01; a textbook's interval: mean ± t(0.975, 3) s / 2."""
    frozen, tuned = (0.5, 0.7, 0.6, 0.8), (0.55, 0.76, 0.65, 0.86)
    found = compare_runs(runs(top=frozen, block5c=tuned), by="until").loc["block5c"]
    differences = np.subtract(tuned, frozen)
    half = 3.182446 * differences.std(ddof=1) / 2
    assert found.accuracy == pytest.approx(np.mean(tuned))
    assert (found.low, found.high) == pytest.approx((differences.mean() - half, differences.mean() + half))
    assert found.clear
    assert found.seeds == 4


def test_runs_may_be_compared_with_any_setting():
    found = compare_runs(runs(a=(0.5, 0.6), b=(0.7, 0.9), c=(0.5, 0.9)), by="until", against="b")
    assert found.difference.tolist() == pytest.approx([-0.25, 0, -0.1])
    assert found.index.tolist() == ["a", "b", "c"]
    assert not found.clear["b"]


@pytest.mark.parametrize(
    "table",
    [runs(a=(0.5, 0.6), b=(0.5,)), runs(a=(0.5,), b=(0.6,)), pd.concat([runs(a=(0.5, 0.6), b=(0.5, 0.6))] * 2)],
)
def test_runs_that_do_not_pair_up_are_refused(table):
    with pytest.raises(ValueError, match="one run per setting of 'until' and seed"):
        compare_runs(table, by="until")


def test_a_setting_that_was_not_run_cannot_be_compared_with():
    with pytest.raises(ValueError, match="among them 'z'"):
        compare_runs(runs(a=(0.5, 0.6), b=(0.5, 0.6)), by="until", against="z")


def test_a_measure_that_is_no_number_is_told():
    table = runs(a=(0.5, 0.6), b=(0.5, 0.6)).assign(base="EfficientNetB0")
    with pytest.raises(ValueError, match=r"Expected the column 'base' to hold numbers. Received: 'EfficientNetB0'"):
        compare_runs(table, by="until", measure="base")
