"""What experiments have in common: a training that spends no time on photos that decide nothing."""

import numpy as np

from helpers import attach_head, copy_of, fit, freeze
from helpers.experiments.shared import trained_to_the_end


def test_validation_photos_decide_nothing_where_the_last_epoch_is_kept(small, flowers):
    start = attach_head(small, 5, dropout=0.3)
    how = {"epochs": 2, "learning_rate": 1e-2, "augment": True, "schedule": "cosine"}
    models = [copy_of(start), copy_of(start)]
    for model in models:
        freeze(model, until="block1a")
    whole = fit(models[0], flowers, **how, keep="last", seed=3, progress=False)
    few = trained_to_the_end(models[1], flowers, 3, **how, keep="best")
    assert whole.history.accuracy.tolist() == few.history.accuracy.tolist()
    for mine, theirs in zip(*(model.get_weights() for model in models), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    changed = [np.abs(now - then).max() for now, then in zip(models[1].get_weights(), start.get_weights(), strict=True)]
    assert max(changed) > 1e-3, "nothing was trained"
