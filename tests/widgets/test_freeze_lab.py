"""The freeze lab without a browser: what it shows is what the helpers compute, and its code repeats its runs."""

import itertools

import numpy as np
import pytest

from helpers import Step, attach_head, freeze, load_base, settle_statistics
from helpers.activations import cache
from helpers.photos.views import PhotoViews
from helpers.widgets import FreezeLab, freeze_lab
from tests.networks import behind_every_name


@pytest.fixture(scope="module")
def base(flowers):
    with behind_every_name():
        return settle_statistics(load_base("EfficientNetB0", weights=None, image_size=32), flowers.train)


@pytest.fixture
def lab(base, flowers):
    return FreezeLab(flowers, base, epochs=2, learning_rate=3e-3)


def train(lab: FreezeLab) -> None:
    lab.train.click()
    lab.worker.wait()
    lab.clock.stop()
    lab.clock.wait()


def repeated(lab: FreezeLab) -> dict:
    """Run the lab's code in an empty room."""
    room: dict = {}
    with behind_every_name():
        exec(lab.board.code.code, room)
    return room


@pytest.mark.parametrize("boundary", [0, 1, 3, 4, 5])
def test_the_numbers_are_those_of_freeze_and_of_the_cache(lab, base, flowers, boundary):
    lab.strip.boundary = boundary
    model = attach_head(base, classes=5)
    plan = freeze(model, until=lab.boundary)
    ahead = lab.outlook()
    assert (ahead.trainable_params, ahead.frozen_params) == (plan.trainable_params, plan.frozen_params)
    assert f"<b>{plan.trainable_params:,}</b> weights are trained" in lab.numbers.value
    if ahead.cut:
        wanted = [PhotoViews(flowers.train), PhotoViews(flowers.val)]
        kept = [cache.activations_at(model, ahead.cut, photos).values.nbytes for photos in wanted]
        assert ahead.kept_bytes == sum(kept)
    else:
        assert lab.boundary is None


def test_a_run_joins_the_table_and_the_strip_shows_what_moved(lab):
    lab.strip.boundary = len(lab.names) - 1
    lab.learning_rate.value = 1e-4
    train(lab)
    ((recipe, run),) = lab.runs
    assert run.kept_epoch > 0
    assert recipe.steps[-1].until == lab.names[-2]
    assert lab.strip.moved == run.moved.weights_moved.tolist()
    assert lab.strip.moved[0] == 0
    assert lab.strip.moved[-1] > 0
    assert lab.board.rows()[0]["val accuracy"] == f"{run.val_accuracy:.3f}"
    assert lab.names[-2] in lab.board.table.value
    assert "svg" in lab.board.curves.value
    assert lab.board.compared.value == ""
    train(lab)
    assert "svg" in lab.board.compared.value
    assert len(lab.runs) == 2


def test_every_run_starts_from_the_same_model(lab):
    train(lab)
    train(lab)
    (_, first), (_, second) = lab.runs
    assert first.history.drop(columns="seconds").equals(second.history.drop(columns="seconds"))


def test_its_code_gives_the_same_numbers(lab):
    lab.strip.boundary = len(lab.names) - 1
    lab.hidden_units.value = (32,)
    lab.per_class.value = 5
    lab.augment.value = True
    train(lab)
    room = repeated(lab)
    assert room["run"].history.loss.tolist() == lab.runs[-1][1].history.loss.tolist()
    for mine, theirs in zip(lab.model.get_weights(), room["model"].get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_going_on_is_written_down_with_all_that_came_before(base, flowers):
    lab = FreezeLab(flowers, base, steps=[Step(until="top", epochs=2, learning_rate=3e-3)], until="block2b", epochs=1)
    train(lab)
    lab.go_on.value = True
    lab.strip.boundary -= 1
    lab.augment.value = True
    train(lab)
    assert lab.board.code.code.count("fit(") == 3
    assert repeated(lab)["run"].history.loss.tolist() == lab.runs[-1][1].history.loss.tolist()
    assert [row["continued"] for row in lab.board.rows()] == ["no", "yes"]
    assert lab.hidden_units.disabled


def test_the_code_of_an_earlier_run_can_be_had(lab):
    train(lab)
    lab.learning_rate.value = 0.01
    train(lab)
    assert "learning_rate=0.01" in lab.board.code.code
    lab.board.chosen.value = 1
    assert "learning_rate=0.003" in lab.board.code.code


def test_a_stopped_run_keeps_its_whole_epochs_and_its_code_says_so(lab, monkeypatch):
    lab.epochs.value = 40
    seen = []
    progress = lab._progress

    def stop_in_the_third_epoch(what: str, done: int, total: int) -> None:
        progress(what, done, total)
        if what == "training":
            seen.append(done)
            if done == total // 40 * 2 + 1:
                lab.stop.click()

    monkeypatch.setattr(lab, "_progress", stop_in_the_third_epoch)
    monkeypatch.setattr(freeze_lab.config, "BATCH_SIZE", 10)
    train(lab)
    assert "stopped after 2 epochs" in lab.said.value or "stopped after 3 epochs" in lab.said.value
    recipe, run = lab.runs[0]
    assert recipe.steps[-1].epochs == len(run.history) < 40
    assert repeated(lab)["run"].history.loss.tolist() == run.history.loss.tolist()
    assert not lab.train.disabled
    assert lab.stop.disabled


def test_stopped_before_an_epoch_is_done_it_adds_nothing(lab, monkeypatch):
    monkeypatch.setattr(lab, "_progress", lambda what, done, total: lab.stop.click())
    train(lab)
    assert lab.runs == []
    assert "nothing was trained" in lab.said.value


def test_an_error_in_the_thread_is_told_and_the_lab_goes_on(lab, monkeypatch, expected_trouble):
    def fail(*arguments, **named):
        raise OSError("the disk is gone")

    with monkeypatch.context() as patch:
        patch.setattr(freeze_lab.Step, "apply", fail)
        train(lab)
    assert str(expected_trouble()) == "the disk is gone"
    assert "the disk is gone" in lab.trouble.value
    train(lab)
    assert len(lab.runs) == 1
    assert lab.trouble.value == ""


def test_seconds_are_measured_and_grow_downwards(lab):
    assert lab.outlook().epoch_seconds is None
    lab._measure()
    lab.clock.wait()
    seconds = []
    for boundary in range(len(lab.names), -1, -1):
        lab.strip.boundary = boundary
        seconds.append(lab.outlook().epoch_seconds)
    assert all(low < high for low, high in itertools.pairwise(seconds))
    assert "per epoch" in lab.numbers.value


def test_a_block_that_is_none_is_refused(base, flowers):
    with pytest.raises(ValueError, match="block2b"):
        FreezeLab(flowers, base, until="block9z")


def test_without_widgets_there_is_a_picture_and_a_line(lab):
    bundle = lab._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/plain"] == "<FreezeLab: frozen up to top; 0 runs>"
    assert 'alt="The freeze lab: frozen up to top; 0 runs."' in bundle["text/html"]


def test_pressed_twice_it_trains_once_more_and_its_code_is_still_true(lab):
    lab.epochs.value = 4
    lab.start_training()
    lab.start_training()
    lab.worker.wait()
    lab.clock.stop()
    lab.clock.wait()
    assert not lab.train.disabled
    assert lab.stop.disabled
    assert repeated(lab)["run"].history.loss.tolist() == lab.runs[-1][1].history.loss.tolist()


def test_another_lab_that_trains_ends_the_first(lab, base, flowers):
    lab.epochs.value = 40
    lab.strip.boundary = 0
    lab.start_training()
    other = FreezeLab(flowers, base, epochs=1)
    train(other)
    assert not lab.worker.busy
    assert len(other.runs) == 1


def test_the_strip_tells_the_size_of_the_head_that_is_chosen(lab, base):
    lab.hidden_units.value = (64,)
    head = attach_head(base, classes=5, hidden_units=(64,))
    params = sum(layer.count_params() for layer in head.layers if layer.name.startswith("head_"))
    assert lab.strip.blocks[-1]["spoken"] == f"your new head: {params:,} weights"


def test_steps_before_keep_their_own_number_of_photos(base, flowers):
    lab = FreezeLab(flowers, base, steps=[Step(per_class=2), Step(until="block2b")])
    lab.per_class.value = 5
    assert [step.per_class for step in lab.recipe().steps] == [2, 5, 5]
