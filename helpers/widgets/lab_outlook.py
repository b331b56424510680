"""What training with the freeze lab's controls as they are would cost: weights, bytes and seconds."""

import threading
import weakref
from typing import Any, ClassVar

import ipywidgets
import keras

from helpers.network import freezing, head
from helpers.network.blocks import blocks
from helpers.photos.loading import Photos
from helpers.training import costs
from helpers.training.recipe import Recipe
from helpers.widgets.frame import Worker
from helpers.widgets.lab_controls import LabControls
from helpers.widgets.strip import described_blocks


class LabOutlook(LabControls):
    """The freeze lab's line of numbers, which follows boundary and controls. `FreezeLab` explains the arguments.

    Attributes:
        times: What was measured of each block's time; `None` at first.
        worker: The thread that trains.
        clock: The thread that measures while nothing is trained.
    """

    _labs: ClassVar[weakref.WeakSet] = weakref.WeakSet()
    worker: Worker

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.times: costs.BlockTimes | None = None
        self.clock = Worker(self.tell)
        self.numbers = ipywidgets.HTML()
        self._sketches: dict[tuple[int, ...], keras.Model] = {}
        self._fewer: dict[int | None, Photos] = {}
        self._drawing = threading.RLock()

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


def _seconds(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.2g} s"


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 100_000 else f"{count / 1e3:.0f} kB"
