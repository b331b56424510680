"""Colours of petals and leaves."""

import numpy as np

from helpers.synthetic import grounds

Rng = np.random.Generator

# Hue, saturation and value of petals, each with its spread below. Species share colours on purpose.
COLOURS = {
    "white": (0.13, 0.05, 0.97),
    "cream": (0.13, 0.28, 0.97),
    "yellow": (0.143, 0.9, 0.97),
    "gold": (0.115, 0.92, 0.96),
    "orange": (0.07, 0.85, 0.95),
    "red": (0.99, 0.88, 0.8),
    "dark red": (0.98, 0.85, 0.48),
    "pink": (0.94, 0.42, 0.95),
    "purple": (0.83, 0.6, 0.65),
    "violet": (0.76, 0.42, 0.85),
    "grey": (0.12, 0.08, 0.78),
}
_SPREAD = np.array([0.014, 0.06, 0.05])


def petal_colours(name: str, rng: Rng) -> np.ndarray:
    """Return two tones of a colour, of the petal and of its heart, RGB, shape (2, 3)."""
    hue, saturation, value = np.array(COLOURS[name]) + rng.normal(0, 1, 3) * _SPREAD
    heart = (hue + rng.normal(0, 0.02), saturation * rng.uniform(0.6, 1.25), value * rng.uniform(0.7, 1.02))
    tones = np.array([(hue, saturation, value), heart])
    return grounds.hsv(tones[:, 0] % 1, np.clip(tones[:, 1], 0, 1), np.clip(tones[:, 2], 0, 1))


def green(rng: Rng, bluish: float = 0.0) -> np.ndarray:
    """Return a leaf's green, RGB."""
    hue = rng.uniform(0.21, 0.31) + 0.09 * bluish
    return grounds.hsv(hue, rng.uniform(0.4, 0.75), rng.uniform(0.28, 0.55))


def yellow(rng: Rng, dark: float = 1.0) -> np.ndarray:
    """Return the yellow of pollen, RGB."""
    return grounds.hsv(rng.uniform(0.115, 0.145), rng.uniform(0.85, 1), rng.uniform(0.8, 0.98) * dark)
