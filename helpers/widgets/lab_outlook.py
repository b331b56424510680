"""What training with the freeze lab's controls as they are would cost: weights, bytes and seconds."""

import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

import ipywidgets
import keras

from helpers.network import freezing, head
from helpers.network.blocks import blocks
from helpers.photos.loading import Photos
from helpers.training import costs
from helpers.training.forecast import Forecast, forecast_judging, forecast_step, with_keras_own, without_what_is_found
from helpers.training.recipe import Recipe, Step
from helpers.training.settings import DEFAULTS
from helpers.widgets.frame import Newest, Worker
from helpers.widgets.lab_controls import LabControls
from helpers.widgets.strip import described_blocks

_NETWORKS = 2.5  # a run copies one, and draws curves, a table and a comparison: as multiples of building a network
_DRAWN = 5  # a part of this many of the time per epoch goes into drawing curves: see freeze_lab


class LabOutlook(LabControls):
    """The freeze lab's line of numbers, which follows boundary and controls. `FreezeLab` explains the arguments.

    Attributes:
        times: What was measured of each block's time; `None` at first.
        worker: The thread that trains.
        clock: The thread that measures while nothing is trained.
        reckoner: The thread that foresees how long Train would take; the sliders don't wait for it.
    """

    _labs: ClassVar[weakref.WeakSet] = weakref.WeakSet()
    worker: Worker

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.times: costs.BlockTimes | None = None
        self.clock = Worker(self.tell)
        self.numbers, self.in_all = ipywidgets.HTML(), ipywidgets.HTML()
        self.reckoner = Newest(self.tell)
        self._sketches: dict[tuple[int, ...], keras.Model] = {}
        self._reckoned_on: dict[tuple[int, ...], keras.Model] = {}
        self._last: tuple[keras.Model, keras.Model] | None = None
        self._building = float("inf")  # seconds that a network takes
        self._fewer: dict[int | None, Photos] = {}
        self._drawing, self._reckoning = threading.RLock(), threading.Lock()
        self._foreseen: tuple[tuple[Recipe, bool] | None, Forecast | None] = (None, None)

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
            self._sketches[hidden_units] = self._built(recipe.new_model)
        return self._sketches[hidden_units]

    def _built(self, make: Callable[[], keras.Model]) -> keras.Model:
        # The first network that a process builds takes half as long again as the others, so the quickest counts.
        began = time.perf_counter()
        model = make()
        self._building = min(self._building, time.perf_counter() - began)
        return model

    def forecast(self) -> Forecast | None:
        """Return how long the run that Train would start takes in all; `None` until the blocks are measured."""
        if self.times is None or len(self.times.training) <= len(self.names):
            return None
        with self._reckoning:
            recipe, sketch, steps = self.recipe(), self._reckoning_sketch(), []
            if not self.going_on and recipe.start() not in self.board.starts:
                steps = list(recipe.start().steps)
            parts = [self._forecast_step(sketch, step) for step in (*steps, recipe.steps[-1])]
            if steps and parts[-1] is not None:
                parts[-1] = without_what_is_found(parts[-1], recipe.steps[-1], steps[-1])
            parts.append(forecast_judging(sketch, len(self.photos.val), self.times, self._building))
            told = [part for part in parts if part is not None]
            drawn = Forecast(rest=self._building * (_NETWORKS + bool(steps)) + told[len(steps)].epochs / _DRAWN)
            return sum(told, drawn) if len(told) == len(parts) else None

    def _reckoning_sketch(self) -> keras.Model:
        # Blocks that the last run trained have no activations kept under the base's weights.
        if self.going_on:
            if self._last is None or self._last[0] is not self.board.model:
                self._last = self.board.model, head.copy_of(self.board.model)
            return self._last[1]
        units = self._units()
        if units not in self._reckoned_on:  # one of its own, since it is frozen anew for each step
            self._reckoned_on[units] = self._built(lambda: head.copy_of(self._sketch(units)))
        return self._reckoned_on[units]

    def _epoch_ahead(self, ahead: costs.Outlook) -> float | None:
        return None if ahead.epoch_seconds is None else with_keras_own(ahead.epoch_seconds, self._building)

    def _forecast_step(self, sketch: keras.Model, step: Step) -> Forecast | None:
        assert self.times is not None
        seen = self._epoch_seen(step)
        return forecast_step(sketch, self.photos, step, self.seed, self.times, self._building, seen)

    def _epoch_seen(self, step: Step) -> float | None:
        """Return how long an epoch took in the last run that trained the same in each of them."""
        for recipe, run in reversed(self.runs):
            before, seconds = recipe.steps[-1], run.history.seconds.iloc[1:]
            no_matter = {name: getattr(step, name) for name in ("epochs", "learning_rate", "schedule", "keep")}
            same = recipe.hidden_units == self._units() and replace(before, stop_after=None, **no_matter) == step
            if same and len(seconds):
                return float(seconds.median())
        return None

    def update(self) -> None:
        """Redraw everything that follows from the boundary and the controls."""
        with self._drawing:  # the clock's thread draws too
            self.update_controls()
            self._draw_numbers(self.outlook())
        self.reckoner.ask(self._tell_in_all)

    def foreseen(self) -> Forecast | None:
        """Return the forecast that is shown, once, if it was made for the controls as they are now; else a new one."""
        (asked, ahead), self._foreseen = self._foreseen, (None, None)  # the run changes what the next one will take
        return ahead if asked == self._decisive() else self.forecast()

    def _decisive(self) -> tuple[Recipe, bool]:
        """Return what decides how long a run takes: all but the learning rate."""
        recipe = self.recipe()
        last = replace(recipe.steps[-1], learning_rate=DEFAULTS.learning_rate)
        return replace(recipe, steps=(*recipe.steps[:-1], last)), self.going_on

    def _tell_in_all(self) -> None:
        asked, ahead = self._decisive(), self.forecast()
        self._foreseen = asked, ahead
        if not self.reckoner.outdated():
            self.in_all.value = f"<p>{_in_words(ahead)}</p>"

    def _draw_numbers(self, ahead: costs.Outlook) -> None:
        self.strip.spoken = f"frozen up to {ahead.boundary}" if ahead.boundary else "nothing frozen"
        kept = f"caches {_size(ahead.kept_bytes)} at <code>{ahead.cut}</code>" if ahead.cut else "caches nothing"
        epoch = self._epoch_seen(self.recipe().steps[-1]) or self._epoch_ahead(ahead)
        seconds = "measuring the time" if epoch is None else f"about {_seconds(epoch)}"
        whose = " (BatchNorm)" if ahead.frozen_params and not ahead.boundary else ""
        self.numbers.value = (
            f"<p><b>{ahead.trainable_params:,}</b> weights are trained, {ahead.frozen_params:,} are frozen{whose} · "
            f"{kept} · <b>{seconds} per epoch</b></p>"
        )
        params = sum(layer.count_params() for layer in freezing.head_layers(self._sketch(self._units())))
        self.strip.blocks = described_blocks(blocks(self.base), params)

    def _measure(self) -> None:
        done = self.times is not None and len(self.times.training) > len(self.names)
        if done or self.clock.busy or any(lab.worker.busy for lab in self._labs if lab is not self):
            return

        def job() -> None:
            costs.measure_blocks(
                head.copy_of(self._sketch(())), self.photos.image_size, on_block=note, stop=self.clock.stopping
            )

        def note(times: costs.BlockTimes) -> None:
            self.times = times
            self.update()

        self.clock.start(job)


def _in_words(ahead: Forecast | None) -> str:
    if ahead is None:
        return "How long Train would take is shown once the blocks are measured."
    told = {
        "to run the frozen blocks once": ahead.activations,
        "for TensorFlow to prepare the steps": ahead.tracing,
        "for the epochs": ahead.epochs,
        "to build and judge the networks": ahead.rest,
    }
    large = [f"{_seconds(seconds)} {what}" for what, seconds in told.items() if seconds >= 0.1 * ahead.total]
    return f"Train would take <b>about {_seconds(ahead.total)} in all</b>: {', '.join(large)}."


def _seconds(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.2g} s"


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 100_000 else f"{count / 1e3:.0f} kB"
