"""The record of one training: its settings, what happened, and which weights changed."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.activations.whole_files import write_whole


@dataclass(frozen=True, eq=False, repr=False)
class Run:
    """What `fit` returns.

    Attributes:
        history: DataFrame with a row per epoch: `epoch`, `loss`, `accuracy`, `val_loss`, `val_accuracy`, `seconds`.
        seconds: Wall time of the whole run, caching included.
        boundary: Highest frozen block; `None` where nothing was frozen.
        moved: DataFrame `block`, `frozen`, `weights_moved`, `statistics_moved`: how far the weights of each
            block changed, relative to their size. A frozen block shows exactly 0.
        settings: The settings of `fit`, and what its cache cost (`cut`, `cached_bytes`, `cache_seconds`).
        start: `val_loss` and `val_accuracy` before the first step.
        kept_epoch: The epoch whose weights the model has now; 0 stands for those before training.
    """

    history: pd.DataFrame
    seconds: float
    boundary: str | None
    moved: pd.DataFrame
    settings: dict
    start: dict
    kept_epoch: int

    @property
    def val_accuracy(self) -> float:
        """Validation accuracy of the weights that were kept."""
        if self.kept_epoch == 0:
            return self.start["val_accuracy"]
        return float(self.history.val_accuracy.iloc[self.kept_epoch - 1])

    @property
    def diverged_at(self) -> int | None:
        """The first epoch whose loss isn't a number; `None` if there is none."""
        wrong = self.history.epoch[~np.isfinite(self.history.loss.to_numpy(dtype=float))]
        return int(wrong.iloc[0]) if len(wrong) else None

    def __repr__(self) -> str:
        frozen = f"frozen up to {self.boundary}" if self.boundary else "nothing frozen"
        diverged = f"; diverged in epoch {self.diverged_at}" if self.diverged_at else ""
        kept = f"epoch {self.kept_epoch}" if self.kept_epoch else "the start"
        return (
            f"<Run: {frozen}; {len(self.history)} epochs in {self.seconds:.1f} s; "
            f"kept {kept}, val accuracy {self.val_accuracy:.3f}{diverged}>"
        )

    def save(self, path: str | Path) -> Path:
        """Write the record as JSON, in one step, and return its path. The model is not in it."""
        record = {
            "history": self.history.to_dict("records"),
            "seconds": self.seconds,
            "boundary": self.boundary,
            "moved": self.moved.to_dict("records"),
            "settings": self.settings,
            "start": self.start,
            "kept_epoch": self.kept_epoch,
        }
        return write_whole(Path(path), json.dumps(record, indent=1).encode())

    @classmethod
    def load(cls, path: str | Path) -> "Run":
        """Read a record that `save` wrote.

        Raises:
            FileNotFoundError: If there is none.
            ValueError: If the file is something else.
        """
        text = Path(path).read_text(encoding="utf-8")
        try:
            record = json.loads(text)
            record["history"] = pd.DataFrame(record["history"])
            record["moved"] = pd.DataFrame(record["moved"])
            return cls(**record)
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"Expected a file written by run.save. Received: '{path}' ({error}).") from None
