"""What the lessons claim, held by the stored results: with the interval computed by hand, and in every single seed.

A lesson's `claim` cell prints a verdict, and nbval fails when its words change. Here stands how firm each verdict is: a
claim that holds in each of five seeds doesn't hang on the one that a lesson shows.
"""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers.experiments import best_heads, stored_results


def per_seed(rows: pd.DataFrame, measure: str = "accuracy") -> pd.Series:
    assert rows.seed.is_unique
    assert sorted(rows.seed) == list(range(5))
    return rows.set_index("seed")[measure].sort_index()


def interval(differences: pd.Series) -> tuple[float, float]:
    """The 95% confidence interval of a mean, by Student's t, written out."""
    reach = stats.t.ppf(0.975, len(differences) - 1) * np.std(differences, ddof=1) / np.sqrt(len(differences))
    return float(differences.mean() - reach), float(differences.mean() + reach)


def only(results: pd.DataFrame, **settings: object) -> pd.DataFrame:
    for column, value in settings.items():
        results = results[results[column] == value]
    return results


def differences(name: str, shared: dict, first: dict, second: dict, measure: str = "accuracy") -> pd.Series:
    results = stored_results(name)
    if name == "replaced_head":
        results = best_heads(results)
    return per_seed(only(results, **shared | first), measure) - per_seed(only(results, **shared | second), measure)


GENTLE = {"learning_rate": 1e-4, "epochs": 10}
USUAL = {"learning_rate": 1e-3, "epochs": 10}
LARGE = {"learning_rate": 1e-2, "epochs": 10}
FROZEN = {"order": "frozen throughout"}
HEAD_FIRST, AT_ONCE = {"order": "head first"}, {"order": "all at once"}
WHOLE, CUT = {"cut_at": "top"}, {"cut_at": "block6d"}
BASE, TUNED, ALONE = {"method": "frozen base"}, {"method": "fine-tuned"}, {"method": "from scratch"}
TOP, ONE_STAGE, TWO_STAGES = {"until": "top"}, {"until": "block6d"}, {"until": "block5c"}

# The lesson, the experiment, what both have in common, which of two is better, and which is worse: in every seed.
BETTER = {
    "lesson 3: on a near task the whole base is better": ("replaced_head", {"target": "flowers"}, WHOLE, CUT),
    "lesson 3: on a far task a deeper cut is better": ("replaced_head", {"target": "calls"}, CUT, WHOLE),
    "lesson 4: frozen beats all at once, small rate": ("freezing_first", {}, FROZEN, AT_ONCE | GENTLE),
    "lesson 4: frozen beats all at once, large rate": ("freezing_first", {}, FROZEN, AT_ONCE | LARGE),
    "lesson 5: head first beats all at once, small rate": ("freezing_first", GENTLE, HEAD_FIRST, AT_ONCE),
    "lesson 5: fine-tuning gains, small rate": ("freezing_first", {}, HEAD_FIRST | GENTLE, FROZEN),
    "lesson 5: fine-tuning gains, usual rate": ("freezing_first", {}, HEAD_FIRST | USUAL, FROZEN),
    "lesson 5: too large a rate ruins the base": ("freezing_first", {}, FROZEN, HEAD_FIRST | LARGE),
    "lesson 5: fine-tuning pays": ("fine_tuning", {}, TWO_STAGES, TOP),
    "lesson 5: fine-tuning pays, further down": ("fine_tuning", {}, {"until": "block3b"}, TOP),
    "cards: fine-tuning pays on real photos": ("fine_tuning_real", {}, TWO_STAGES, TOP),
    "lesson 6: with 20 photos per class it pays": ("depth", {"per_class": 20}, TWO_STAGES, TOP),
    "lesson 6: with 60 photos per class it pays": ("depth", {"per_class": 60}, TWO_STAGES, TOP),
    "lesson 8: 2 photos and a base beat 10 alone": (
        "photos_per_class",
        {},
        BASE | {"per_class": 2},
        ALONE | {"per_class": 10},
    ),
    "lesson 8: 10 photos and a base beat 120 alone": (
        "photos_per_class",
        {},
        BASE | {"per_class": 10},
        ALONE | {"per_class": 120},
    ),
    "lesson 8: with 50 photos fine-tuning beats the frozen base": ("photos_per_class", {"per_class": 50}, TUNED, BASE),
    "lesson 8: textures gain by the first step": ("near_and_far", {"target": "textures"}, ONE_STAGE, TOP),
    "lesson 8: calls gain by the first step": ("near_and_far", {"target": "calls"}, ONE_STAGE, TOP),
    "lesson 8: flowers gain by the second": ("near_and_far", {"target": "flowers"}, TWO_STAGES, TOP),
    "lesson 8: textures gain by the second": ("near_and_far", {"target": "textures"}, TWO_STAGES, TOP),
    "lesson 8: calls gain by the second": ("near_and_far", {"target": "calls"}, TWO_STAGES, TOP),
}
NO_CLEAR_DIFFERENCE = {
    "lesson 4: all at once, usual rate": ("freezing_first", {}, FROZEN, AT_ONCE | USUAL),
    "lesson 5: the order, usual rate": ("freezing_first", USUAL, HEAD_FIRST, AT_ONCE),
    "lesson 6: with 10 photos per class": ("depth", {"per_class": 10}, TWO_STAGES, TOP),
    "lesson 8: flowers, the first step": ("near_and_far", {"target": "flowers"}, ONE_STAGE, TOP),
}


@pytest.mark.parametrize("claim", BETTER)
def test_what_is_called_better_is_better_in_every_seed(claim):
    found = differences(*BETTER[claim])
    low, _ = interval(found)
    assert low > 0
    assert (found > 0).all()


@pytest.mark.parametrize("claim", NO_CLEAR_DIFFERENCE)
def test_where_no_difference_is_called_clear_luck_may_explain_it(claim):
    low, high = interval(differences(*NO_CLEAR_DIFFERENCE[claim]))
    assert low <= 0 <= high


def test_lesson_4_whatever_is_free_forgets_and_what_is_frozen_does_not():
    orders = stored_results("freezing_first")
    assert (only(orders, **FROZEN).kept == 1).all()
    assert (only(orders, **AT_ONCE).kept < 0.75).all()


def test_lesson_6_batchnorm_where_a_winner_is_clear_it_is_the_frozen_one():
    trap = stored_results("batchnorm_trap")
    winners = []
    for _, rows in trap.groupby(["batch_size", "learning_rate"]):
        frozen = per_seed(only(rows, batchnorm="frozen"))
        for _, free in only(rows, batchnorm="free").groupby("momentum"):
            low, high = interval(frozen - per_seed(free))
            winners.append("frozen" if low > 0 else "free" if high < 0 else None)
    assert winners.count("frozen") >= 3
    assert "free" not in winners
