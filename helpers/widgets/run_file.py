"""A file with the freeze lab's runs: what was done, what came of it, and the weights of the last model."""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from helpers.activations.whole_files import write_whole
from helpers.judging.report import Report, report_of
from helpers.network.blocks import weights_digest
from helpers.photos.loading import Photos
from helpers.training.recipe import Recipe, Step
from helpers.training.run import Run

_ENDING = ".npz"


@dataclass(frozen=True, eq=False)
class KeptRun:
    """One run of the lab.

    Attributes:
        recipe: How its model was made.
        run: The record of the last step.
        report: The model on the validation photos.
        began: The head first, going on, and whether it was stopped, as the table words them.
    """

    recipe: Recipe
    run: Run
    report: Report
    began: dict[str, str]


def save_runs(path: str | Path, runs: Sequence[KeptRun], model: keras.Model) -> Path:
    """Write runs into one file, in one step, and return its path.

    Args:
        path: A name; `.npz` is added where it has no ending.
        runs: At least one.
        model: What came of the last one.
    """
    if not runs:
        raise ValueError("Expected at least one run to save. Received: none. Press Train first.")
    first = runs[0].recipe
    told = {"photos": first.photos.fingerprint, "base": weights_digest(first.base), "runs": [_written(r) for r in runs]}
    arrays = {f"probabilities_{number}": run.report.probabilities for number, run in enumerate(runs)}
    arrays |= {f"weights_{number:04d}": values for number, values in enumerate(model.get_weights())}
    with tempfile.TemporaryFile() as file:
        np.savez_compressed(file, told=np.array(json.dumps(told)), allow_pickle=False, **arrays)
        file.seek(0)
        return write_whole(_with_ending(path), file.read())


def load_runs(path: str | Path, photos: Photos, base: keras.Model) -> tuple[list[KeptRun], keras.Model]:
    """Read what `save_runs` wrote: the runs, and the model of the last one.

    Args:
        path: As for `save_runs`.
        photos: What they were trained on.
        base: What they began with.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is something else, or of other photos or another base.
    """
    file = _with_ending(path)
    try:
        with np.load(file, allow_pickle=False) as kept:
            told = json.loads(str(kept["told"]))
            arrays = {name: kept[name] for name in kept.files if name != "told"}
        _check_same("photos", told["photos"], photos.fingerprint)
        _check_same("base weights", told["base"], weights_digest(base))
        runs = [
            _read(each, arrays[f"probabilities_{number}"], photos, base) for number, each in enumerate(told["runs"])
        ]
        model = runs[-1].recipe.new_model()
        model.set_weights([arrays[name] for name in sorted(arrays) if name.startswith("weights_")])
    except FileNotFoundError:
        raise FileNotFoundError(f"Expected a file with runs. Received: '{file}', which isn't there.") from None
    except _OtherError as error:
        raise ValueError(str(error)) from None
    except (ValueError, KeyError, TypeError, OSError, EOFError) as error:
        raise ValueError(f"Expected a file that the lab saved. Received: '{file}' ({error}).") from None
    return runs, model


class _OtherError(Exception):
    """The file holds runs of something else."""


def _check_same(what: str, saved: str, here: str) -> None:
    if saved != here:
        raise _OtherError(
            f"Expected runs on the {what} of this lab. Received: runs on other {what}. Make a lab with the same "
            "photos, number per class, image size and base, and load them there."
        )


def _with_ending(path: str | Path) -> Path:
    path = Path(path)
    if not path.name:
        raise ValueError('Expected a name for the file, such as "my_runs". Received: nothing.')
    return path if path.suffix == _ENDING else path.with_name(path.name + _ENDING)


def _written(kept: KeptRun) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        record = json.loads(kept.run.save(Path(folder) / "run.json").read_text(encoding="utf-8"))
    recipe = kept.recipe
    head = {"hidden_units": recipe.hidden_units, "cut_at": recipe.cut_at, "seed": recipe.seed}
    return {"head": head, "steps": [asdict(step) for step in recipe.steps], "run": record, "began": kept.began}


def _read(told: dict[str, Any], probabilities: np.ndarray, photos: Photos, base: keras.Model) -> KeptRun:
    head = told["head"] | {"hidden_units": tuple(told["head"]["hidden_units"])}
    recipe = Recipe(photos=photos, base=base, steps=tuple(Step(**step) for step in told["steps"]), **head)
    with tempfile.TemporaryDirectory() as folder:
        run = Run.load(write_whole(Path(folder) / "run.json", json.dumps(told["run"]).encode()))
    return KeptRun(recipe, run, report_of(probabilities, photos.val), told["began"])
