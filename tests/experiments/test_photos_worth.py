"""What pre-training is worth in photos, on curves whose crossing is known."""

import numpy as np
import pandas as pd
import pytest

from helpers.experiments.photos_worth import own_best_rates, photos_worth

COUNTS = (5, 10, 20, 40, 80)


def results(noise: float = 0.0, seeds: int = 5, luck: int = 1) -> pd.DataFrame:
    """Scratch gains 0.1 with each doubling from 0.3; the frozen base is always 0.15 above it."""
    rng = np.random.default_rng(luck)
    rows = [
        {"method": method, "per_class": count, "learning_rate": 0.01, "seed": seed, "val_accuracy": 0.5,
         "accuracy": 0.3 + lead + 0.1 * step + noise * rng.normal()}
        for method, lead in (("frozen base", 0.15), ("from scratch", 0.0))
        for step, count in enumerate(COUNTS)
        for seed in range(seeds)
    ]  # fmt: skip
    return pd.DataFrame(rows)


@pytest.mark.parametrize("per_class", [5, 10, 20])
def test_a_lead_of_one_and_a_half_doublings_is_worth_that_many_photos(per_class):
    found = photos_worth(results(), per_class, "frozen base")
    assert found.needed == pytest.approx(per_class * 2**1.5)
    assert (found.low, found.high) == pytest.approx((found.needed, found.needed))


def test_what_is_never_reached_is_told_so():
    found = photos_worth(results(), 80, "frozen base")
    assert found.needed == np.inf
    assert str(found).startswith("more than 80 photos")


def test_the_interval_holds_the_truth_most_times_and_shrinks_with_more_seeds():
    truth, widths, held = 10 * 2**1.5, {8: [], 40: []}, []
    for luck in range(25):
        for seeds, found in ((seeds, photos_worth(results(0.02, seeds, luck), 10, "frozen base")) for seeds in widths):
            widths[seeds].append(found.high - found.low)
            held.append(found.low <= truth <= found.high)
    assert np.mean(held) > 0.85  # nineteen in twenty, but for the few seeds that it is drawn from
    assert np.mean(widths[40]) < 0.6 * np.mean(widths[8])


def test_the_same_results_give_the_same_interval():
    assert photos_worth(results(0.02), 10, "frozen base") == photos_worth(results(0.02), 10, "frozen base")


def test_each_method_is_given_its_own_best_rate():
    slow, fast = results(), results()
    fast["learning_rate"], fast["accuracy"] = 0.1, fast.accuracy + 0.05
    fast["val_accuracy"] = np.where(fast.method == "from scratch", 0.6, 0.4)
    chosen = own_best_rates(pd.concat([slow, fast]))
    assert len(chosen) == len(slow)
    assert set(chosen[chosen.method == "from scratch"].learning_rate) == {0.1}
    assert set(chosen[chosen.method == "frozen base"].learning_rate) == {0.01}


def test_what_was_not_measured_is_refused():
    with pytest.raises(ValueError, match="5, 10, 20, 40, 80"):
        photos_worth(results(), 7, "frozen base")
    with pytest.raises(ValueError, match="from scratch, frozen base"):
        photos_worth(results(), 5, "magic")


def test_where_the_fewest_photos_already_do_it_no_number_is_made_up():
    better = results()
    better.loc[better.method == "from scratch", "accuracy"] += 0.5
    found = photos_worth(better, 5, "frozen base")
    assert str(found) == "no more than 5 photos per class, the fewest that were measured"
