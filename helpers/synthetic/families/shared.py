"""What several families are built with: Gielis's superformula, Vogel's spiral, veins.

Superformula: Gielis, "A generic geometric transformation that unifies a wide range of natural and abstract shapes",
2003. Phyllotaxis: Vogel, "A better way to construct the sunflower head", 1979.
"""

import numpy as np

from helpers.synthetic.surfaces import Cloud, balls

GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))
Rng = np.random.Generator


def superformula(angle: np.ndarray, m: float, n1: float, n2: float, n3: float) -> np.ndarray:
    """Return the radius of Gielis's curve in each direction (radians), 1 at its largest."""
    inner = np.abs(np.cos(m * angle / 4)) ** n2 + np.abs(np.sin(m * angle / 4)) ** n3
    radius = np.clip(inner, 1e-4, None) ** (-1 / n1)
    return radius / radius.max()


def veined(
    colours: np.ndarray, rng: Rng, veins: float = 7.0, depth: float = 0.18, fade: float = 1.2, heart: float = 0.25
):
    """Return a painter for petals: from the second colour at the heart to the first at the tip, with veins along it."""
    phase, own = rng.uniform(0, 6, 64), 1 + 0.07 * rng.standard_normal(64)

    def paint(u, v, number):
        blend = np.clip((u - heart * 0.3) / max(heart, 1e-3), 0, 1)[..., None] ** fade
        base = colours[1] * (1 - blend) + colours[0] * blend
        stripes = np.sin(v * veins * (1 + 0.4 * u) + phase[number % 64]) + 0.5 * np.sin(v * veins * 2.3 + 1.7 * u)
        rim = 1 - 0.22 * np.abs(v) ** 4 + 0.1 * u
        shade = (1 - depth * np.clip(stripes, -1, 1) * (1 - 0.5 * u)) * rim * own[number % 64]
        return base * shade[..., None]

    return paint


def around(count: int, start: float = 0.0) -> np.ndarray:
    """Return `count` directions evenly round the circle, radians."""
    return start + np.arange(count) * (2 * np.pi / count)


def golden(count: int, start: float = 0.0) -> np.ndarray:
    """Return `count` directions, each a golden angle after the one before."""
    return start + np.arange(count) * GOLDEN_ANGLE


def seeds(
    count: int, radius: float, dome: float, size: float, colours, pixels: float, divergence: float = GOLDEN_ANGLE
) -> Cloud:
    """Return a head of small balls in spiral order (Vogel's), rising to `dome` in the middle."""
    place = np.sqrt((np.arange(count) + 0.5) / count)
    angle = np.arange(count) * divergence
    centre = np.stack([radius * place * np.cos(angle), radius * place * np.sin(angle), dome * (1 - place**2)], -1)
    blend = place[:, None] ** 2
    return balls(centre, size * radius / np.sqrt(count), colours[0] * (1 - blend) + colours[1] * blend, pixels)
