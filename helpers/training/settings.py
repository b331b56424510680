"""How a training goes: the one place where its settings, their defaults and their limits are written down."""

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from helpers import checks, config
from helpers.photos.photo import smallest_crop_of

if TYPE_CHECKING:
    import keras

KEEP = ("best", "last")
ENGINES = ("auto", "tensorflow", "openvino")
_MOST_EPOCHS = 100_000
# How the lessons, the experiments and `train` train a head and fine-tune: the last steps are the smallest.
GENTLY: dict[str, Any] = {"schedule": "cosine", "weight_decay": 0.01, "label_smoothing": 0.1, "keep": "last"}


@dataclass(frozen=True, kw_only=True)
class TrainingSettings:
    """The settings that `fit`, a `Step`, `sweep` and the record of a `Run` share.

    `fit` explains each of them. Loading this class loads neither TensorFlow nor Keras, so that a sweep can be planned
    before either starts.

    Attributes:
        epochs: Passes over the training photos.
        learning_rate: Of Adam (of AdamW with `weight_decay`).
        batch_size: Photos per step.
        augment: Whether to show augmented views of the training photos; or how small their crops may be.
        cache: Whether to compute the activations of the frozen blocks once and keep them.
        engine: What runs the frozen blocks: `"auto"`, `"tensorflow"` or `"openvino"`.
        schedule: `None`, `"cosine"` or a Keras learning-rate schedule.
        weight_decay: How strongly each step pulls the weights towards 0.
        label_smoothing: Share of each label that is spread over the other classes.
        class_weight: `None`, or `"balanced"` to let each class count the same in the training loss.
        keep: `"best"` or `"last"`: which epoch's weights the model ends with.

    Raises:
        ValueError: If a value is outside its limits.

    Example:
        >>> TrainingSettings(epochs=5, learning_rate=3e-3).record()["epochs"]
        5
    """

    epochs: int = 10
    learning_rate: float = 1e-3
    batch_size: int = config.BATCH_SIZE
    augment: bool | float = False
    cache: bool = True
    engine: str = "auto"
    schedule: "str | keras.optimizers.schedules.LearningRateSchedule | None" = None
    weight_decay: float = 0.0
    label_smoothing: float = 0.0
    class_weight: str | None = None
    keep: str = "best"

    def __post_init__(self) -> None:
        # NumPy's numbers become Python's, so that a record can be written as JSON and code can be printed.
        for name, most in (("epochs", _MOST_EPOCHS), ("batch_size", checks.MOST_BATCH)):
            object.__setattr__(self, name, _whole_number(name, getattr(self, name), 1, most))
        for name in ("learning_rate", "weight_decay", "label_smoothing"):
            object.__setattr__(self, name, _number(name, getattr(self, name)))
        checks.flag("cache", self.cache)
        if self.engine not in ENGINES:
            raise ValueError(f"Expected engine to be one of {', '.join(ENGINES)}. Received: {self.engine!r}.")
        if not isinstance(self.augment, bool):
            share = bool(self.augment) if isinstance(self.augment, np.bool_) else smallest_crop_of(self.augment)
            object.__setattr__(self, "augment", share)
        if not self.learning_rate > 0:
            raise ValueError(f"Expected learning_rate to be a number above 0. Received: {self.learning_rate!r}.")
        if not self.weight_decay >= 0:
            raise ValueError(f"Expected weight_decay to be a number of at least 0. Received: {self.weight_decay!r}.")
        if not 0 <= self.label_smoothing < 1:
            raise ValueError(
                f"Expected label_smoothing to be at least 0 and less than 1. Received: {self.label_smoothing!r}."
            )
        if not (self.class_weight is None or (isinstance(self.class_weight, str) and self.class_weight == "balanced")):
            raise ValueError(f'Expected class_weight to be None or "balanced". Received: {self.class_weight!r}.')
        if self.keep not in KEEP:
            raise ValueError(f'Expected keep to be "best" or "last". Received: {self.keep!r}.')
        if self.schedule not in (None, "cosine") and (isinstance(self.schedule, str) or not callable(self.schedule)):
            raise ValueError(
                f'Expected schedule to be None, "cosine" or a Keras schedule. Received: {self.schedule!r}.'
            )

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the names of all training settings."""
        return tuple(field.name for field in fields(TrainingSettings))

    def chosen(self) -> dict[str, Any]:
        """Return the settings by name."""
        return {name: getattr(self, name) for name in self.names()}

    def record(self) -> dict[str, Any]:
        """Return the settings as plain values, fit for JSON: of a Keras schedule only its kind is kept."""
        plain = self.schedule is None or isinstance(self.schedule, str)
        return self.chosen() | {"schedule": self.schedule if plain else type(self.schedule).__name__}


def check_seed(seed: int) -> int:
    """Return a seed as a plain number, or raise `ValueError` unless it is a whole number from 0 to 2^32 - 1."""
    checks.seed("seed", seed)
    return int(seed)


def _whole_number(name: str, value: Any, least: int, most: int) -> int:
    if not checks.is_whole(value) or not least <= value <= most:
        raise ValueError(f"Expected {name} to be a whole number from {least} to {most}. Received: {value!r}.")
    return int(value)


def _number(name: str, value: Any) -> float:
    if not isinstance(value, (int, float, np.number)) or isinstance(value, bool) or not math.isfinite(value):
        raise ValueError(f"Expected {name} to be a number. Received: {value!r}.")
    return float(value)


DEFAULTS = TrainingSettings()
