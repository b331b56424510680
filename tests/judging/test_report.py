"""Judging a model, against counting by hand."""

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from helpers import attach_head, evaluate, load_photos
from tests.judging.reports import judged


@pytest.fixture(scope="module")
def report(mobilenet, flowers):
    return evaluate(attach_head(mobilenet, classes=5, seed=2), flowers.test)


def test_probabilities_are_the_models(report, mobilenet, flowers):
    model = attach_head(mobilenet, classes=5, seed=2)
    expected = model.predict(flowers.test.images().astype("float32"), verbose=0)
    assert np.allclose(report.probabilities, expected, atol=1e-6)


def test_every_measure_is_what_counting_gives(report, flowers):
    truth, predicted = flowers.test.labels, report.probabilities.argmax(axis=1)
    assert report.accuracy == pytest.approx((truth == predicted).mean())
    for row, name in enumerate(flowers.class_names):
        right = ((truth == row) & (predicted == row)).sum()
        assert report.per_class.photos[name] == (truth == row).sum()
        assert report.per_class.recall[name] == pytest.approx(right / (truth == row).sum())
        precision = right / (predicted == row).sum() if (predicted == row).any() else 0
        assert report.per_class.precision[name] == pytest.approx(precision)
        for column, other in enumerate(flowers.class_names):
            assert report.confusion.loc[name, other] == ((truth == row) & (predicted == column)).sum()


def test_the_worst_mistakes_come_first(report, flowers):
    worst = report.worst(5)
    assert len(worst) == 5
    assert (np.diff(worst.confidence) <= 0).all()
    for mistake in worst.itertuples():
        assert mistake.path == flowers.test.paths[mistake.row]
        assert mistake.label == flowers.class_names[flowers.test.labels[mistake.row]] != mistake.predicted
        assert mistake.confidence == report.probabilities[mistake.row].max()
    wrong = (report.predicted != flowers.test.labels).sum()
    assert len(report.worst(1000)) == wrong
    surest = report.probabilities.max(axis=1)[report.predicted != flowers.test.labels].max()
    assert worst.confidence.iloc[0] == surest


def test_the_interval_is_wilsons(report, flowers):
    right = (report.predicted == flowers.test.labels).sum()
    assert report.interval == pytest.approx(proportion_confint(right, len(flowers.test), method="wilson"))


def test_a_model_that_always_names_one_class_is_at_chance_level(report, flowers):
    """Nine of one class for each of the other: right nine times in ten, and it has learned nothing."""
    labels = np.repeat([0, 1], [36, 4])
    always = judged(labels, np.zeros(40, int))
    assert always.accuracy == always.chance_level == 0.9
    assert always.never_found == ["b"]
    assert "chance level 0.900; never found: b" in repr(always)
    assert judged(labels, labels).never_found == []
    assert report.chance_level == np.bincount(flowers.test.labels).max() / len(flowers.test)


def test_a_class_without_photos_is_not_missed():
    assert judged(np.zeros(10, int), np.zeros(10, int)).never_found == []


def test_an_empty_split_or_something_else_is_told(mobilenet, photo_folder, flowers):
    model = attach_head(mobilenet, classes=2)
    empty = load_photos(photo_folder({"a": 4, "b": 4}), image_size=32, split=(0.5, 0.5, 0)).test
    with pytest.raises(ValueError, match="split with photos"):
        evaluate(model, empty)
    with pytest.raises(ValueError, match=r"photos\.test"):
        evaluate(model, flowers)
    with pytest.raises(ValueError, match="5 classes"):
        evaluate(model, flowers.test)
