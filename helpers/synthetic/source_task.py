"""The source task: classes of formula-drawn pictures that a network learns before it ever meets a flower.

A class is a shape together with a palette. Each shape comes in two palettes and each palette on many shapes, so
neither alone tells the class. Everything else, how many, how large, turned how, lit how, before what, is drawn anew
for each picture. What is known for free is kept as labels: family, shape, palette, count, ground.

The idea: Kataoka et al., "Pre-training without natural images", 2020, and its follow-ups on radial contours. How near
this comes to flowers is a choice, and it is near: a good part of the families is radial, and many grounds are green.
The model card says so.
"""

from dataclasses import asdict, dataclass

import numpy as np

from helpers.synthetic import camera, grounds, scenes
from helpers.synthetic.formulas import FAMILIES, SHAPES_PER_FAMILY

PALETTES_PER_SHAPE = 2
PALETTES = 44
TASK_SEED = 20  # decides all traits and palettes; another number is another task
COUNTS = ("none", "one", "few", "many")  # none: a texture fills the picture


@dataclass(frozen=True)
class SourceClass:
    """One class: the number and traits of its shape, and its palette."""

    number: int
    shape: int
    family: int
    palette: int
    traits: dict

    @property
    def name(self) -> str:
        """What it is called, such as `"rosette-03 in palette 17"`."""
        return f"{FAMILIES[self.family].name}-{self.shape % SHAPES_PER_FAMILY:02d} in palette {self.palette}"


@dataclass(frozen=True)
class Factors:
    """What is known of a picture because we drew it; each a number that counts from 0."""

    label: int
    shape: int
    family: int
    palette: int
    count: int
    ground: int


def source_classes() -> list[SourceClass]:
    """Return all classes, always the same.

    Example:
        >>> len(source_classes())
        440
    """
    classes = []
    for family_number, family in enumerate(FAMILIES):
        for index in range(SHAPES_PER_FAMILY):
            shape = family_number * SHAPES_PER_FAMILY + index
            rng = np.random.default_rng([TASK_SEED, shape])
            traits = family.traits(rng, index)
            for palette in rng.choice(PALETTES, PALETTES_PER_SHAPE, replace=False):
                classes.append(SourceClass(len(classes), shape, family_number, int(palette), traits))
    return classes


def palette(number: int) -> np.ndarray:
    """Return the four colours of a palette as hue, saturation and value, shape (4, 3)."""
    rng = np.random.default_rng([TASK_SEED, 1000 + number])
    hue = (number * 0.618034) % 1
    main = {
        0: (rng.uniform(0.1, 0.17), rng.uniform(0.0, 0.15), rng.uniform(0.85, 1.0)),  # near white
        1: (rng.uniform(0.11, 0.16), rng.uniform(0.75, 1.0), rng.uniform(0.8, 1.0)),  # yellow
        2: (rng.uniform(0.93, 1.03), rng.uniform(0.6, 0.95), rng.uniform(0.45, 0.9)),  # red
        3: (rng.uniform(0.8, 0.95), rng.uniform(0.25, 0.7), rng.uniform(0.6, 0.95)),  # pink and purple
    }.get(number % 7, (hue, rng.uniform(0.25, 0.95), rng.uniform(0.3, 0.95)))
    second = (main[0] + rng.choice([0.0, 0.04, -0.05, 0.15, 0.5]), rng.uniform(0.1, 0.9), rng.uniform(0.3, 1.0))
    accent = (rng.choice([0.13, 0.09, rng.uniform()]), rng.uniform(0.4, 1.0), rng.uniform(0.3, 0.95))
    dark = (rng.uniform(), rng.uniform(0.2, 0.9), rng.uniform(0.08, 0.5))
    return np.array([main, second, accent, dark])


def draw(source_class: SourceClass, rng: np.random.Generator, size: int = 128) -> tuple[np.ndarray, Factors]:
    """Draw one picture of a class.

    Args:
        source_class: One of `source_classes()`.
        rng: Decides all that differs from picture to picture.
        size: Side in pixels.

    Returns:
        Picture of shape (size, size, 3), uint8, and its `Factors`.
    """
    family = FAMILIES[source_class.family]
    colours = jittered(palette(source_class.palette), rng)
    light = scenes.random_light(rng)
    ground = int(rng.integers(len(scenes.GROUNDS)))
    picture = scenes.paint_ground(ground, size, rng, light)
    if family.fills and rng.random() < 0.55:
        count = 0
        layer = scenes.full_frame(family, source_class.traits, colours, rng, size)
        blur = 0.0
    else:
        count = int(rng.choice([1, 2, 3], p=[0.5, 0.25, 0.25]))
        layer = scenes.arrange(family, source_class.traits, colours, count, rng, size)
        blur = float(rng.choice([0, 0, rng.uniform(0.3, 1.4)]))
    picture = camera.over(picture, scenes.shoot(layer, size, light, blur))
    if rng.random() < 0.2:
        picture = camera.over(picture, scenes.shoot(scenes.obstacles(rng, size), size, light, rng.uniform(0, 4)))
    picture = camera.develop(picture, light, rng, rng.uniform(0.0, 0.03), rng.choice([0.0, 0.0, rng.uniform(0.3, 1.0)]))
    factors = Factors(source_class.number, source_class.shape, source_class.family, source_class.palette, count, ground)
    return picture, factors


def factor_sizes() -> dict[str, int]:
    """Return how many values each factor can take."""
    classes = source_classes()
    return {
        "label": len(classes),
        "shape": len(FAMILIES) * SHAPES_PER_FAMILY,
        "family": len(FAMILIES),
        "palette": PALETTES,
        "count": len(COUNTS),
        "ground": len(scenes.GROUNDS),
    }


def as_row(factors: Factors) -> np.ndarray:
    """Return the factors as an array of int32, in the order of their fields."""
    return np.array(list(asdict(factors).values()), np.int32)


def jittered(colours: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a palette's colours as one picture shows them: each a little off, as RGB from 0 to 1, shape (4, 3)."""
    shaken = colours + rng.normal(0, 1, colours.shape) * np.array([0.018, 0.07, 0.07])
    return grounds.hsv(shaken[:, 0] % 1, np.clip(shaken[:, 1], 0, 1), np.clip(shaken[:, 2], 0.04, 1))
