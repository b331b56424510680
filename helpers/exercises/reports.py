"""Reports as `evaluate` gives them, made up, for checks that compare models."""

from pathlib import Path

import numpy as np

from helpers.judging.report import Report, report_of
from helpers.photos.split import Split

_NAMES = ("daisy", "roses", "tulips")


def report_with(*counts: int) -> Report:
    """Return the report on a model that is right about so many photos, wrong about the next ones, and so on in turn.

    Two reports on equally many photos are about the same ones.

    Example:
        >>> report_with(180, 20).accuracy
        0.9
    """
    correct = np.concatenate([np.full(count, number % 2 == 0) for number, count in enumerate(counts)])
    labels = np.arange(len(correct)) % len(_NAMES)
    predicted = np.where(correct, labels, (labels + 1) % len(_NAMES))
    paths = tuple(Path(f"photo_{number:03}.jpg") for number in range(len(correct)))
    split = Split("test", paths, labels, _NAMES, image_size=64, fingerprint=f"{len(correct)} photos of the exercise")
    return report_of(np.where(np.eye(len(_NAMES))[predicted] > 0, 0.8, 0.1), split)
