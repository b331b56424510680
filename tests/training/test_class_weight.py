"""`class_weight="balanced"`: what a rare class gains by it. That it is Keras's own is in `test_equality`."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from helpers import Recipe, Step, attach_head, evaluate, fit, freeze, load_base, load_photos, settle_statistics, sweep
from helpers.photos.split import rows_of
from helpers.training.compiling import class_weights
from tests.networks import behind_every_name

QUICK = {"epochs": 3, "learning_rate": 3e-3, "progress": False}


@pytest.fixture(scope="module")
def lopsided(tmp_path_factory):
    """Return 180 grey squares of any brightness and 20 bright ones.

    However bright a picture is, it is more likely a common one, so the best a model can do is to never name the rare
    class. Where each class counts the same, the bright half is twice as likely to be rare.
    """
    folder, rng = tmp_path_factory.mktemp("lopsided"), np.random.default_rng(0)
    for name, count, darkest in (("common", 180, 0), ("rare", 20, 128)):
        (folder / name).mkdir()
        for number in range(count):
            grain = rng.integers(-3, 4, (32, 32, 3))  # makes each file another
            picture = np.clip(rng.integers(darkest, 256) + grain, 0, 255).astype(np.uint8)
            Image.fromarray(picture).save(folder / name / f"{number}.png")
    return load_photos(folder, image_size=32, split=(0.5, 0.25, 0.25))


def test_a_rare_class_that_was_never_found_is_found(lopsided):
    with behind_every_name():
        base = settle_statistics(load_base("EfficientNetB0", weights=None, image_size=32), lopsided.train)
    recall = {}
    for class_weight in (None, "balanced"):
        model = attach_head(base, classes=2)
        freeze(model, until="top")
        options = {"epochs": 20, "learning_rate": 0.01, "keep": "last", "progress": False}
        fit(model, lopsided, **options, class_weight=class_weight)
        recall[class_weight] = evaluate(model, lopsided.test).per_class.recall
    assert recall[None]["rare"] == 0
    assert recall[None]["common"] == 1
    assert recall["balanced"]["rare"] >= 0.8


@pytest.mark.parametrize("options", [{}, {"label_smoothing": 0.1}, {"cache": False}])
def test_with_as_many_photos_of_each_class_it_is_the_same_run(small, flowers, options):
    runs = []
    for class_weight in (None, "balanced"):
        model = attach_head(small, classes=5)
        freeze(model, until="block2b")
        runs.append(fit(model, flowers, **QUICK, **options, class_weight=class_weight))
    plain, balanced = (run.history.drop(columns="seconds") for run in runs)
    assert np.allclose(plain, balanced, atol=1e-6)
    assert [run.settings["class_weight"] for run in runs] == [None, "balanced"]


def test_only_the_training_loss_is_weighted(lopsided):
    with behind_every_name():
        base = settle_statistics(load_base("EfficientNetB0", weights=None, image_size=32), lopsided.train)
    model = attach_head(base, classes=2, dropout=0)
    freeze(model, until="top")
    before = {split.name: evaluate(model, split) for split in (lopsided.train, lopsided.val)}
    still = {"epochs": 1, "learning_rate": 1e-9, "keep": "last", "progress": False}
    run = fit(model, lopsided, **still, class_weight="balanced")
    losses = {
        name: -np.log(report.probabilities[np.arange(len(report.split)), report.split.labels])
        for name, report in before.items()
    }
    weights = np.where(lopsided.train.labels == 0, 100 / (2 * 90), 100 / (2 * 10))
    epoch = run.history.iloc[0]
    assert epoch.loss == pytest.approx((weights * losses["train"]).mean(), rel=1e-4)
    assert epoch.accuracy == pytest.approx(before["train"].accuracy, abs=1e-6)
    assert epoch.val_loss == pytest.approx(losses["val"].mean(), rel=1e-4)
    assert epoch.val_accuracy == pytest.approx(before["val"].accuracy, abs=1e-6)


def test_the_weights_are_those_of_the_formula(lopsided):
    weights = class_weights(lopsided.train.labels, "balanced")
    assert weights == pytest.approx({0: 100 / (2 * 90), 1: 100 / (2 * 10)})
    assert class_weights(lopsided.train.labels, None) is None
    assert np.mean([weights[label] for label in lopsided.train.labels]) == pytest.approx(1)


def test_a_class_without_training_photos_is_no_obstacle(small, flowers):
    assert set(flowers.with_per_class(1).train.labels) == set(range(5)), "loading leaves at least one of each"
    without = replace(flowers, train=rows_of(flowers.train, np.flatnonzero(flowers.train.labels != 2)))
    model = attach_head(small, classes=5)
    freeze(model, until="top")
    assert len(fit(model, without, **QUICK, class_weight="balanced").history) == 3


def test_steps_and_their_code_know_it(small, flowers):
    step = Step(until="top", epochs=2, class_weight="balanced")
    assert step.written() == "epochs=2, learning_rate=0.001, class_weight='balanced'"
    assert "class_weight='balanced'" in Recipe(flowers, small).then(step).code()


def test_a_sweep_compares_it(flowers):
    folder = str(flowers.train.paths[0].parents[1])
    grid = {"source": folder, "image_size": 32, "per_class": 2, "weights": None, "base": "EfficientNetB0", "epochs": 1}
    with behind_every_name():
        table = sweep(grid | {"class_weight": [None, "balanced"]}, seeds=[0], progress=False)
    assert table.error.isna().all()
    assert table.class_weight.fillna("none").tolist() == ["none", "balanced"]
