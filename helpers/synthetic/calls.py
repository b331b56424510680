"""Spectrograms of animal calls: pictures of sound, a task far from flowers and from photographs of anything.

Time runs from left to right, frequency upwards, and brightness is loudness. People who survey bats and birds tell
species apart by the shape that the pitch of a call draws over time, and so do these six classes. Nothing else tells
them apart: how long, how high, how loud, how often and over which noise is drawn in the same way for all of them.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields

import cv2
import numpy as np

Rng = np.random.Generator

SIDE = 128  # columns of time and rows of frequency in which lengths are given
QUALITY = 50  # of the JPEGs

# Pitch over time, both from 0 to 1. With a `bend` below 1 the pitch moves fastest at the start, as in most calls.
SHAPES: dict[str, Callable[[np.ndarray, float], np.ndarray]] = {
    "down": lambda time, bend: 1 - time**bend,
    "hill": lambda time, bend: 1 - (2 * time**bend - 1) ** 2,
    "step": lambda time, bend: (time**bend > 0.5).astype(float),
    "up": lambda time, bend: time**bend,
    "valley": lambda time, bend: (2 * time**bend - 1) ** 2,
    "wave": lambda time, bend: 0.5 + 0.5 * np.sin(4 * np.pi * time**bend),
}
CLASSES = tuple(SHAPES)

_MOMENTS = 16  # per column: a steep call crosses many rows within one
_SMEARED = 0.9  # a spectrogram's neighbouring cells share some of their samples, which smooths its noise; in cells
_DARK, _CONTRAST = 44, 20  # grey of the mean noise, and of one standard deviation more


@dataclass(frozen=True)
class Parameters:
    """What a spectrogram shows: a row of the table that comes with the pictures.

    Lengths are in cells of a spectrogram of 128 by 128: `columns` how long each call lasts, `lowest` and `highest` the
    rows, from below, between which its fundamental moves, `thickness` the standard deviation of its trace. `amplitude`
    is how loud the call is at its loudest, in standard deviations of the noise, and `harmonic` the share of it that
    sounds at twice the frequency; `rumble` is how much louder the noise is at the lowest frequencies.
    """

    name: str
    seed: int
    calls: int
    columns: int
    amplitude: float
    harmonic: float
    lowest: float
    highest: float
    bend: float
    thickness: float
    rumble: float


COLUMNS = tuple(field.name for field in fields(Parameters))


def choose(name: str, seed: int) -> Parameters:
    """Return what the spectrogram with this seed shows.

    Args:
        name: `"down"`, `"hill"`, `"step"`, `"up"`, `"valley"` or `"wave"`.
        seed: Any number from 0; with the name it decides everything.

    Raises:
        ValueError: If the name is unknown.

    Example:
        >>> choose("hill", 7).name
        'hill'
    """
    if name not in SHAPES:
        raise ValueError(f"Expected a call of {', '.join(CLASSES)}. Received: {name!r}.")
    rng = np.random.default_rng([CLASSES.index(name), 0, seed])
    middle, span = rng.uniform(28, 62), rng.uniform(14, 32)
    return Parameters(
        name,
        seed,
        calls=int(rng.integers(1, 4)),
        columns=int(rng.integers(18, 36)),
        amplitude=round(rng.uniform(3.4, 6.2), 2),
        harmonic=round(rng.uniform(0.35, 0.7), 2),
        lowest=round(middle - span / 2, 1),
        highest=round(middle + span / 2, 1),
        bend=round(rng.uniform(0.5, 0.95), 2),
        thickness=round(rng.uniform(1.4, 2.2), 2),
        rumble=round(rng.uniform(0, 1.5), 2),
    )


def draw(parameters: Parameters, size: int = SIDE) -> np.ndarray:
    """Draw the spectrogram.

    Args:
        parameters: From `choose`.
        size: Side in pixels.

    Returns:
        Array of shape (size, size), uint8, grey; the first row is the highest frequency.

    Example:
        >>> draw(choose("hill", 0)).shape
        (128, 128)
    """
    p = parameters
    rng = np.random.default_rng([CLASSES.index(p.name), 1, p.seed])
    level = _noise(rng, size) + p.rumble * np.exp(-np.arange(size) / (size / 14))[:, None]
    scale = size / SIDE
    for start in _starts(p, rng):
        # One animal calls several times: much alike, never quite the same.
        shift, loudness = rng.normal(0, 1.5), p.amplitude * rng.uniform(0.85, 1)
        time = np.linspace(0, 1, p.columns * _MOMENTS)
        pitch = p.lowest + shift + (p.highest - p.lowest) * SHAPES[p.name](time, p.bend)
        columns = (start + p.columns * time) * scale
        swell = loudness * np.sin(np.pi * np.clip(time, 0.02, 0.98)) ** 0.35  # it sets in and dies away
        for multiple, share in ((1, 1.0), (2, p.harmonic)):
            level += _trace(columns, multiple * pitch * scale, share * swell, p.thickness * scale, size)
    grey = _DARK + _CONTRAST * level
    return np.clip(np.rint(grey[::-1]), 0, 255).astype(np.uint8)


def as_row(parameters: Parameters) -> dict:
    """Return the parameters as a row of the table."""
    return asdict(parameters)


def _noise(rng: Rng, size: int) -> np.ndarray:
    noise = cv2.GaussianBlur(rng.standard_normal((size, size)), (0, 0), _SMEARED)
    return noise / noise.std()


def _starts(p: Parameters, rng: Rng) -> np.ndarray:
    # The first column of each call. What the calls leave free is dealt out at random before, between and after them.
    free = np.sort(rng.uniform(0, SIDE - p.calls * p.columns, p.calls))
    return free + p.columns * np.arange(p.calls)


def _trace(columns: np.ndarray, rows: np.ndarray, loudness: np.ndarray, thickness: float, size: int) -> np.ndarray:
    # Each moment sounds in one column and, by the thickness, in some rows; of a column's moments the loudest counts.
    sound = loudness[:, None] * np.exp(-0.5 * ((np.arange(size) - rows[:, None]) / thickness) ** 2)
    trace = np.zeros((size, size))
    np.maximum.at(trace, columns.astype(int).clip(0, size - 1), sound)
    return trace.T
