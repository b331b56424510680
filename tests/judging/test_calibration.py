"""How far confidence can be taken at its word, against counting by hand."""

import numpy as np
import pytest

from helpers import calibration
from tests.judging.reports import judged


def with_accuracy(*bins: tuple[float, int, int]):
    """Return the report on a model with, per bin, a confidence, a number of right and a number of wrong answers."""
    confidence = np.concatenate([[sure] * (right + wrong) for sure, right, wrong in bins])
    predicted = np.concatenate([[1] * right + [0] * wrong for _, right, wrong in bins])
    return judged(np.ones_like(predicted), predicted, confidence)


def test_a_model_that_keeps_its_word_has_no_error():
    found = calibration(with_accuracy((0.65, 13, 7), (0.85, 34, 6)))
    assert found.error == pytest.approx(0)
    assert found.off.empty


def test_errors_in_two_directions_do_not_cancel_out():
    """On average 0.75 sure and 0.75 right: mean against mean sees nothing, the bins do."""
    found = calibration(with_accuracy((0.65, 90, 10), (0.85, 60, 40)))
    report = with_accuracy((0.65, 90, 10), (0.85, 60, 40))
    assert report.probabilities.max(axis=1).mean() == pytest.approx(report.accuracy)
    assert found.error == pytest.approx(0.25)
    assert found.off.accuracy.tolist() == [0.9, 0.6]


def test_the_bins_hold_all_photos_and_count_by_them():
    found = calibration(with_accuracy((0.55, 2, 0), (0.75, 1, 1), (1.0, 5, 1)))
    assert found.bins.photos.tolist() == [2, 2, 6]
    assert found.bins.up_to.tolist() == pytest.approx([0.6, 0.8, 1.0])
    wanted = (2 * abs(0.55 - 1) + 2 * abs(0.75 - 0.5) + 6 * abs(1 - 5 / 6)) / 10
    assert found.error == pytest.approx(wanted)


def test_one_bin_is_mean_against_mean():
    report = with_accuracy((0.65, 90, 10), (0.85, 60, 40))
    assert calibration(report, bins=1).error == pytest.approx(0)
    with pytest.raises(ValueError, match="bins to be a whole number of at least 1"):
        calibration(report, bins=0)
