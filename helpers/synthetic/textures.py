"""Grey pictures of textures and shapes drawn from formulas: a task less far from photographs than spectrograms are.

A class is a family of the source task: cells, knots, shells and so on. What makes a class of the source task, its
traits and its palette, is drawn anew for each picture, so none of that task's classes is among them. Without colour,
and before grounds that have no shapes of their own, only texture and shape tell the families apart.
"""

from dataclasses import asdict, dataclass, fields

import cv2
import numpy as np

from helpers.synthetic import camera, scenes, source_task
from helpers.synthetic.formulas import FAMILIES, SHAPES_PER_FAMILY

CLASSES = tuple(sorted(family.name for family in FAMILIES))
GROUNDS = ("clouds of colour", "plain", "sky", "soil")  # of `scenes.GROUNDS`
QUALITY = 70  # of the JPEGs

_FAMILIES = {family.name: family for family in FAMILIES}


@dataclass(frozen=True)
class Parameters:
    """What a picture shows: a row of the table that comes with the pictures.

    `variant` is which of its family's plans it follows, such as the domes or the cracks of the cells; `palette` the
    colours in which it was drawn before they turned grey; `count` how many there are, `"one"` or `"few"`, or `"none"`
    where a texture fills the picture; `ground` what is behind them.
    """

    name: str
    seed: int
    variant: int
    palette: int
    count: str
    ground: str


COLUMNS = tuple(field.name for field in fields(Parameters))


def choose(name: str, seed: int) -> Parameters:
    """Return what the picture with this seed shows.

    Args:
        name: The name of a family in `formulas.FAMILIES`, such as `"cells"`.
        seed: Any number from 0; with the name it decides everything.

    Raises:
        ValueError: If there is no such family.

    Example:
        >>> choose("cells", 7).name
        'cells'
    """
    if name not in CLASSES:
        raise ValueError(f"Expected a family of {', '.join(CLASSES)}. Received: {name!r}.")
    rng = np.random.default_rng([CLASSES.index(name), 0, seed])
    return Parameters(
        name,
        seed,
        variant=seed % SHAPES_PER_FAMILY,
        palette=int(rng.integers(source_task.PALETTES)),
        count="none" if _FAMILIES[name].fills else str(rng.choice(["one", "few"])),
        ground=str(rng.choice(GROUNDS)),
    )


def draw(parameters: Parameters, size: int = 128) -> np.ndarray:
    """Draw the picture.

    Args:
        parameters: From `choose`.
        size: Side in pixels.

    Returns:
        Array of shape (size, size), uint8, grey.

    Example:
        >>> draw(choose("cells", 0)).shape
        (128, 128)
    """
    p = parameters
    rng = np.random.default_rng([CLASSES.index(p.name), 1, p.seed])
    family, light = _FAMILIES[p.name], scenes.random_light(rng)
    traits = family.traits(rng, p.variant)
    colours = source_task.jittered(source_task.palette(p.palette), rng)
    if p.count == "none":
        shown = scenes.full_frame(family, traits, colours, rng, size)
    else:
        shown = scenes.arrange(family, traits, colours, source_task.COUNTS.index(p.count), rng, size)
    ground = scenes.paint_ground(scenes.GROUNDS.index(p.ground), size, rng, light)
    picture = camera.over(ground, scenes.shoot(shown, size, light, blur=0))
    picture = camera.develop(picture, light, rng, noise=rng.uniform(0, 0.03))
    return cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)


def as_row(parameters: Parameters) -> dict:
    """Return the parameters as a row of the table."""
    return asdict(parameters)
