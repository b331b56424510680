"""The five species: which forms and colours they come in, how they are held, what their leaves are like."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from helpers.synthetic import blossoms
from helpers.synthetic.surfaces import Cloud, profile, ribbon
from helpers.synthetic.tones import green

Rng = np.random.Generator


@dataclass(frozen=True)
class Species:
    """How a species is drawn.

    `forms` and `colours` are names with their shares. `build(form, petal colours, rng, pixels)` makes a head;
    `upright` is how often it is seen from the side; `stem` its radius; `leaf(rng, pixels)` a leaf that starts at the
    origin and reaches to x = 1.
    """

    name: str
    forms: dict[str, float]
    colours: dict[str, dict[str, float]]
    build: Callable[[str, np.ndarray, Rng, float], Cloud]
    upright: float
    stem: float
    leaf: Callable[[Rng, float], Cloud]


def _blade(length_bend: float, width: float, bluish: float, fold: float, lobes: float = 0.0, belly: float = 0.45):
    def leaf(rng: Rng, pixels: float) -> Cloud:
        u = np.linspace(0, 1, 40)
        bend = length_bend * rng.normal(0.6, 0.5)
        path = np.stack([u, bend * u**2, 0.25 * np.sin(u * 3)], -1)
        half = width * rng.uniform(0.8, 1.2) * profile(u, belly, 0.12, 1.5)
        if lobes:
            half = half * (1 - lobes * (0.5 + 0.5 * np.sin(u * rng.uniform(30, 42))))
        tone = green(rng, bluish)

        def paint(along, across):
            rib = 0.28 * np.exp(-((across / 0.09) ** 2))
            veins = 0.1 * np.sin(along * 45 - np.abs(across) * 9)
            return tone * (0.85 + rib + veins + 0.15 * along)[..., None]

        return ribbon(path, half, (-0.3 * bend, 1, rng.normal(0, 0.7)), paint, pixels, fold)

    return leaf


SPECIES: dict[str, Species] = {
    "daisy": Species(
        "daisy",
        {"open": 0.65, "drooping": 0.2, "closing": 0.15},
        {"": {"white": 0.72, "cream": 0.06, "pink": 0.1, "violet": 0.07, "yellow": 0.05}},
        blossoms.daisy,
        0.25,
        0.045,
        _blade(0.3, 0.12, 0.0, 0.3, 0.5, 0.7),
    ),
    "dandelion": Species(
        "dandelion",
        {"head": 0.42, "half open": 0.1, "globe": 0.48},
        {"": {"yellow": 0.7, "gold": 0.3}, "globe": {"white": 0.65, "grey": 0.25, "cream": 0.1}},
        blossoms.dandelion,
        0.35,
        0.05,
        _blade(0.2, 0.16, 0.0, 0.3, 0.75, 0.7),
    ),
    "roses": Species(
        "roses",
        {"bud": 0.15, "half open": 0.25, "open": 0.35, "full": 0.25},
        {
            "": {
                "red": 0.24,
                "dark red": 0.1,
                "pink": 0.22,
                "white": 0.13,
                "yellow": 0.13,
                "cream": 0.06,
                "orange": 0.12,
            }
        },
        blossoms.rose,
        0.45,
        0.05,
        _blade(0.1, 0.3, 0.1, 0.3, 0.12, 0.5),
    ),
    "sunflowers": Species(
        "sunflowers",
        {"open": 0.6, "ragged": 0.25, "opening": 0.15},
        {"": {"yellow": 0.5, "gold": 0.3, "orange": 0.08, "cream": 0.06, "dark red": 0.06}},
        blossoms.sunflower,
        0.2,
        0.075,
        _blade(0.3, 0.42, 0.0, 0.2, 0.06, 0.3),
    ),
    "tulips": Species(
        "tulips",
        {"closed": 0.4, "half open": 0.32, "open": 0.28},
        {
            "": {
                "red": 0.26,
                "yellow": 0.2,
                "pink": 0.17,
                "white": 0.12,
                "purple": 0.11,
                "orange": 0.1,
                "dark red": 0.04,
            }
        },
        blossoms.tulip,
        0.72,
        0.06,
        _blade(0.3, 0.17, 0.6, 0.8, 0.0, 0.4),
    ),
}
