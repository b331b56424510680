"""A class that is never found is told at the end of a training, whatever the accuracy."""

import numpy as np
import pytest

from helpers import attach_head, evaluate, fit, freeze, load_photos
from helpers.training import overlooked
from helpers.training.frozen_blocks import not_kept


@pytest.fixture
def uneven(photo_folder):
    """Return photos of noise, nine of ten of one class: nothing can be learned, and the accuracy is 0.9."""
    return load_photos(photo_folder({"healthy": 36, "sick": 4}), image_size=32, split=(0.5, 0.25, 0.25))


@pytest.mark.parametrize("cache", [True, False])
def test_a_class_that_is_never_found_is_told_in_the_last_line(small, uneven, capsys, cache):
    model = attach_head(small, classes=2)
    freeze(model, until="top")
    run = fit(model, uneven, epochs=2, learning_rate=0.01, cache=cache)
    report = evaluate(model, uneven.val)
    last = capsys.readouterr().out.strip().splitlines()[-1]
    assert report.never_found == ["sick"]
    assert last == (
        f"Never found: sick (recall 0 on the validation photos), whatever the accuracy of {run.val_accuracy:.3f} says. "
        f"Chance level, always naming healthy, is {report.chance_level:.3f}."
    )
    assert report.chance_level == pytest.approx(0.9)


def test_nothing_is_said_of_classes_that_are_found(trained, flowers):
    model = trained[0]
    report = evaluate(model, flowers.val)
    found = overlooked.never_found(model, flowers, not_kept(None), report.accuracy)
    assert found == report.never_found
    assert overlooked.never_found(model, flowers, not_kept(None), 0.9) == []  # too high for one of eight in forty


def test_what_is_never_found_is_what_the_report_says(small, flowers):
    model = attach_head(small, classes=5)  # untrained: it names one or two classes
    report = evaluate(model, flowers.val)
    assert overlooked.never_found(model, flowers, not_kept(None), report.accuracy) == report.never_found
    assert report.never_found
    assert np.isclose(report.chance_level, 0.2)
