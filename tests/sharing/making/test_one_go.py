"""From a folder to a bundle in one go: broken off and gone on with it is the same model, and nothing is overwritten."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import log_loss

from helpers import attach_head, copy_of, evaluate, fit, freeze, load_bundle, load_photos
from helpers.judging.interval import interval_over_seeds
from helpers.judging.report import report_of
from helpers.photos.split import rows_of
from helpers.sharing.making import one_go, training
from helpers.sharing.making import plan as plan_module
from helpers.sharing.making.one_go import make_bundle
from helpers.sharing.making.plan import HEAD, UPPER_BLOCKS, Plan
from helpers.sharing.making.training import choose


class BreakError(Exception):
    """Stands for a power cut."""


@pytest.fixture
def plan(monkeypatch, small, flowers):
    """Return a plan that takes seconds: a small base, few photos, few epochs."""
    monkeypatch.setattr(plan_module, "load_base", lambda *_, **__: small)
    few = {"epochs": 2, "learning_rate": 0.01}
    folder = flowers.train.paths[0].parent.parent
    return Plan(
        folder=folder, image_size=32, per_class=6, head=replace(HEAD, **few), upper_blocks=replace(UPPER_BLOCKS, **few)
    )


@pytest.fixture
def light(monkeypatch):
    """Write only the weights of a model where a bundle would be: its other files take seconds."""

    def save(model, photos, report, folder, run, date, accuracies):
        folder.mkdir()
        (folder / "accuracies").write_text(repr(accuracies))
        np.savez(folder / "weights.npz", *model.get_weights())

    monkeypatch.setattr(one_go, "save_bundle", save)


def weights_of(folder) -> list[np.ndarray]:
    with np.load(folder / "weights.npz") as kept:
        return [kept[name] for name in kept.files]


def breaking_at(line: str, lines: list[str]):
    """Return a function that takes lines of progress, and fails at one."""

    def tell(told: str) -> None:
        lines.append(told)
        if line in told:
            raise BreakError

    return tell


def test_a_folder_becomes_a_bundle(plan, tmp_path):
    lines: list[str] = []
    made = make_bundle(plan, tmp_path / "my_model", tell=lines.append)
    assert [line for line in lines if line[0].isdigit()] == [
        "1 of 4: reading the photos, split by seed 0",
        "2 of 4: training the head on the frozen base, 2 epochs",
        "3 of 4: fine-tuning the blocks above block2a, 2 epochs",
        "4 of 4: writing the bundle",
    ]
    report, photos = made.trained.report, load_photos(plan.folder, 32, per_class=6)
    assert len(made.trained.runs) == (2 if "Taken: the fine-tuned" in made.trained.verdict else 1)
    assert report.accuracy == evaluate(made.trained.model, photos.test).accuracy
    bundle = load_bundle(tmp_path / "my_model")
    answers = np.array([list(bundle.predict(image).probabilities.values()) for image in photos.test.images()])
    assert np.abs(answers - report.probabilities).max() < 0.02
    assert f"Accuracy {report.accuracy:.3f}" in bundle.card
    assert [path.name for path in tmp_path.iterdir()] == ["my_model"]


def test_it_does_what_the_lessons_do_by_hand(plan, tmp_path, light, small):
    made = make_bundle(plan, tmp_path / "my_model", tell=lambda line: None)
    gently = {"epochs": 2, "learning_rate": 0.01, "schedule": "cosine", "weight_decay": 0.01, "label_smoothing": 0.1}
    gently |= {"keep": "last", "progress": False, "seed": 0}
    photos = load_photos(plan.folder, 32, per_class=6)
    frozen = attach_head(small, classes=5, seed=0)
    freeze(frozen, until="top")
    fit(frozen, photos, **gently)
    tuned = copy_of(frozen)
    freeze(tuned, until="block2a")
    fit(tuned, photos, **gently)
    taken = tuned if len(made.trained.runs) == 2 else frozen
    reached, losses = [], []
    for report in (evaluate(frozen, photos.val), evaluate(tuned, photos.val)):
        reached.append(report.accuracy)
        losses.append(log_loss(report.split.labels, report.probabilities, labels=range(5)))
    better = reached[1] > reached[0] or (reached[1] == reached[0] and losses[1] < losses[0])
    assert len(made.trained.runs) == 1 + better
    for one, two in zip(taken.get_weights(), weights_of(tmp_path / "my_model"), strict=True):
        assert np.array_equal(one, two)


@pytest.mark.parametrize(("place", "kept"), [("3 of 4", 1), ("4 of 4", 2)])
def test_a_run_that_is_broken_off_and_goes_on_gives_the_same_model(plan, tmp_path, light, place, kept):
    whole = make_bundle(plan, tmp_path / "whole", tell=lambda line: None)
    out, lines = tmp_path / "broken", []
    with pytest.raises(BreakError):
        make_bundle(plan, out, tell=breaking_at(place, lines))
    assert not out.exists()
    with pytest.raises(FileExistsError, match="Add --resume to go on with it"):
        make_bundle(plan, out, tell=lines.append)
    with pytest.raises(ValueError, match="Expected the same per_class"):
        make_bundle(replace(plan, per_class=5), out, resume=True, tell=lines.append)
    lines.clear()
    again = make_bundle(plan, out, resume=True, tell=lines.append)
    assert sum("done before" in line for line in lines) == kept
    assert again.trained.verdict == whole.trained.verdict
    for one, two in zip(weights_of(tmp_path / "whole"), weights_of(out), strict=True):
        assert np.array_equal(one, two)
    assert np.array_equal(again.trained.report.probabilities, whole.trained.report.probabilities)
    assert not list(tmp_path.glob("*.unfinished"))


def test_nothing_is_overwritten_unless_that_is_asked_for(plan, tmp_path):
    out = tmp_path / "my_model"
    out.mkdir()
    (out / "thesis.txt").write_text("years of work")
    with pytest.raises(FileExistsError, match=r"which is there already.*or add --replace"):
        make_bundle(plan, out, tell=lambda line: None)
    with pytest.raises(FileExistsError, match=r"holds thesis\.txt"):
        make_bundle(plan, out, replace=True, tell=lambda line: None)
    assert (out / "thesis.txt").read_text() == "years of work"


def test_photos_in_the_folder_of_the_unfinished_run_are_never_deleted(plan, tmp_path, light):
    photos = tmp_path / "roses.unfinished"
    shutil.copytree(plan.folder, photos)
    before = sorted(photos.rglob("*"))
    for folder in (photos, photos / "roses"):
        with pytest.raises(
            ValueError, match=r"Expected photos outside '.*roses\.unfinished'.*another name for the bundle"
        ):
            make_bundle(replace(plan, folder=folder), tmp_path / "roses", tell=lambda line: None)
    for resume in (False, True):
        with pytest.raises(
            FileExistsError, match=r"Expected nothing but an unfinished run.*Received: daisy, dandelion, r"
        ):
            make_bundle(plan, tmp_path / "roses", resume=resume, tell=lambda line: None)
    assert sorted(photos.rglob("*")) == before
    # What comes in between stays as well.
    out, lines = tmp_path / "my_model", []

    def tell(line):
        lines.append(line)
        if line.startswith("4 of 4"):
            (tmp_path / "my_model.unfinished" / "thesis.txt").write_text("years of work")

    make_bundle(plan, out, tell=tell)
    assert [path.name for path in (tmp_path / "my_model.unfinished").iterdir()] == ["thesis.txt"]


def test_mistakes_are_told_before_all_photos_are_read(plan, tmp_path, light):
    lines: list[str] = []
    with pytest.raises(ValueError, match=r"Expected .*EfficentNet"):
        make_bundle(replace(plan, base="EfficentNet"), tmp_path / "my_model", tell=lines.append)
    with pytest.raises(
        ValueError, match=r"Expected seeds up to 4294967295\. Received: 2 seeds, the first of which is 4294"
    ):
        make_bundle(replace(plan, seed=2**32 - 1), tmp_path / "my_model", seeds=2, tell=lines.append)
    assert not list(tmp_path.iterdir())
    with pytest.raises(BreakError):
        make_bundle(plan, tmp_path / "my_model", tell=breaking_at("3 of 4", []))
    with pytest.raises(ValueError, match="Expected the same seed"):
        make_bundle(replace(plan, seed=3), tmp_path / "my_model", resume=True, tell=lines.append)
    assert not lines


def test_a_run_without_anything_to_go_on_with_says_so(plan, tmp_path, light):
    lines: list[str] = []
    make_bundle(plan, tmp_path / "my_model", resume=True, tell=lines.append)
    assert lines[0].startswith("There is no complete stage")
    assert "1 of 4" in lines[1]


def test_this_folder_is_no_place_for_a_bundle(plan, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for place in (".", "/"):
        with pytest.raises(FileExistsError, match="Expected a new folder to write the bundle to"):
            make_bundle(plan, place, tell=lambda line: None)


def test_only_what_is_still_missing_is_forecast(plan, tmp_path, light, monkeypatch):
    asked = []
    monkeypatch.setattr(training, "seconds_of_training", lambda _, __, steps, *___: asked.append(len(steps)))
    for place in ("3 of 4", "4 of 4"):
        with pytest.raises(BreakError):
            make_bundle(plan, tmp_path / "my_model", resume=True, tell=breaking_at(place, []))
    make_bundle(plan, tmp_path / "my_model", resume=True, tell=lambda line: None)
    assert asked == [2, 1]


def test_a_run_that_fails_before_its_first_stage_leaves_nothing(plan, tmp_path):
    with pytest.raises(BreakError):
        make_bundle(plan, tmp_path / "my_model", tell=breaking_at("2 of 4", []))
    assert not list(tmp_path.iterdir())


def test_several_seeds_give_an_interval_and_the_first_ones_model(plan, tmp_path, light):
    made = make_bundle(plan, tmp_path / "three", seeds=2, tell=lambda line: None)
    alone = make_bundle(replace(plan, seed=1), tmp_path / "alone", tell=lambda line: None)
    assert made.accuracies == (made.trained.report.accuracy, alone.trained.report.accuracy)
    assert made.trained.runs[0].settings["seed"] == 0
    assert made.interval == interval_over_seeds(made.accuracies)
    assert alone.interval is None
    assert (made.bundle / "accuracies").read_text() == repr(list(made.accuracies))  # for the card, see test_card


def test_the_interval_over_seeds_is_students():
    # By hand: mean 0.8, standard deviation 0.1, t with two degrees of freedom 4.3027.
    low, high = interval_over_seeds([0.7, 0.8, 0.9])
    assert low == pytest.approx(0.8 - 4.3027 * 0.1 / 3**0.5, abs=1e-4)
    assert high == 1.0  # no accuracy is above
    assert interval_over_seeds([0.7]) is None


def judged(flowers, right: int, sure: float = 0.9):
    """Return a report on the validation photos, of which so many are classified correctly, in their order."""
    labels = flowers.val.labels
    named = np.where(np.arange(len(labels)) < right, labels, (labels + 1) % 5)
    probabilities = np.full((len(labels), 5), (1 - sure) / 4)
    probabilities[np.arange(len(labels)), named] = sure
    return report_of(probabilities, flowers.val)


def test_the_validation_photos_choose(flowers):
    few, many = judged(flowers, 10), judged(flowers, 20)
    assert choose(few, many)[0]
    assert not choose(many, few)[0]
    taken, why = choose(few, judged(flowers, 10, sure=0.5))  # as often wrong, and less sure of it
    assert taken
    assert why.endswith("the lower loss decides).")
    assert not choose(judged(flowers, 10, sure=0.5), few)[0]
    assert "fine-tuned 0.500, frozen 0.250" in choose(few, many)[1]


def test_with_uneven_classes_each_counts_the_same(flowers):
    firsts = [np.flatnonzero(flowers.val.labels == label)[: 8 if label == 0 else 1] for label in range(5)]
    uneven = rows_of(flowers.val, np.concatenate(firsts))  # eight photos of one class, one each of the others
    labels, wrong = uneven.labels, (uneven.labels + 1) % 5
    common = report_of(np.eye(5)[np.where(labels == 0, labels, wrong)], uneven)
    each = report_of(np.eye(5)[np.where(labels == 0, wrong, labels)], uneven)
    taken, why = choose(common, each, by_class=True)
    assert taken
    assert "mean recall of the classes on the 12 validation photos: fine-tuned 0.800, frozen 0.200" in why
    assert not choose(common, each)[0]  # accuracies of 8 and 4 in 12
