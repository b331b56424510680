"""Families of shapes that formulas draw: the subjects of the source task. No species of flower is among them.

A family has two functions. Its traits are drawn once for each class and make the class what it is: how many petals,
which exponents, how many turns. It builds one example of a class as a cloud of points about the origin, within a radius
of about 1, from these traits, four colours, and a generator for what differs from example to example.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from helpers.synthetic.families import lines, radial, solids, textures
from helpers.synthetic.surfaces import Cloud

SHAPES_PER_FAMILY = 10

Rng = np.random.Generator


@dataclass(frozen=True)
class Family:
    """A family of shapes: how a class's traits are drawn, and how an example is built from them."""

    name: str
    traits: Callable[[Rng, int], dict]
    build: Callable[[dict, np.ndarray, Rng, float], Cloud]
    fills: bool = False  # a texture: it may fill the whole picture


FAMILIES: list[Family] = [
    Family("rosette", radial.rosette_traits, radial.rosette),
    Family("rays", radial.rays_traits, radial.rays),
    Family("cup", radial.cup_traits, radial.cup),
    Family("nest", radial.nest_traits, radial.nest),
    Family("head", radial.head_traits, radial.head),
    Family("needles", radial.needles_traits, radial.needles),
    Family("plate", solids.plate_traits, solids.plate),
    Family("solid", solids.solid_traits, solids.solid),
    Family("blob", solids.blob_traits, solids.blob),
    Family("bunch", solids.bunch_traits, solids.bunch),
    Family("crystal", solids.crystal_traits, solids.crystal),
    Family("shell", lines.shell_traits, lines.shell),
    Family("knot", lines.knot_traits, lines.knot),
    Family("tree", lines.tree_traits, lines.tree),
    Family("fractal", lines.fractal_traits, lines.fractal),
    Family("fan", lines.fan_traits, lines.fan),
    Family("helix", lines.helix_traits, lines.helix),
    Family("cells", textures.cells_traits, textures.cells, fills=True),
    Family("waves", textures.waves_traits, textures.waves, fills=True),
    Family("marble", textures.marble_traits, textures.marble, fills=True),
    Family("weave", textures.weave_traits, textures.weave, fills=True),
    Family("spots", textures.spots_traits, textures.spots, fills=True),
]
