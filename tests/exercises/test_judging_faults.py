"""The attempts that an exercise makes up have one best attempt, and another one that only the test photos favour."""

import numpy as np
import pytest

from helpers.exercises.museum.judging_faults import CASES, attempts_of


@pytest.mark.parametrize(("seed", "skills"), CASES)
def test_one_attempt_is_best_on_the_validation_photos_and_another_on_the_test_photos(seed, skills):
    attempts, val_labels, test_labels = attempts_of(np.random.default_rng(seed), skills)
    val = [np.mean(made == val_labels) for made, _ in attempts]
    test = [np.mean(made == test_labels) for _, made in attempts]
    second, first = np.sort(val)[-2:]
    assert first > second + 0.03
    lucky = int(np.argmax(test))
    assert lucky != int(np.argmax(val))
    assert test[lucky] > np.sort(test)[-2] + 0.1
    runner_up = int(np.argsort(val)[-2])
    assert test[runner_up] > test[int(np.argmax(val))] + 0.05
