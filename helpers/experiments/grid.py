"""The runs of a sweep: every combination of settings and seeds, each identified by what it would do."""

import contextlib
import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from helpers import checks, config
from helpers.photos import sources
from helpers.training.settings import TrainingSettings

DEFAULTS: dict[str, Any] = {
    # photos
    "source": "auto", "image_size": config.IMAGE_SIZE, "per_class": None,
    # base and head
    "base": "auto", "weights": "auto", "cut_at": "top", "hidden_units": (), "dropout": config.HEAD_DROPOUT,
    "head_epochs": None, "head_learning_rate": 3e-3,
    # boundary
    "until": "top", "batchnorm": "frozen",
    **TrainingSettings().chosen(),
}  # fmt: skip
PHOTOS = ("source", "image_size", "per_class")  # the settings that decide which photos a run sees


def jobs_of(
    settings: Mapping[str, Any] | Sequence[Mapping[str, Any]], seeds: Iterable[int]
) -> dict[str, dict[str, Any]]:
    """Return the runs of some grids, each under its settings as text.

    They come in the order in which the grids are written. (scikit-learn's `ParameterGrid` sorts the names, and takes a
    tuple such as `hidden_units=(64,)` for a list of values.)
    """
    grids = [settings] if isinstance(settings, Mapping) else settings
    if not isinstance(grids, Sequence) or not all(isinstance(grid, Mapping) for grid in grids):
        raise TypeError(
            "Expected settings to be a dict from names to values, or a list of such dicts. "
            f"Received: {checks.shown(settings)}."
        )
    seeds, jobs = _seeds(seeds), {}
    for grid in grids:
        unknown = sorted(map(str, set(grid) - set(DEFAULTS)))
        if unknown:
            raise ValueError(f"Expected settings among {', '.join(DEFAULTS)}. Received: {', '.join(unknown)}.")
        alternatives = [_alternatives(name, values) for name, values in grid.items()]
        for combination in itertools.product(*alternatives):
            for seed in seeds:
                job = {**dict(zip(grid, combination, strict=True)), "seed": seed}
                jobs[_key(job)] = job
    if not jobs:
        raise ValueError(f"Expected at least one setting and one seed. Received: {settings!r} and {seeds!r}.")
    return jobs


def _seeds(seeds: Iterable[int]) -> list[int]:
    if isinstance(seeds, str | bytes) or not isinstance(seeds, Iterable):
        raise TypeError(
            f"Expected seeds to be several whole numbers, such as range(5). Received: {checks.shown(seeds)}."
        )
    listed = list(seeds)
    for seed in listed:
        checks.seed("each of the seeds", seed)
    return [int(seed) for seed in listed]


def _alternatives(name: str, values: Any) -> list[Any]:
    values = list(values) if isinstance(values, (list, range, np.ndarray)) else [values]
    values = [value.item() if isinstance(value, np.generic) else value for value in values]
    for value in values:
        if not isinstance(value, (type(None), bool, int, float, str, Path, tuple)):
            raise ValueError(
                f"Expected {name} to be numbers, words, tuples or None, so that the run can be described and found "
                f"again. Received: {value!r}."
            )
    return values


def _key(job: dict[str, Any]) -> str:
    # If a default changes, or "auto" comes to mean something else, it is another run.
    told = DEFAULTS | job
    with contextlib.suppress(ValueError, OSError):  # the run's own row will say what is wrong with them
        told |= {"source": str(sources.find_photos(told["source"]).folder.resolve())}
    if "auto" in (told["base"], told["weights"]):
        with contextlib.suppress(ValueError, OSError):
            told |= dict(zip(("base", "weights"), _which_base(told["base"], told["weights"]), strict=True))
    return json.dumps(told, sort_keys=True, default=str)


def _which_base(name: str, weights: str | None) -> tuple[str, str | None]:
    from helpers.network.base import which_base

    return which_base(name, weights)


def order(job: dict[str, Any]) -> tuple[Any, ...]:
    """Return a sort key for runs: those on the same photos come together, and the lowest boundary first among them."""
    job = DEFAULTS | job
    until = job["until"]
    same_photos = (job["seed"], *(str(job[name]) for name in (*PHOTOS, "base", "weights")))
    return (*same_photos, until is not None, until != "stem", until == "top", str(until))
