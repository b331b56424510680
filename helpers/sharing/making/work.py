"""A folder beside the bundle that keeps what is done so far, so that a run that was broken off can go on."""

import contextlib
import io
import json
import re
import zlib
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import keras
import numpy as np

from helpers.activations.whole_files import write_whole
from helpers.photos.names import printable
from helpers.training.run import Run

_ASKED = "asked.json"
# What a run writes, and what write_whole leaves where the power fails: nothing else is ever deleted.
_OWN = re.compile(r"asked\.json|[0-9]+-(head|upper-blocks)\.(json|npz)|tmp\w{8}\.unfinished")


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
        return any(path.suffix == ".npz" for path in self._own())

    def has(self, stage: str) -> bool:
        """Return whether a stage is complete."""
        return (self.folder / f"{stage}.npz").is_file()

    def check_resume(self, resume: bool) -> None:
        """Raise `FileExistsError` if an unfinished run is there that isn't to go on, or anything else."""
        self._check_own()
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
        before = self.asked_before(asked)
        if before is not None:
            return before
        text = json.dumps(asked, indent=1)
        write_whole(self.folder / _ASKED, text.encode())
        return json.loads(text)

    def asked_before(self, asked: dict[str, Any]) -> dict[str, Any] | None:
        """Return what was asked for at the start of the unfinished run, `None` if there is none. Writes nothing.

        Args:
            asked: As for `begin`, which raises the same error.
        """
        asked = json.loads(json.dumps(asked))
        file = self.folder / _ASKED
        if not file.is_file() or not self.has_stages:
            return None
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
        if not self.has(stage):
            return None
        file = self.folder / f"{stage}.npz"
        try:
            run = Run.load(self.folder / f"{stage}.json")
            with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as weights:
                arrays = [weights[f"arr_{number}"] for number in range(len(weights))]
        except (OSError, ValueError, KeyError, EOFError, RuntimeError, BadZipFile, zlib.error):
            return None  # damaged: it is done again
        if run.settings["photos"] != photos:
            raise ValueError(
                "Expected the same photos as at the start of the unfinished run. Received: a folder in which some were "
                f"added, removed or changed. Delete '{self.folder}' to begin anew."
            )
        model.set_weights(arrays)
        return run

    def remove(self) -> None:
        """Remove the run's own files, and the folder if nothing else is in it: the bundle is complete."""
        with contextlib.suppress(OSError):
            for path in self._own():
                path.unlink(missing_ok=True)
            self.folder.rmdir()

    def _own(self) -> list[Path]:
        return [path for path in self._inside() if _OWN.fullmatch(path.name)]

    def _inside(self) -> list[Path]:
        return sorted(self.folder.iterdir()) if self.folder.is_dir() else []

    def _check_own(self) -> None:
        others = [path.name for path in self._inside() if not _OWN.fullmatch(path.name)]
        if self.folder.is_symlink() or (self.folder.exists() and not self.folder.is_dir()):
            others = ["something that isn't a folder"]
        if others:
            raise FileExistsError(
                f"Expected nothing but an unfinished run in '{printable(self.folder)}'. Received: "
                f"{printable(', '.join(others[:3]))}. Choose another name for the bundle, or move that elsewhere."
            )


def _told(asked: dict[str, Any], names: list[str]) -> str:
    return ", ".join(str(asked.get(name)) for name in names)
