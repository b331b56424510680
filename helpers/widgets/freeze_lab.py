"""The freeze lab: move the freeze boundary, train, and see what changed."""

import threading
import time
import weakref
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

import ipywidgets
import keras
import pandas as pd

from helpers import config, plots
from helpers.judging.report import evaluate
from helpers.network import freezing, head
from helpers.network.blocks import blocks
from helpers.photos.loading import Photos
from helpers.training import costs
from helpers.training.recipe import Recipe, Step
from helpers.training.run import Run
from helpers.training.settings import DEFAULTS
from helpers.widgets import controls
from helpers.widgets.frame import Worker
from helpers.widgets.lab_controls import LabControls
from helpers.widgets.run_board import count_epochs
from helpers.widgets.strip import described_blocks

_REDRAW = 0.25  # seconds between two drawings of the curves during training


class FreezeLab(LabControls):
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

    _labs: ClassVar[weakref.WeakSet] = weakref.WeakSet()

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
        **settings: Any,
    ) -> None:
        settings |= {"epochs": epochs, "learning_rate": learning_rate}
        super().__init__(photos, base, steps, until, seed, head_first, settings)
        self.model: keras.Model | None = None
        self.times: costs.BlockTimes | None = None
        self.worker, self.clock = Worker(self._failed), Worker(self.tell)
        self._doing = ""
        self._starts: dict[Recipe, keras.Model] = {}
        self._sketches: dict[tuple[int, ...], keras.Model] = {}
        self._fewer: dict[int | None, Photos] = {}
        self._drawing = threading.RLock()
        FreezeLab._labs.add(self)
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
            controls.row(self.train, self.stop, self.bar, self.count, self.said),
            *self.board.parts,
            call="freeze(model, until=…); run = fit(model, photos, …); run.moved",
        )

    def _make_displays(self) -> None:
        self.numbers = ipywidgets.HTML()
        # Screen readers read out `said` at each change; `count` changes too often for that and is only shown.
        self.said, self.count = ipywidgets.HTML(), ipywidgets.HTML()
        self.bar = ipywidgets.FloatProgress(min=0, max=1, layout={"width": "200px"})
        self.said.add_class("graft-said")

    def _connect(self) -> None:
        redraw = self.guarded(lambda change: self.update())
        self.strip.observe(redraw, "boundary")
        seen = (self.per_class, self.batchnorm, self.hidden_units, self.head_first, self.augment, self.go_on)
        for control in seen:
            control.observe(redraw, "value")
        self.strip.on_msg(self.guarded(lambda widget, content, buffers: None if self.worker.busy else self._measure()))
        self.train.on_click(self.guarded(lambda button: self.start_training()))
        self.stop.on_click(self.guarded(lambda button: self.worker.stop()))
        self.board.chosen.observe(self.guarded(lambda change: self.board.show_code()), "value")

    # What a change of the controls shows at once.

    def outlook(self) -> costs.Outlook:
        """Return what training would cost with the boundary where it is now."""
        sketch, limit = self._sketch(self._units()), self._limit()
        freezing.freeze(sketch, until=self.boundary, batchnorm=self.batchnorm.value)
        if limit not in self._fewer:
            self._fewer[limit] = self.photos.with_per_class(limit)
        return costs.outlook(sketch, self._fewer[limit], self.augment.value, self.times)

    def _units(self) -> tuple[int, ...]:
        return self.runs[-1][0].hidden_units if self.going_on else self.hidden_units.value

    def _sketch(self, hidden_units: tuple[int, ...]) -> keras.Model:
        if hidden_units not in self._sketches:
            recipe = Recipe(self.photos, self.base, hidden_units, seed=self.seed)
            self._sketches[hidden_units] = recipe.new_model()
        return self._sketches[hidden_units]

    def update(self) -> None:
        """Redraw everything that follows from the boundary and the controls."""
        with self._drawing:  # the clock's thread draws too
            self.update_controls()
            self._draw_numbers(self.outlook())

    def _draw_numbers(self, ahead: costs.Outlook) -> None:
        self.strip.spoken = f"frozen up to {ahead.boundary}" if ahead.boundary else "nothing frozen"
        kept = f"caches {_size(ahead.kept_bytes)} at <code>{ahead.cut}</code>" if ahead.cut else "caches nothing"
        seconds = "measuring the time" if ahead.epoch_seconds is None else f"about {_seconds(ahead.epoch_seconds)}"
        self.numbers.value = (
            f"<p><b>{ahead.trainable_params:,}</b> weights are trained, {ahead.frozen_params:,} are frozen · {kept} · "
            f"<b>{seconds} per epoch</b></p>"
        )
        params = sum(layer.count_params() for layer in freezing.head_layers(self._sketch(self._units())))
        self.strip.blocks = described_blocks(blocks(self.base), params)

    def _measure(self) -> None:
        done = self.times is not None and len(self.times.training) > len(self.names)
        if done or self.clock.busy or any(lab.worker.busy for lab in FreezeLab._labs if lab is not self):
            return

        def job() -> None:
            costs.measure_blocks(
                head.copy_of(self._sketch(())), self.photos.image_size, on_block=note, stop=self.clock.stopping
            )

        def note(times: costs.BlockTimes) -> None:
            self.times = times
            self.update()

        self.clock.start(job)

    # Training.

    def start_training(self) -> None:
        """Do what the Train button does: train in a separate thread. `self.worker.wait()` waits until it ends."""
        for lab in list(FreezeLab._labs):  # one training run at a time, even if a cell with a lab was run again
            lab.worker.stop()
            lab.worker.wait()
            lab.clock.stop()  # measuring would take half of the processor
        recipe, going_on = self.recipe(), self.going_on
        self._busy(True)
        self.worker.start(lambda: self._train(recipe, going_on))

    def _train(self, recipe: Recipe, going_on: bool) -> None:
        self.clock.wait()
        rows: list[dict] = []
        drawn, draw = 0.0, self.guarded(self.board.draw_curves)  # a figure that fails must not end the training

        def on_epoch(row: dict) -> None:
            nonlocal drawn
            rows.append(row)
            if time.monotonic() - drawn > _REDRAW:
                drawn = time.monotonic()
                draw(pd.DataFrame(rows), recipe.steps[-1].epochs)

        model = head.copy_of(self.model) if going_on else self._starting_point(replace(recipe, steps=recipe.steps[:-1]))
        if model is not None:
            step, self._doing = recipe.steps[-1], "training"
            run = step.apply(
                model, self.photos, self.seed, on_epoch=on_epoch, on_batch=self._progress, stop=self.worker.stopping
            )
            self._add(recipe, run, model, going_on)
        else:
            self.said.value = "stopped before training began"
        self._measure()  # training interrupted it
        self._busy(False)

    def _starting_point(self, recipe: Recipe) -> keras.Model | None:
        if not recipe.steps:
            return recipe.new_model()
        if recipe not in self._starts:
            model = recipe.new_model()
            for step in recipe.steps:
                self._doing = "training the head first"
                step.apply(model, self.photos, self.seed, on_batch=self._progress, stop=self.worker.stopping)
            if self.worker.stopping():
                return None
            self._starts[recipe] = model
        return head.copy_of(self._starts[recipe])

    def _add(self, recipe: Recipe, run: Run, model: keras.Model, continued: bool) -> None:
        done = len(run.history)
        if not done:
            self.said.value = "stopped before the first epoch ended, so nothing was trained"
            return
        wanted = recipe.steps[-1].epochs
        if done < wanted:
            recipe = replace(recipe, steps=(*recipe.steps[:-1], _stopped(recipe.steps[-1], done)))
        self.model = model
        self.board.add(recipe, run, evaluate(model, self.photos.val), wanted, continued)
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
        if busy:
            self.bar.value, self.said.value, self.count.value, self.strip.moved = 0, "starting", "", []

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
        self.count.value = f"{done} of {total} {'photos' if what == 'activations' else 'steps'}"

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


def _seconds(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.2g} s"


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 100_000 else f"{count / 1e3:.0f} kB"
