"""What the freeze lab does ahead of Train, while nobody trains, so that a learner needn't wait for it."""

import contextlib
import os
import threading
import time
from collections.abc import Callable
from typing import Any

import keras

from helpers.network import freezing, head
from helpers.training import frozen_blocks
from helpers.training.progress import StoppedError
from helpers.training.recipe import Recipe
from helpers.widgets.frame import Newest
from helpers.widgets.lab_outlook import LabOutlook

_AT_REST = 2.0  # seconds without a touch, after which the boundary probably stays where it is
_LOOKS_EVERY = 0.1  # seconds
_LOW_PRIORITY = 10  # Unix "niceness" of the thread; 0 is normal


class LabAhead(LabOutlook):
    """Keeps the activations that Train would compute first, and a copy of the model that it would start from.

    Attributes:
        shown: Whether a browser has shown the lab; before that nothing is done.
        ahead: The thread that does so.
        at_work: Held while it works: at most for one batch of photos after somebody has pressed Train.
    """

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.shown, self.ahead, self.at_work = False, Newest(self.tell), threading.Lock()
        self._spare: dict[Recipe, keras.Model] = {}

    def get_ahead(self) -> None:
        """Prepare, once the controls have been left alone for a moment, what Train would do first with them."""
        if self.shown:
            self.ahead.ask(self._prepare)

    def _prepare(self) -> None:
        _step_back()
        with contextlib.suppress(StoppedError):
            self._wait_for_rest()
            with self.at_work:
                self._stop_if_wanted()
                recipe = self.recipe()
                if not self.going_on:
                    self._keep_activations(recipe)
                    self._copy_start(recipe)
            self.reckoner.ask(self._tell_in_all)

    def _wait_for_rest(self) -> None:
        rested = time.monotonic() + _AT_REST
        while time.monotonic() < rested or self.clock.busy or self._somebody_trains():
            if self.ahead.outdated():
                raise StoppedError
            time.sleep(_LOOKS_EVERY)

    def _keep_activations(self, recipe: Recipe) -> None:
        model = head.copy_of(self._sketch(recipe.hidden_units))
        for step in recipe.steps:  # in Train's order, so that the numbers are those that it would compute
            self._stop_if_wanted()
            freezing.freeze(model, until=step.until, batchnorm=step.batchnorm)
            photos = self.photos.with_per_class(step.per_class)
            frozen_blocks.run_once(model, photos, step, self.seed, self._counting)

    def _copy_start(self, recipe: Recipe) -> None:
        start = recipe.start()
        if start in self.board.starts and start not in self._spare:
            self._stop_if_wanted()
            self._spare = {start: head.copy_of(self.board.starts[start])}

    def copy_of_start(self, start: Recipe) -> keras.Model:
        """Return a copy of a model in `board.starts`: the one that was made ahead, if there is one."""
        spare = self._spare.pop(start, None)
        return spare if spare is not None else head.copy_of(self.board.starts[start])

    def _counting(self, total: int) -> Callable[[int], None]:
        return lambda photos: self._stop_if_wanted()

    def _stop_if_wanted(self) -> None:
        if self.ahead.outdated() or self._somebody_trains():
            raise StoppedError

    def _somebody_trains(self) -> bool:
        return any(lab.worker.busy for lab in list(self._labs))


def _step_back() -> None:
    """Give this thread a low priority, where the system can do that for one thread: on Linux."""
    if hasattr(os, "setpriority") and threading.current_thread() is not threading.main_thread():
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LOW_PRIORITY)
