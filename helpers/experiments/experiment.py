"""What an experiment is: a question, the settings to vary, and a way to measure one point."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from helpers import config


def real_photos() -> str:
    """Return where experiments on real photos find them: the folder that `GRAFT_SOURCE` names, else the download."""
    named = config.source_override()
    return "photos" if named in (None, "auto", "bundled") else named


@dataclass(frozen=True)
class Experiment:
    """A grid of points that answers a question.

    Attributes:
        name: What the command and the file are called.
        question: The question it answers.
        settings: Grids, one after the other: each name has a value or a list of values; each combination is a point.
        measure: Takes the settings of a point and a `seed`, and returns what was measured, by name.
        columns: The settings that distinguish the points; they are stored with the measurements.
        seeds: How many seeds each point is measured with.
    """

    name: str
    question: str
    settings: tuple[dict[str, Any], ...]
    measure: Callable[..., dict[str, Any]]
    columns: tuple[str, ...]
    seeds: int = 5

    def points(self) -> Iterator[dict[str, Any]]:
        """Yield the settings of each point and its seed; those of one seed come together, on the same photos.

        They come in the order in which the grid is written. scikit-learn's `ParameterGrid` sorts the names instead:
        then points that share a trained head no longer follow each other, and `shared` trains it again and again.
        """
        for seed in range(self.seeds):
            for grid in self.settings:
                alternatives = [value if isinstance(value, list) else [value] for value in grid.values()]
                for values in itertools.product(*alternatives):
                    yield dict(zip(grid, values, strict=True)) | {"seed": seed}

    def missing_photos(self) -> str:
        """Return why it can't run here, because it needs real photos and there are none; else an empty string."""
        from helpers.photos.sources import find_photos

        if all(grid.get("source") != "real" for grid in self.settings):
            return ""
        try:
            find_photos(real_photos())
        except FileNotFoundError as error:
            return str(error)
        return ""
