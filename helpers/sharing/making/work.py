"""A folder beside the bundle that keeps what is done so far, so that a run that was broken off can go on."""

import io
import json
import shutil
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import keras
import numpy as np

from helpers.activations.whole_files import write_whole
from helpers.training.run import Run

_ASKED = "asked.json"


class Work:
    """What an unfinished run has done: each stage's weights and record, written once it is complete.

    Training is seeded, so a run that goes on from its last stage ends with the same model as one without a break, on
    the same machine.

    Args:
        out: Where the bundle is to be written. The folder lies beside it.

    Attributes:
        folder: Where all of it lies.

    Example:
        >>> work = Work(Path("my_model"))
        >>> work.begin(plan.record())
    """

    def __init__(self, out: Path) -> None:
        self.folder = out.with_name(f"{out.name}.unfinished")

    @property
    def has_stages(self) -> bool:
        """Whether a stage is complete."""
        return any(self.folder.glob("*.npz"))

    def check_resume(self, resume: bool) -> None:
        """Raise `FileExistsError` if there is an unfinished run, and it isn't to go on."""
        if self.has_stages and not resume:
            raise FileExistsError(
                f"Expected no unfinished run. Received: '{self.folder}'. Add --resume to go on with it, or delete it."
            )

    def begin(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Make the folder, or go on with the one that is there.

        Args:
            asked: What decides the model, as plain values. What isn't compared stands under `"kept"`.
        Returns:
            What was asked for at the start of the run.

        Raises:
            ValueError: If it asked for something else.
        """
        asked = json.loads(json.dumps(asked))
        file = self.folder / _ASKED
        if not file.is_file() or not self.has_stages:
            write_whole(file, json.dumps(asked, indent=1).encode())
            return asked
        try:
            before = json.loads(file.read_text(encoding="utf-8"))
        except ValueError:
            raise ValueError(
                f"Expected an unfinished run in '{self.folder}'. Received: a damaged {_ASKED}. Delete the folder."
            ) from None
        different = [name for name in asked if name != "kept" and before.get(name) != asked[name]]
        if different:
            raise ValueError(
                f"Expected the same {', '.join(different)} as at the start of the unfinished run in '{self.folder}'. "
                f"Received: {_told(asked, different)} instead of {_told(before, different)}. Ask for the same, or "
                "delete the folder to begin anew."
            )
        return before

    def keep(self, stage: str, model: keras.Model, run: Run) -> None:
        """Write what a stage ended with."""
        weights = io.BytesIO()
        np.savez(weights, *model.get_weights())
        run.save(self.folder / f"{stage}.json")
        write_whole(self.folder / f"{stage}.npz", weights.getvalue())  # the last to come: with it the stage is complete

    def kept(self, stage: str, model: keras.Model, photos: str) -> Run | None:
        """Give a model the weights that a stage ended with, and return its record; `None` if it isn't complete.

        Args:
            stage: Its name.
            model: Of the same architecture as the one that was kept.
            photos: Fingerprint of the photos that it must have been trained on.

        Raises:
            ValueError: If it was trained on other photos.
        """
        file = self.folder / f"{stage}.npz"
        if not file.is_file():
            return None
        try:
            run = Run.load(self.folder / f"{stage}.json")
            with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as weights:
                arrays = [weights[f"arr_{number}"] for number in range(len(weights))]
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            return None  # damaged: it is done again
        if run.settings["photos"] != photos:
            raise ValueError(
                "Expected the same photos as at the start of the unfinished run. Received: a folder in which some were "
                f"added, removed or changed. Delete '{self.folder}' to begin anew."
            )
        model.set_weights(arrays)
        return run

    def remove(self) -> None:
        """Remove the folder: the bundle is complete."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _told(asked: dict[str, Any], names: list[str]) -> str:
    return ", ".join(str(asked.get(name)) for name in names)
