"""The freeze lab's controls, and the recipe that they spell out."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import ipywidgets
import keras

from helpers.experiments.shared import HEAD
from helpers.network.blocks import block_named, blocks, weights_digest
from helpers.network.facts import facts_of
from helpers.photos.loading import Photos
from helpers.photos.split import count_by_class
from helpers.training.recipe import Recipe, Step
from helpers.training.settings import DEFAULTS, TrainingSettings, check_seed
from helpers.widgets import controls
from helpers.widgets.frame import WidgetFrame
from helpers.widgets.run_board import RunBoard
from helpers.widgets.strip import Strip, described_blocks

_PER_CLASS = (5, 10, 20, 50, 100, 200, 500)
_HIDDEN = ((), (32,), (64,), (128,), (256,))
_SETTINGS = (*TrainingSettings.names(), "batchnorm")
_SHOWN = ("epochs", "learning_rate", "schedule", "augment")  # the settings that have a control


class LabControls(WidgetFrame):
    """What a learner can set in the freeze lab. `FreezeLab` explains the arguments.

    Attributes:
        board: Curves, table and code of all runs.
        names: The base's blocks.
    """

    def __init__(
        self,
        photos: Photos,
        base: keras.Model,
        steps: Sequence[Step],
        until: str | None,
        seed: int,
        head_first: bool | None,
        settings: dict[str, Any],
        name: str,
    ) -> None:
        super().__init__()
        self.photos, self.base, self.seed = photos, base, check_seed(seed)
        self.names = [block.name for block in blocks(base)]
        if until is not None:
            block_named(base, until, "until")
        self._pretrained = bool(facts_of(base).get("pretrained", True))
        self._settings, given = _checked_settings(settings), _checked_steps(steps)
        self.steps = given or (Step(until=self.names[-1], **HEAD),)
        if head_first is None:
            head_first = bool(given) or (until != self.names[-1] and self._pretrained)
        if not isinstance(head_first, bool):
            raise ValueError(f"Expected head_first to be True, False or None. Received: {head_first!r}.")
        self.board = RunBoard.kept((name, photos.fingerprint, base.name, weights_digest(base)))
        self.board.source = photos, base
        self._make_controls(until, head_first)

    def _make_controls(self, until: str | None, head_first: bool) -> None:
        start = self._settings
        self.strip = Strip(blocks=described_blocks(blocks(self.base), head_params=0))
        self.strip.boundary = 0 if until is None else self.names.index(until) + 1
        self.learning_rate = controls.slider("Learning rate", controls.rates(), start.learning_rate)
        self.schedule = controls.choice("Schedule:", ["constant", "cosine"], start.schedule or "constant")
        self.epochs = controls.whole("Epochs", 1, 40, start.epochs)
        self._most = most = max(count_by_class(self.photos.train).values())
        few = [number for number in _PER_CLASS if number < most]
        self.per_class = controls.slider("Photos per class", [*few, most], most, [*map(str, few), f"all ({most})"])
        self.batchnorm = controls.choice("BatchNorm:", ["frozen", "free"], start.batchnorm, width="172px")
        self._wished = start.batchnorm
        hidden = [(f"{units[0]} hidden units" if units else "no hidden layer", units) for units in _HIDDEN]
        self.hidden_units = controls.choice("Head:", hidden, ())
        self.head_first = controls.tick("train the head first", head_first)
        self.augment = controls.tick("augment", bool(start.augment))
        self.go_on = controls.tick("go on from here")
        self.go_on.disabled = not self.runs
        self.board.chosen.observe(lambda change: self._allow_going_on(), "value")  # runs may have been loaded
        self.train = controls.button("Train", "Train from the starting point", primary=True)
        kept = "the best epoch" if start.keep == "best" else "the last whole epoch"
        self.stop = controls.button("Stop", f"Stop within one batch, and keep {kept}")
        self.stop.disabled = True
        self.undo = controls.button("Undo", "Move the boundary back to where it was before")
        self.undo.disabled = True
        self.notes = ipywidgets.HTML()

    @property
    def runs(self) -> list[tuple[Recipe, Any]]:
        """Every run so far: its recipe and its `Run`."""
        return self.board.runs

    def _allow_going_on(self) -> None:
        self.go_on.disabled = not self.runs

    @property
    def boundary(self) -> str | None:
        """The highest frozen block, or `None` if nothing is frozen."""
        return self.names[self.strip.boundary - 1] if self.strip.boundary else None

    @property
    def going_on(self) -> bool:
        """Whether Train would train the last model further."""
        return self.go_on.value and bool(self.runs)

    @property
    def step(self) -> Step:
        """What Train would do now, once the starting point is there."""
        return replace(
            self._settings,
            until=self.boundary,
            batchnorm=self.batchnorm.value,
            epochs=self.epochs.value,
            learning_rate=self.learning_rate.value,
            schedule=None if self.schedule.value == "constant" else self.schedule.value,
            augment=self.augment.value,
            per_class=self._limit(),
        )

    def _limit(self) -> int | None:
        return None if self.per_class.value == self._most else self.per_class.value

    def recipe(self) -> Recipe:
        """Return what Train would do now, with all that comes before it."""
        if self.going_on:
            return self.runs[-1][0].then(self.step)
        steps = self.steps if self.head_first.value else ()
        before = tuple(replace(step, per_class=step.per_class or self._limit()) for step in steps)
        start = Recipe(self.photos, self.base, self.hidden_units.value, seed=self.seed, steps=before)
        return start.then(self.step)

    def update_controls(self) -> None:
        """Switch off what has no effect with the other controls as they are, and write down what has no control."""
        self.hidden_units.disabled = self.head_first.disabled = self.go_on.value
        if not self.batchnorm.disabled:
            self._wished = self.batchnorm.value
        only = self._only_batchnorm()
        self.batchnorm.disabled = only is not None
        self.batchnorm.value = only or self._wished
        notes = []
        if self.head_first.value and not self.going_on:
            notes.append("The head first: " + "; ".join(f"<code>{step.written()}</code>" for step in self.steps))
        unseen = {name: value for name, value in self._settings.chosen().items() if name not in _SHOWN}
        told = [f"{name}={value!r}" for name, value in unseen.items() if value != getattr(DEFAULTS, name)]
        notes += [f"In every run: <code>{', '.join(told)}</code>"] if told else []
        self.notes.value = f'<p class="graft-quiet">{"<br>".join(notes)}</p>' if notes else ""

    def _only_batchnorm(self) -> str | None:
        """Return the one way in which BatchNormalization can be trained with this boundary, if there is no other."""
        if self.boundary == self.names[-1]:
            return "frozen"  # like every block
        return "free" if self.boundary is None and not self._pretrained else None  # see `freeze`


def _checked_settings(settings: dict[str, Any]) -> Step:
    for name in settings:
        if name not in _SETTINGS:
            raise TypeError(f"Expected settings of fit, or batchnorm: {', '.join(_SETTINGS)}. Received: {name}.")
    step = Step(**settings)
    if step.batchnorm not in ("frozen", "free"):
        raise ValueError(f'Expected batchnorm to be "frozen" or "free". Received: {step.batchnorm!r}.')
    if step.schedule not in (None, "cosine"):
        raise ValueError(
            f'Expected schedule to be None or "cosine", since runs are written as code. Received: {step.schedule!r}.'
        )
    return step


def _checked_steps(steps: Sequence[Step]) -> tuple[Step, ...]:
    if not isinstance(steps, (list, tuple)) or not all(isinstance(step, Step) for step in steps):
        raise ValueError(f"Expected steps to be a list of Step(…). Received: {steps!r}.")
    return tuple(steps)
