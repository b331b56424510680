"""The freeze lab: move the freeze boundary, train, and see what changed."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import ipywidgets
import keras
import pandas as pd

from helpers import config, plots
from helpers.judging.report import evaluate
from helpers.network import freezing, head
from helpers.photos.loading import Photos
from helpers.training.recipe import Recipe, Step
from helpers.training.run import Run
from helpers.training.settings import DEFAULTS
from helpers.widgets import controls
from helpers.widgets.countdown import Countdown
from helpers.widgets.frame import Worker
from helpers.widgets.lab_ahead import LabAhead
from helpers.widgets.run_board import count_epochs

_REDRAW = 0.25  # seconds between two drawings of the curves during training, at least
_SHARE = 4  # a drawing's own seconds, times this, pass before the next: drawing must not slow training down


class FreezeLab(LabAhead):
    """Move the freeze boundary through a network, train what is above it, and compare the runs.

    Every Train starts from the same model: a new head on the base, trained on the frozen base if "train the head first"
    is ticked. Ticking "go on from here" trains the last model further instead. A run is described by a `Recipe`:
    `recipe.carry_out()` repeats it without the widget, and "Copy as code" writes it as calls of `freeze` and `fit`.

    Args:
        photos: From `load_flowers` or `load_photos`.
        base: From `load_base`. It is copied, never changed.
        steps: What "train the head first" does, such as `[Step(until="top", epochs=15, learning_rate=3e-3)]`. By
            default it trains the head as the experiments do: 30 epochs at 3e-3. A step that sets no `per_class` uses as
            many photos as the slider says.
        until: Where the boundary is at first: the highest frozen block, or `None` if nothing is frozen.
        epochs, learning_rate: What their sliders are set to at first.
        seed: Decides the new head's weights, the order of photos, and dropout.
        head_first: Whether "train the head first" is ticked at first. `None` ticks it if you give `steps`, or if the
            base is pre-trained and the boundary is below its top.
        **settings: Other arguments of `fit`, by name, and `batchnorm` of `freeze`. `schedule`, `augment` and
            `batchnorm` are what their controls are set to at first; `weight_decay`, `label_smoothing`, `keep` and the
            others hold for every Train, but not for what "train the head first" does.
        name: Runs are kept as long as the kernel runs: a lab of the same name, photos and base shows them again.

    Attributes:
        board: Curves, table and code of all runs.
        model: The last model that was trained; `None` at first.

    Raises:
        TypeError: If there is no such setting.
        ValueError: If an argument is wrong.

    Example:
        >>> lab = FreezeLab(photos, base, until="block5c", schedule="cosine", weight_decay=0.01, keep="last")
        >>> lab
    """

    def __init__(
        self,
        photos: Photos,
        base: keras.Model,
        steps: Sequence[Step] = (),
        until: str | None = "top",
        epochs: int = DEFAULTS.epochs,
        learning_rate: float = DEFAULTS.learning_rate,
        seed: int = config.SEED,
        head_first: bool | None = None,
        name: str = "lab",
        **settings: Any,
    ) -> None:
        settings |= {"epochs": epochs, "learning_rate": learning_rate}
        super().__init__(photos, base, steps, until, seed, head_first, settings, name)
        self.worker = Worker(self._failed)
        self._doing = ""
        self.countdown = Countdown(None)
        self._before: list[int] = []  # where the boundary was, the last move at the end
        self._labs.add(self)
        self._make_displays()
        self._connect()
        self.update()
        self.show(
            self.strip,
            self.numbers,
            controls.row(self.learning_rate, self.schedule, self.epochs),
            controls.row(self.per_class, self.batchnorm, self.hidden_units),
            controls.row(self.head_first, self.augment, self.go_on),
            self.notes,
            self.in_all,
            controls.row(self.train, self.stop, self.undo, self.bar, self.count, self.said),
            *self.board.parts,
            call="freeze(model, until=…); run = fit(model, photos, …); run.moved",
        )

    def _make_displays(self) -> None:
        # Screen readers read out `said` at each change; `count` changes too often for that and is only shown.
        self.said, self.count = ipywidgets.HTML(), ipywidgets.HTML()
        self.bar = ipywidgets.FloatProgress(min=0, max=1, layout={"width": "200px"})
        self.said.add_class("graft-said")

    def _connect(self) -> None:
        redraw = self.guarded(lambda change: self._touched())
        self.strip.observe(self.guarded(lambda change: self._moved_from(change["old"])), "boundary")
        seen = (self.per_class, self.batchnorm, self.hidden_units, self.head_first, self.augment, self.go_on)
        for control in seen:
            control.observe(redraw, "value")
        self.strip.on_msg(self.guarded(lambda widget, content, buffers: self._seen()))
        self.train.on_click(self.guarded(lambda button: self.start_training()))
        self.stop.on_click(self.guarded(lambda button: self._stop()))
        self.undo.on_click(self.guarded(lambda button: self._undo()))
        self.board.clear.on_click(self.guarded(lambda button: self.clear()))
        self.board.chosen.observe(self.guarded(lambda change: self.board.show_code()), "value")

    @property
    def model(self) -> keras.Model | None:
        """The last model that was trained; `None` at first."""
        return self.board.model

    # Moving the boundary.

    def _moved_from(self, boundary: int) -> None:
        self._before.append(boundary)
        self.undo.disabled = False
        self.strip.moved = []  # how far blocks moved in a run with another boundary would mislead
        self._touched()

    def _seen(self) -> None:
        self.shown = True
        if not self.worker.busy:
            self._measure()
            self.get_ahead()

    def _touched(self) -> None:
        self.update()
        self.get_ahead()

    def _undo(self) -> None:
        before = self._before.pop()
        self.strip.boundary = before
        self._before.pop()  # this move itself
        self.undo.disabled = not self._before

    # Training.

    def start_training(self) -> None:
        """Do what the Train button does: train in a separate thread. `self.worker.wait()` waits until it ends."""
        for lab in list(self._labs):  # one training run at a time, even if a cell with a lab was run again
            lab.worker.stop()
            lab.worker.wait()
            lab.clock.stop()  # measuring would take half of the processor
        recipe, going_on = self.recipe(), self.going_on
        self._busy(True)
        self.worker.start(lambda: self._train(recipe, going_on))

    def _stop(self) -> None:
        self.worker.stop()
        self.said.value = "stopping after this batch"

    def clear(self) -> None:
        """Forget all runs, unless one is in progress."""
        if self.worker.busy:
            self.said.value = "training; stop it first"
            return
        self.board.forget()
        self.strip.moved, self.go_on.value, self.go_on.disabled = [], False, True
        self.said.value = "all runs are forgotten"
        self.update()

    def _train(self, recipe: Recipe, going_on: bool) -> None:
        self.clock.wait()
        with self.at_work:  # done within a batch, since `worker` is busy now
            ahead = self.foreseen()
        self.countdown = Countdown(ahead.total if ahead else None)
        self.count.value = self.countdown.left(0, time.monotonic()).removeprefix(", ")
        rows: list[dict] = []
        next_drawing, draw = 0.0, self.guarded(self.board.draw_curves)  # a figure that fails must not end the training

        def on_epoch(row: dict) -> None:
            nonlocal next_drawing
            rows.append(row)
            if (began := time.monotonic()) > next_drawing:
                draw(pd.DataFrame(rows), recipe.steps[-1].epochs)
                ended = time.monotonic()
                next_drawing = ended + max(_REDRAW, _SHARE * (ended - began))

        model = head.copy_of(self.model) if going_on else self._starting_point(recipe.start())
        if model is not None:
            step, self._doing = recipe.steps[-1], "training"
            self.countdown.last_step = True
            run = step.apply(
                model, self.photos, self.seed, on_epoch=on_epoch, on_batch=self._progress, stop=self.worker.stopping
            )
            self._add(recipe, run, model, going_on)
        else:
            self.said.value = "stopped before training began"
        self._measure()  # training interrupted it
        self._busy(False)
        self._touched()  # the next run finds activations, traces and a time per epoch

    def _starting_point(self, recipe: Recipe) -> keras.Model | None:
        if not recipe.steps:
            return recipe.new_model()
        if recipe not in self.board.starts:
            model = recipe.new_model()
            for step in recipe.steps:
                self._doing = "training the head first"
                step.apply(model, self.photos, self.seed, on_batch=self._progress, stop=self.worker.stopping)
            if self.worker.stopping():
                return None
            self.board.starts[recipe] = model
        return self.copy_of_start(recipe)

    def _add(self, recipe: Recipe, run: Run, model: keras.Model, continued: bool) -> None:
        done = len(run.history)
        if not done:
            self.said.value = "stopped before the first epoch ended, so nothing was trained"
            return
        wanted = recipe.steps[-1].epochs
        if done < wanted:
            recipe = replace(recipe, steps=(*recipe.steps[:-1], _stopped(recipe.steps[-1], done)))
        self.board.add(recipe, run, model, evaluate(model, self.photos.val), wanted, continued)
        self.strip.moved = [float(moved) for moved in run.moved.weights_moved]
        ended = "done" if done == wanted else "stopped"
        before, after = run.start["val_accuracy"], run.val_accuracy
        self.said.value = (
            f"{ended} after {count_epochs(done)}; kept {_kept(run)}; val accuracy {before:.3f} before, {after:.3f} now"
        )

    def _busy(self, busy: bool) -> None:
        self.train.disabled, self.stop.disabled = busy, not busy
        self.go_on.disabled = busy or not self.runs
        self.strip.disabled = busy
        self.undo.disabled = busy or not self._before
        if not busy:
            self.count.value = ""  # it counted what is done now
            self.board.set_aside(False)  # a run that was stopped at once has drawn none
        else:
            self.bar.value, self.said.value, self.count.value, self.strip.moved = 0, "starting", "", []
            self.board.set_aside()

    def _failed(self, error: BaseException) -> None:
        self._busy(False)
        self.said.value = ""
        self.tell(error)

    def _progress(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if done < total and now - getattr(self, "_told", 0) < 0.1:
            return
        self._told = now
        self.bar.value = done / total
        self.said.value = "running the frozen blocks once" if what == "activations" else self._doing
        self.countdown.note(what, done, now)
        counted = f"{done} of {total} {'photos' if what == 'activations' else 'steps'}"
        self.count.value = f"{counted}{self.countdown.left(total, now)}"

    # Where widgets don't render.

    def summary(self) -> str:
        frozen = f"frozen up to {self.boundary}" if self.boundary else "nothing frozen"
        return f"{frozen}; {len(self.runs)} runs"

    def picture(self) -> plots.Picture:
        with self._drawing:
            plan = freezing.freeze(self._sketch(self._units()), until=self.boundary, batchnorm=self.batchnorm.value)
        moved = self.runs[-1][1].moved.weights_moved if self.runs else None
        label = "how far each block moved in the last run" if self.runs else ""
        return plots.described(plots.block_strip(plan.table, moved, label), f"The freeze lab: {self.summary()}.")


def _stopped(step: Step, done: int) -> Step:
    # A run stopped after some epochs is identical to a run of that many epochs, to the last bit, unless the learning
    # rate follows a schedule that depends on how many were planned.
    return replace(step, stop_after=done) if step.schedule == "cosine" else replace(step, epochs=done)


def _kept(run: Run) -> str:
    return f"epoch {run.kept_epoch}" if run.kept_epoch else "the starting weights, since no epoch was better"
