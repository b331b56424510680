"""Each cut gets its best head, chosen by the validation photos alone."""

import pandas as pd

from helpers.experiments import best_heads, stored_results


def rows(target: str, cut_at: str, hidden_units: int, learning_rate: float, val: list[float], test: list[float]):
    return [
        {"target": target, "cut_at": cut_at, "hidden_units": hidden_units, "learning_rate": learning_rate, "seed": seed,
         "val_accuracy": each, "accuracy": other}
        for seed, (each, other) in enumerate(zip(val, test, strict=True))
    ]  # fmt: skip


def test_the_head_with_the_best_mean_on_validation_photos_is_chosen_for_each_cut_of_each_target():
    table = pd.DataFrame(
        [
            *rows("near", "top", 0, 1e-3, val=[0.9, 0.5], test=[0.1, 0.1]),
            *rows("near", "top", 64, 1e-3, val=[0.6, 0.7], test=[0.9, 0.9]),
            *rows("near", "low", 0, 1e-3, val=[0.2, 0.2], test=[0.3, 0.3]),
            *rows("near", "low", 0, 1e-2, val=[0.3, 0.2], test=[0.2, 0.2]),
            *rows("far", "top", 0, 1e-3, val=[0.1, 0.2], test=[0.5, 0.6]),
        ]
    )
    chosen = best_heads(table)
    told = chosen[["target", "cut_at", "hidden_units", "learning_rate", "accuracy"]].to_numpy().tolist()
    assert told == [
        *[["near", "top", 0, 1e-3, 0.1]] * 2,  # best by its mean of 0.7, whatever the test photos say
        *[["near", "low", 0, 1e-2, 0.2]] * 2,
        ["far", "top", 0, 1e-3, 0.5],
        ["far", "top", 0, 1e-3, 0.6],
    ]


def test_every_cut_of_the_stored_results_has_one_head_with_all_seeds():
    counted = best_heads(stored_results("replaced_head")).groupby(["target", "cut_at"])
    assert (counted.seed.nunique() == 5).all()
    assert (counted.size() == 5).all()
    assert len(counted) == 10
