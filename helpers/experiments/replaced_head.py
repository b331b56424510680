"""Where should a base be cut to replace its head, for a task near to the old one and for one far from it?

Nothing but the head is trained. Each cut has heads with and without a hidden layer, at several learning rates;
`best_heads` gives each cut its best one, chosen by the validation photos.
"""

from typing import Any

import pandas as pd

from helpers.experiments.experiment import Experiment

_SETTINGS = {
    "image_size": 128,
    "target": ["flowers", "calls"],
    "cut_at": ["top", "block6d", "block5c", "block4c", "block3b"],
    "hidden_units": [0, 64],
    "learning_rate": [1e-3, 3e-3, 1e-2],
}
_PER_CLASS = 40


def _measure(
    seed: int, image_size: int, target: str, cut_at: str, hidden_units: int, learning_rate: float
) -> dict[str, Any]:
    from helpers.experiments.shared import HEAD, base_of, pictures_of
    from helpers.judging.report import evaluate
    from helpers.network.freezing import freeze
    from helpers.network.head import attach_head
    from helpers.training.fit import fit

    source = "drawn" if target == "flowers" else target
    photos = pictures_of(source, image_size, _PER_CLASS, seed)
    base = base_of(source, "photos", image_size, _PER_CLASS, seed)
    hidden = (hidden_units,) if hidden_units else ()
    model = attach_head(base, len(photos.class_names), cut_at, hidden, seed=seed, share=True)
    freeze(model, until=cut_at)
    how: dict[str, Any] = HEAD | {"learning_rate": learning_rate}
    run = fit(model, photos, **how, seed=seed, progress=False)
    return {
        "accuracy": evaluate(model, photos.test).accuracy,
        "val_accuracy": run.val_accuracy,
        "params": model.count_params(),
        "seconds": run.seconds,
    }


def best_heads(results: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with each cut's best head, by mean accuracy on the validation photos.

    Args:
        results: From `stored_results("replaced_head")`.

    Returns:
        The rows that were chosen, with the same columns.

    Example:
        >>> best_heads(stored_results("replaced_head")).groupby(["target", "cut_at"]).accuracy.mean()
    """
    head = ["hidden_units", "learning_rate"]
    means = results.groupby(["target", "cut_at", *head]).val_accuracy.mean()
    best = means.groupby(level=["target", "cut_at"]).idxmax()
    chosen = pd.MultiIndex.from_tuples(best, names=["target", "cut_at", *head])
    return results[pd.MultiIndex.from_frame(results[chosen.names]).isin(chosen)].reset_index(drop=True)


_COLUMNS = ("target", "cut_at", "hidden_units", "learning_rate")
REPLACED_HEAD = Experiment("replaced_head", (__doc__ or "").partition("\n")[0], (_SETTINGS,), _measure, _COLUMNS)
