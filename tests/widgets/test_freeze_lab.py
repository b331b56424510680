"""The freeze lab without a browser: what it shows is what the helpers compute, and its code repeats its runs."""

import itertools
import re
import time

import keras
import numpy as np
import pytest

from helpers import Step, attach_head, compare, config, evaluate, freeze, load_base, settle_statistics
from helpers.activations import cache
from helpers.experiments.shared import HEAD
from helpers.network import twins
from helpers.photos.views import PhotoViews
from helpers.widgets import FreezeLab, lab_outlook
from helpers.widgets.run_board import AGAINST
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
    columns = ["run", "frozen up to", "learning rate", "epochs", "val accuracy", AGAINST, "seconds"]
    assert list(lab.board.rows()[1]) == columns  # all that was left as it usually is has no column


def test_runs_are_compared_with_the_first_on_the_same_photos(lab):
    """A run whose head goes on from the first, and one that learns nothing: photo by photo, from their models."""
    models = []
    for rate in (3e-3, 1e-4):
        lab.learning_rate.value = rate
        train(lab)
        models.append(lab.model)
    first, second = (evaluate(model, lab.photos.val) for model in models)
    found = compare(second, first)
    low, high = found.interval
    rows = lab.board.rows()
    assert rows[0][AGAINST] == ""
    assert rows[1][AGAINST] == f"{found.difference:+.3f} ({low:+.3f} to {high:+.3f})"
    best = max(first.accuracy, second.accuracy)
    marked = [row["val accuracy"].endswith("(best)") for row in rows]
    assert marked == [report.accuracy == best for report in (first, second)]


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
    assert room["lab_run"].history.loss.tolist() == lab.runs[-1][1].history.loss.tolist()
    for mine, theirs in zip(lab.model.get_weights(), room["lab_model"].get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_its_code_overwrites_nothing_of_the_lessons_and_shows_the_run(lab):
    train(lab)
    names = {line.partition(" = ")[0] for line in lab.board.code.code.splitlines() if " = " in line}
    assert names == {"lab_photos", "lab_base", "lab_model", "lab_run"}
    assert lab.board.code.code.endswith("\nlab_run")


def test_its_code_repeats_the_head_the_schedule_and_batchnorm(base, flowers):
    head = Step(until="top", epochs=2, learning_rate=3e-3, schedule="cosine", keep="last")
    gently = {"schedule": "cosine", "weight_decay": 0.01, "label_smoothing": 0.1, "keep": "last"}
    lab = FreezeLab(flowers, base, steps=[head], until="block2a", epochs=3, batchnorm="free", **gently)
    told = []
    lab.said.observe(lambda change: told.append(change.new), "value")
    train(lab)
    ((recipe, run),) = lab.runs
    assert recipe.steps == (head, Step(until="block2a", epochs=3, batchnorm="free", **gently))
    assert run.moved.statistics_moved.iloc[-2] > 0
    room = repeated(lab)
    assert room["lab_run"].history.loss.tolist() == run.history.loss.tolist()
    for mine, theirs in zip(lab.model.get_weights(), room["lab_model"].get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    row = lab.board.rows()[0]
    assert (row["schedule"], row["BatchNorm"], row["head first"]) == ("cosine", "free", "yes")
    assert "augment" not in row
    assert told.index("training the head first") < told.index("training")
    before, after = run.start["val_accuracy"], run.val_accuracy
    assert told[-1] == f"done after 3 epochs; kept epoch 3; val accuracy {before:.3f} before, {after:.3f} now"


def test_going_on_is_written_down_with_all_that_came_before(base, flowers):
    lab = FreezeLab(flowers, base, steps=[Step(until="top", epochs=2, learning_rate=3e-3)], until="block2b", epochs=1)
    train(lab)
    lab.go_on.value = True
    lab.strip.boundary -= 1
    lab.augment.value = True
    train(lab)
    assert lab.board.code.code.count("fit(") == 3
    assert repeated(lab)["lab_run"].history.loss.tolist() == lab.runs[-1][1].history.loss.tolist()
    assert [row["went on"] for row in lab.board.rows()] == ["no", "yes"]
    assert [row["head first"] for row in lab.board.rows()] == ["yes", "yes"]
    assert lab.hidden_units.disabled
    assert lab.head_first.disabled
    assert "The head first" not in lab.notes.value


def test_the_code_of_an_earlier_run_can_be_had(lab):
    train(lab)
    lab.learning_rate.value = 0.01
    train(lab)
    assert "learning_rate=0.01" in lab.board.code.code
    lab.board.chosen.value = 1
    assert "learning_rate=0.003" in lab.board.code.code


@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_a_stopped_run_keeps_its_whole_epochs_and_its_code_says_so(lab, monkeypatch, schedule):
    lab.epochs.value, lab.schedule.value = 40, schedule
    seen = []
    progress = lab._progress

    def stop_in_the_third_epoch(what: str, done: int, total: int) -> None:
        progress(what, done, total)
        if what == "training":
            seen.append(done)
            if done == total // 40 * 2 + 1:
                lab.stop.click()

    monkeypatch.setattr(lab, "_progress", stop_in_the_third_epoch)
    monkeypatch.setattr(config, "BATCH_SIZE", 10)
    train(lab)
    assert "stopped after 2 epochs" in lab.said.value or "stopped after 3 epochs" in lab.said.value
    recipe, run = lab.runs[0]
    done, step = len(run.history), recipe.steps[-1]
    assert done < 40
    assert (step.epochs, step.stop_after) == ((40, done) if schedule == "cosine" else (done, None))
    assert lab.board.rows()[0]["epochs"] == (f"{done} of 40" if schedule == "cosine" else done)
    assert repeated(lab)["lab_run"].history.loss.tolist() == run.history.loss.tolist()
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
        patch.setattr(Step, "apply", fail)
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
    lab._building = 100.0  # what Keras takes around an epoch counts, too
    lab.update()
    assert re.search(r"about 4(\.\d)? s per epoch", lab.numbers.value)


def test_it_says_how_long_train_takes_in_all_and_learns_from_what_it_did(small, flowers, tmp_path, monkeypatch):
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path))
    twins.forget()
    lab = FreezeLab(flowers, small, until="top", epochs=2)
    lab.reckoner.wait()
    assert "once the blocks are measured" in lab.in_all.value
    lab._measure()
    lab.clock.wait()
    first = lab.forecast()
    assert min(first.activations, first.tracing, first.epochs, first.rest) > 0
    told = []
    lab.count.observe(lambda change: told.append(change.new), "value")
    lab.epochs.value = 3
    train(lab)
    assert re.fullmatch(r"about \d+ s left|about to end", told[0])
    assert all(re.search(r"^\d+ of \d+ (photos|steps), about", each) for each in told[1:-1])
    assert told[-1] == ""  # nothing is left to wait for
    lab.reckoner.wait()
    second = lab.forecast()
    assert (second.activations, second.tracing) == (0, 0)
    seen = lab.runs[-1][1].history.seconds.iloc[1:].median()
    assert second.epochs == pytest.approx(3 * seen)
    assert f"about {lab_outlook._seconds(second.total)} in all" in lab.in_all.value
    assert f"about {lab_outlook._seconds(seen)} per epoch" in lab.numbers.value
    lab.learning_rate.value = 0.01  # as long
    lab.epochs.value = 30
    assert lab.forecast().epochs == pytest.approx(30 * seen)


def test_the_quickest_network_built_is_what_one_takes(small, flowers):
    lab = FreezeLab(flowers, small, until="top", epochs=1)
    lab.reckoner.wait()
    lab._building = 1e6  # as if the first had taken that long
    lab._reckoned_on.clear()
    lab._reckoning_sketch()
    quickest = lab._building
    assert quickest < 100
    lab._built(lambda: time.sleep(quickest + 0.05))
    assert lab._building == quickest


def test_what_two_steps_share_counts_once(small, flowers, tmp_path, monkeypatch):
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path))
    twins.forget()
    lab = FreezeLab(flowers, small, steps=[Step(until="top", epochs=1)], until="top", epochs=1)
    lab._measure()
    lab.clock.wait()
    assert lab.head_first.value
    both = lab.forecast()
    lab.head_first.value = False
    alone = lab.forecast()
    assert both.activations == alone.activations > 0
    assert both.tracing == alone.tracing > 0
    assert both.epochs > alone.epochs


def test_the_head_that_comes_first_counts_until_it_is_kept(small, flowers):
    lab = FreezeLab(flowers, small, until="block2a", epochs=1)
    lab._measure()
    lab.clock.wait()
    both = lab.forecast()
    lab.head_first.value = False
    alone = lab.forecast()
    assert both.epochs > alone.epochs
    lab.head_first.value = True
    train(lab)
    assert lab.forecast().epochs < both.epochs - 20 * lab.times.epoch_seconds(["head"], 30, 85) / 2


def test_old_curves_are_shown_as_old_until_the_first_epoch_has_ended(lab, monkeypatch):
    def shown_as_old() -> bool:
        return "graft-past" in lab.board.curves._dom_classes

    train(lab)
    assert not shown_as_old()
    seen, draw = [], lab.board.draw_curves
    monkeypatch.setattr(lab.board, "draw_curves", lambda *how: (seen.append(shown_as_old()), draw(*how)))
    train(lab)
    assert seen[0]
    assert not any(seen[1:])
    assert not shown_as_old()


def test_old_curves_are_whole_again_after_a_run_that_drew_none(lab, monkeypatch):
    train(lab)
    monkeypatch.setattr(lab.worker, "stopping", lambda: True)
    train(lab)
    assert len(lab.runs) == 1
    assert "graft-past" not in lab.board.curves._dom_classes


def test_drawing_does_not_slow_training_down(lab, monkeypatch):
    drawn = []

    def slowly(*arguments) -> None:
        drawn.append(arguments)
        time.sleep(0.3)

    monkeypatch.setattr(lab.board, "draw_curves", slowly)
    lab.epochs.value = 20
    train(lab)
    assert len(drawn) <= 2 + lab.runs[-1][1].seconds / 1.2


@pytest.mark.parametrize(
    ("wrong", "error", "told"),
    [
        ({"until": "block9z"}, ValueError, "block2b"),
        ({"steps": Step()}, ValueError, "list of Step"),
        ({"steps": [{"epochs": 3}]}, ValueError, "list of Step"),
        ({"head_first": "yes"}, ValueError, "head_first"),
        ({"batchnorm": "loose"}, ValueError, "batchnorm"),
        ({"schedule": "linear"}, ValueError, "schedule"),
        ({"schedule": keras.optimizers.schedules.ExponentialDecay(1e-3, 10, 0.9)}, ValueError, "written as code"),
        ({"keep": "first"}, ValueError, "keep"),
        ({"per_class": 3}, TypeError, "weight_decay.* Received: per_class"),
        ({"seed": -1}, ValueError, "seed"),
    ],
)
def test_a_wrong_argument_is_refused(base, flowers, wrong, error, told):
    with pytest.raises(error, match=told):
        FreezeLab(flowers, base, **wrong)


@pytest.mark.parametrize(
    ("chosen", "ticked"),
    [
        ({"until": "block2a"}, True),
        ({"until": None}, True),
        ({"until": "top"}, False),
        ({"until": "block2a", "head_first": False}, False),
        ({"until": "top", "head_first": True}, True),
        ({"until": "top", "steps": [Step(epochs=2)]}, True),
    ],
)
def test_the_head_comes_first_where_the_base_is_to_be_fine_tuned(small, flowers, chosen, ticked):
    lab = FreezeLab(flowers, small, **chosen)
    assert lab.head_first.value is ticked
    assert len(lab.recipe().steps) == 1 + ticked
    assert ("The head first" in lab.notes.value) is ticked


def test_a_random_base_has_nothing_to_be_spoiled(base, flowers):
    assert not FreezeLab(flowers, base, until=None).head_first.value


def test_the_head_is_trained_as_in_the_experiments(small, flowers):
    lab = FreezeLab(flowers, small, until="block2a")
    lab.per_class.value = 5
    assert lab.recipe().steps == (Step(until="top", per_class=5, **HEAD), Step(until="block2a", per_class=5))
    assert Step(**HEAD).written() in lab.notes.value
    lab.head_first.value = False
    assert lab.recipe().steps == (Step(until="block2a", per_class=5),)
    assert lab.notes.value == ""


def test_settings_without_a_control_hold_for_every_run(base, flowers):
    unseen = {"weight_decay": 0.01, "label_smoothing": 0.1, "keep": "last", "batch_size": 8}
    lab = FreezeLab(flowers, base, schedule="cosine", augment=True, **unseen)
    lab.learning_rate.value = 0.01
    assert lab.step == Step(schedule="cosine", augment=True, learning_rate=0.01, **unseen)
    assert "<code>batch_size=8, weight_decay=0.01, label_smoothing=0.1, keep='last'</code>" in lab.notes.value
    assert lab.stop.tooltip.endswith("the last whole epoch")
    lab.schedule.value, lab.augment.value = "constant", False
    assert lab.step == Step(learning_rate=0.01, **unseen)


def test_batchnorm_can_be_freed_where_blocks_are_trained(small, flowers):
    lab = FreezeLab(flowers, small, until="block2a")
    few = lab.outlook().trainable_params
    lab.batchnorm.value = "free"
    model = attach_head(small, classes=5)
    assert lab.outlook().trainable_params == freeze(model, "block2a", batchnorm="free").trainable_params > few
    lab.strip.boundary = len(lab.names)
    assert lab.batchnorm.disabled
    assert lab.step.batchnorm == "frozen"
    assert "are frozen ·" in lab.numbers.value
    lab.strip.boundary = 0
    assert not lab.batchnorm.disabled
    assert lab.step.batchnorm == "free"
    lab.batchnorm.value = "frozen"  # nothing else is
    assert "are frozen (BatchNorm) ·" in lab.numbers.value


def test_batchnorm_of_a_random_base_is_free_where_nothing_is_frozen(base, flowers):
    lab = FreezeLab(flowers, base, until="block2a")
    assert lab.step.batchnorm == "frozen"
    lab.strip.boundary = 0
    assert lab.batchnorm.disabled
    assert lab.step.batchnorm == lab.batchnorm.value == "free"
    lab.strip.boundary = 1
    assert not lab.batchnorm.disabled
    assert lab.step.batchnorm == "frozen"


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
    assert repeated(lab)["lab_run"].history.loss.tolist() == lab.runs[-1][1].history.loss.tolist()


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


def test_the_cell_run_again_shows_the_runs_of_before_and_goes_on_from_them(base, flowers):
    first = FreezeLab(flowers, base, epochs=1)
    train(first)
    again = FreezeLab(flowers, base, epochs=1)
    assert again.runs == first.runs
    assert again.model is first.model
    assert not again.go_on.disabled
    train(again)
    assert [row["run"] for row in again.board.rows()] == [1, 2]


def test_a_lab_of_another_name_or_with_other_photos_begins_anew(base, flowers):
    train(FreezeLab(flowers, base, epochs=1))
    assert not FreezeLab(flowers, base, name="another").runs
    assert not FreezeLab(flowers.with_per_class(2), base).runs


def test_all_runs_are_forgotten_at_a_press(lab):
    train(lab)
    lab.board.clear.click()
    assert (lab.runs, lab.model, lab.board.table.value) == ([], None, "")
    assert lab.go_on.disabled
    assert lab.board.copying.layout.display == "none"
    train(lab)
    assert [row["run"] for row in lab.board.rows()] == [1]


def test_moving_the_boundary_takes_the_last_run_off_the_strip_and_can_be_undone(lab):
    lab.strip.boundary = 4
    train(lab)
    assert lab.strip.moved
    lab.strip.boundary = 2
    assert not lab.strip.moved, "they belong to a run with another boundary"
    lab.undo.click()
    assert lab.strip.boundary == 4
    lab.undo.click()
    assert lab.boundary == "top"
    assert lab.undo.disabled


def test_stop_answers_at_once(lab):
    lab.stop.click()
    assert "stopping" in lab.said.value
