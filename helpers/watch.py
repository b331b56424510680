"""What is done at each step and epoch of a training: history, progress, stopping, and keeping the best weights."""

import math
import time
from collections.abc import Callable

import keras
import pandas as pd


class Watch(keras.callbacks.Callback):
    """Keras callback that follows a training.

    Attributes:
        start: Validation loss and accuracy before the first step.
        kept_epoch: The epoch whose weights are kept; 0 stands for those before training.
    """

    def __init__(
        self,
        start: dict[str, float],
        epochs: int,
        keep: str,
        progress: bool,
        on_epoch: Callable[[dict], None] | None,
        stop: Callable[[], bool] | None,
    ) -> None:
        super().__init__()
        self.epochs, self.keep, self.progress = epochs, keep, progress
        self.on_epoch, self.stop = on_epoch, stop
        self.rows: list[dict] = []
        self.start = {f"val_{name}": float(value) for name, value in start.items()}
        self.kept_epoch, self.lowest, self.best = 0, math.inf, None

    def on_train_begin(self, logs=None) -> None:
        self._consider(0, self.start["val_loss"])

    def on_epoch_begin(self, epoch, logs=None) -> None:
        self.began = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None) -> None:
        if self.stop is not None and self.stop():
            self.model.stop_training = True

    def on_epoch_end(self, epoch, logs=None) -> None:
        names = ("loss", "accuracy", "val_loss", "val_accuracy")
        row = {"epoch": epoch + 1, **{name: float(logs[name]) for name in names}}
        row["seconds"] = time.perf_counter() - self.began
        self.rows.append(row)
        self._consider(epoch + 1, row["val_loss"])
        if self.progress:
            measured = "  ".join(f"{name} {row[name]:.3f}" for name in names)
            print(f"epoch {epoch + 1:2d}/{self.epochs}  {measured}  {row['seconds']:.2f} s")
        if self.on_epoch is not None:
            self.on_epoch(dict(row))

    def on_train_end(self, logs=None) -> None:
        if self.best is None:
            self.kept_epoch = len(self.rows)
        else:
            self.model.set_weights(self.best)

    def _consider(self, epoch: int, val_loss: float) -> None:
        if self.keep == "best" and val_loss < self.lowest:
            self.kept_epoch, self.lowest, self.best = epoch, val_loss, self.model.get_weights()

    def history(self) -> pd.DataFrame:
        """Return a row for each epoch."""
        return pd.DataFrame(self.rows, columns=["epoch", "loss", "accuracy", "val_loss", "val_accuracy", "seconds"])
