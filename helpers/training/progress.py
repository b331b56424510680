"""What happens after each step and epoch of a training: history, progress, stopping, keeping the best weights."""

import math
import time
from collections.abc import Callable

import keras
import numpy as np
import pandas as pd

from helpers import checks
from helpers.training.bar import TrainingBar
from helpers.training.settings import TrainingSettings


class StoppedError(Exception):
    """Training was stopped while the frozen blocks were still running."""


class TrainingProgress(keras.callbacks.Callback):
    """Keras callback that records a training and reports on it.

    Attributes:
        start: Validation loss and accuracy before the first step; NaN if training stopped before that.
        kept_epoch: The epoch whose weights are kept; 0 stands for those before training.
        broken_off: Whether `stop` or an interrupt ended it before the last epoch was complete.
        interrupted: Whether an interrupt asks it to end.
    """

    def __init__(
        self,
        settings: TrainingSettings,
        printing: bool = True,
        on_epoch: Callable[[dict], None] | None = None,
        stop: Callable[[], bool] | None = None,
        on_batch: Callable[[str, int, int], None] | None = None,
        bar: bool = False,
    ) -> None:
        super().__init__()
        self.settings, self.printing, self.bar = settings, printing, TrainingBar(bar)
        self.on_epoch, self.stop, self.on_batch = on_epoch, stop, on_batch
        self.rows: list[dict] = []
        self.start = {"val_loss": math.nan, "val_accuracy": math.nan}
        self.kept_epoch, self.highest = 0, (-math.inf, -math.inf)
        self.best: list[np.ndarray] | None = None
        self.last: list[np.ndarray] = []
        self.broken_off = self.interrupted = False

    def counting_photos(self, total: int) -> Callable[[int], None]:
        """Return a function to call with the number of photos that have just gone through the frozen blocks."""
        done = 0
        self.bar.to("activations", 0, total)

        def count(photos: int) -> None:
            nonlocal done
            done += photos
            self._tell("activations", done, total)
            if self.asked_to_stop():
                raise StoppedError

        return count

    def begin_steps(self, total: int) -> None:
        """Note how many steps there will be, before anything is built for the first."""
        self.bar.to("training", 0, total)

    def begin_at(self, start: dict[str, float]) -> None:
        """Note how good the model is before the first step."""
        self.start = {f"val_{name}": float(value) for name, value in start.items()}

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        self._remember()
        self._consider(0, self.start)

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self.began = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        steps = self.params["steps"]
        self._tell("training", len(self.rows) * steps + batch + 1, self.settings.epochs * steps)
        self.model.stop_training = self.asked_to_stop()

    def on_test_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        if self.asked_to_stop():
            self.model.stop_training = self.model.stop_evaluating = True

    def asked_to_stop(self) -> bool:
        """Return whether the training is to end, and note it."""
        self.broken_off = self.broken_off or self.interrupted or (self.stop is not None and _answer_of(self.stop))
        return self.broken_off

    def say(self, line: str) -> None:
        """Print a line in place of the bar, which comes back below it."""
        if self.printing:
            self.bar.clear()
            print(line)

    def _tell(self, what: str, done: int, total: int) -> None:
        self.bar.to(what, done, total)
        if self.on_batch is not None:
            self.on_batch(what, done, total)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        if self.broken_off or logs is None:  # an unfinished epoch doesn't count
            return
        names = ("loss", "accuracy", "val_loss", "val_accuracy")
        row = {"epoch": epoch + 1, **{name: float(logs[name]) for name in names}}
        row["seconds"] = time.perf_counter() - self.began
        self.rows.append(row)
        self._consider(epoch + 1, row)
        self._remember()  # before anyone is told, who may raise an error
        if self.printing:
            measured = "  ".join(f"{name} {row[name]:.3f}" for name in names)
            self.say(f"epoch {epoch + 1:2d}/{self.settings.epochs}  {measured}  {row['seconds']:.2f} s")
            if not math.isfinite(row["loss"]) and all(math.isfinite(each["loss"]) for each in self.rows[:-1]):
                print("  The loss is not a number any more: the training diverged. Use a smaller learning_rate.")
        if self.on_epoch is not None:
            self.on_epoch(dict(row))

    def _remember(self) -> None:
        # Where no epoch is the best one (`keep="last"`, or a loss that is not a number), a training that is broken off
        # goes back to its last whole epoch.
        if self.best is None:
            self.last = self.model.get_weights()

    def break_off(self) -> None:
        """Go back to the weights that are to be kept, because something went wrong in the midst of an epoch."""
        self.broken_off = True
        if self.last or self.best:
            self.on_train_end()

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        if self.best is None:
            self.kept_epoch = len(self.rows)
            if self.broken_off:
                self.model.set_weights(self.last)
        else:
            self.model.set_weights(self.best)

    def _consider(self, epoch: int, measured: dict[str, float]) -> None:
        # By accuracy, since a model that grows more confident may lose on the loss what it wins in accuracy.
        reached = (measured["val_accuracy"], -measured["val_loss"])
        if self.settings.keep == "best" and math.isfinite(measured["val_loss"]) and reached > self.highest:
            self.kept_epoch, self.highest, self.best = epoch, reached, self.model.get_weights()

    def history(self) -> pd.DataFrame:
        """Return a row for each epoch."""
        return pd.DataFrame(self.rows, columns=["epoch", "loss", "accuracy", "val_loss", "val_accuracy", "seconds"])


def _answer_of(stop: Callable[[], bool]) -> bool:
    answer = stop()
    try:
        return bool(answer)
    except ValueError:  # of an array or a table
        raise ValueError(
            f"Expected stop to return True or False. Received: {checks.shown(answer)}. Return one answer, such as "
            "that of any() or all()."
        ) from None
