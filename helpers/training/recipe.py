"""A training written down so that it can be repeated: which photos, which base, which head, and every step."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import keras

from helpers import checks, config
from helpers.network import freezing, head
from helpers.network.blocks import weights_digest
from helpers.photos.loading import Photos
from helpers.training.fit import train
from helpers.training.progress import TrainingProgress
from helpers.training.run import Run
from helpers.training.settings import DEFAULTS, TrainingSettings

_SETTLING_BATCH = 64  # what settle_statistics takes by default


@dataclass(frozen=True, kw_only=True)
class Step(TrainingSettings):
    """One call of `freeze` and one of `fit`. Takes all the settings of `fit` by name, from `epochs` to `keep`.

    Attributes:
        until: Highest frozen block; `None` freezes nothing.
        batchnorm: `"frozen"` or `"free"`, see `freeze`.
        per_class: Training photos per class; `None` takes all.
        stop_after: Whole epochs after which training is stopped; `None` trains all `epochs`. A cosine schedule falls to
            0 over `epochs`, so a run that was stopped early differs from one that was planned to be that short.

    Raises:
        ValueError: If a value is outside its limits.

    Example:
        >>> Step(until="block6d", epochs=5, learning_rate=1e-4)
    """

    until: str | None = "top"
    batchnorm: str = "frozen"
    per_class: int | None = None
    stop_after: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.or_none(checks.text)("until", self.until)
        checks.or_none(checks.whole(1))("per_class", self.per_class)
        if self.batchnorm not in ("frozen", "free"):
            raise ValueError(f'Expected batchnorm to be "frozen" or "free". Received: {self.batchnorm!r}.')
        if self.stop_after is not None and not (
            checks.is_whole(self.stop_after) and self.stop_after in range(1, self.epochs)
        ):
            raise ValueError(
                f"Expected stop_after to be None or a whole number of epochs from 1 to below epochs, {self.epochs}. "
                f"Received: {self.stop_after!r}."
            )

    def apply(
        self,
        model: keras.Model,
        photos: Photos,
        seed: int,
        on_epoch: Callable[[dict], None] | None = None,
        stop: Callable[[], bool] | None = None,
        on_batch: Callable[[str, int, int], None] | None = None,
    ) -> Run:
        """Freeze and train a model, in place, as this step says. The callbacks are those of `fit`."""
        freezing.freeze(model, until=self.until, batchnorm=self.batchnorm)
        if self.stop_after is not None:
            on_epoch, stop = self._stopping(on_epoch, stop)
        progress = TrainingProgress(self, False, on_epoch, stop, on_batch)
        return train(model, photos.with_per_class(self.per_class), self, seed, progress)

    def _stopping(
        self, on_epoch: Callable[[dict], None] | None, stop: Callable[[], bool] | None
    ) -> tuple[Callable[[dict], None], Callable[[], bool]]:
        """Return callbacks that do the same and stop after `stop_after` epochs."""
        ended = []

        def count(row: dict) -> None:
            ended.append(row)
            if on_epoch is not None:
                on_epoch(row)

        return count, lambda: len(ended) == self.stop_after or (stop is not None and stop())

    def written(self) -> str:
        """Return the settings as arguments of `fit`, without those that have its defaults."""
        told = ("epochs", "learning_rate")  # always
        return ", ".join(
            f"{name}={value!r}"
            for name, value in self.chosen().items()
            if name in told or value != getattr(DEFAULTS, name)
        )

    def code(self, seed: int, prefix: str = "") -> str:
        """Return the lines that do the same: a call of `freeze`, and one of `fit`. Names begin with the prefix."""
        free = ', batchnorm="free"' if self.batchnorm == "free" else ""
        photos = f"{prefix}photos" if self.per_class is None else f"{prefix}photos.with_per_class({self.per_class})"
        count, stop = "", ""
        if self.stop_after is not None:
            count = f"{prefix}ended = []  # stopped after {self.stop_after} of {self.epochs} epochs\n"
            stop = f", on_epoch={prefix}ended.append, stop=lambda: len({prefix}ended) == {self.stop_after}"
        return (
            f"freeze({prefix}model, until={self.until!r}{free})\n{count}"
            f"{prefix}run = fit({prefix}model, {photos}, {self.written()}, seed={seed}, progress=False{stop})"
        )


@dataclass(frozen=True)
class Recipe:
    """How a model was made: a new head on a base, then one step after another.

    Attributes:
        photos: The photos to train on.
        base: The base under the head, from `load_base`. It is copied, never changed.
        hidden_units: Of the head, see `attach_head`.
        cut_at: Last block of the base to keep.
        seed: Decides head, order and dropout.
        steps: Tuple of `Step`s.
    """

    photos: Photos
    base: keras.Model
    hidden_units: tuple[int, ...] = ()
    cut_at: str = "top"
    seed: int = config.SEED
    steps: tuple[Step, ...] = field(default=())

    def __post_init__(self) -> None:
        checks.kind_of(Photos)("photos", self.photos)
        checks.kind_of(keras.Model)("base", self.base)
        checks.text("cut_at", self.cut_at)
        checks.seed("seed", self.seed)
        if not isinstance(self.steps, tuple) or not all(isinstance(step, Step) for step in self.steps):
            raise TypeError(f"Expected steps to be a tuple of Steps. Received: {checks.shown(self.steps)}.")

    def then(self, step: Step) -> "Recipe":
        """Return the recipe with one more step."""
        return replace(self, steps=(*self.steps, step))

    def start(self) -> "Recipe":
        """Return the recipe without its last step: how the model is made that the last step starts from."""
        return replace(self, steps=self.steps[:-1])

    def new_model(self) -> keras.Model:
        """Return the base with its new head, before the first step."""
        chosen = {"cut_at": self.cut_at, "hidden_units": self.hidden_units, "seed": self.seed}
        return head.attach_head(self.base, classes=len(self.photos.class_names), **chosen)

    def carry_out(self) -> tuple[keras.Model, Run | None]:
        """Do it all, and return the model with the record of the last step, if there is a step."""
        model, run = self.new_model(), None
        for step in self.steps:
            run = step.apply(model, self.photos, self.seed)
        return model, run

    def _origin(self) -> tuple[str | None, bool]:
        """Return the call that loads the base, if its weights are still those, and whether settling comes after it."""
        now = weights_digest(self.base)
        if getattr(self.base, "as_loaded", None) == now:
            return self.base.loading, False
        if getattr(self.base, "as_settled", None) == (now, self.photos.train.fingerprint, _SETTLING_BATCH):
            return self.base.loading, True
        return None, False

    def code(self, prefix: str = "") -> str:
        """Return it as lines of Python that give the same numbers again, on the same machine.

        A base whose weights did not come from `load_base` alone, and `settle_statistics` on the training photos, stands
        there as `base`, to be supplied; the `groups` of `load_photos` always do.

        Args:
            prefix: What the names of all variables begin with, so that none in use is overwritten.
        """
        loading, settled = self._origin()
        classes = len(self.photos.class_names)
        used = ["attach_head", "fit", "freeze", "load_base"] if loading else ["attach_head", "fit", "freeze"]
        used += [self.photos.loading.split("(")[0]]
        used += ["settle_statistics"] if settled else []
        groups = ["# groups: those you gave load_photos, which no line of code repeats"] if self.photos.grouped else []
        cut = f", cut_at={self.cut_at!r}" if self.cut_at != "top" else ""
        hidden = f", hidden_units={tuple(map(int, self.hidden_units))!r}" if self.hidden_units else ""
        lines = [
            f"from helpers import {', '.join(sorted(used))}",
            *groups,
            f"{prefix}photos = {self.photos.loading}",
            f"{prefix}base = {loading}"
            if loading
            else f"# {prefix}base: the one you gave, which no line of code loads",
            *([f"settle_statistics({prefix}base, {prefix}photos.train)"] if settled else []),
            f"{prefix}model = attach_head({prefix}base, classes={classes}{cut}{hidden}, seed={self.seed})",
            *(step.code(self.seed, prefix) for step in self.steps),
            *([f"{prefix}run"] if self.steps else []),
        ]
        return "\n".join(lines)
