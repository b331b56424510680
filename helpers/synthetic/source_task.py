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

from helpers.synthetic import camera, grounds
from helpers.synthetic.camera import Light
from helpers.synthetic.formulas import FAMILIES, Family
from helpers.synthetic.surfaces import Cloud, merge, ribbon, rotation, tube

SHAPES_PER_FAMILY = 10
PALETTES_PER_SHAPE = 2
PALETTES = 44
FINENESS = 1.5  # see `camera.FINENESS`; pictures for training need not be as smooth as those to look at
TASK_SEED = 20  # decides all traits and palettes; another number is another task
GROUNDS = ("far leaves", "clouds of colour", "plain", "soil", "blades", "sky", "clutter", "texture")
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
    colours = _jittered(palette(source_class.palette), rng)
    light = _light(rng)
    ground = int(rng.integers(len(GROUNDS)))
    picture = _ground(ground, size, rng, light)
    if family.fills and rng.random() < 0.55:
        count = 0
        layer = _full_frame(family, source_class.traits, colours, rng, size)
        blur = 0.0
    else:
        count = int(rng.choice([1, 2, 3], p=[0.5, 0.25, 0.25]))
        layer = _scene(family, source_class.traits, colours, count, rng, size)
        blur = float(rng.choice([0, 0, rng.uniform(0.3, 1.4)]))
    picture = camera.over(picture, _shoot(layer, size, light, blur))
    if rng.random() < 0.2:
        picture = camera.over(picture, _shoot(_obstacles(rng, size), size, light, rng.uniform(0, 4)))
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
        "ground": len(GROUNDS),
    }


def as_row(factors: Factors) -> np.ndarray:
    """Return the factors as an array of int32, in the order of their fields."""
    return np.array(list(asdict(factors).values()), np.int32)


def _shoot(cloud: Cloud, size: int, light: Light, blur: float) -> tuple[np.ndarray, np.ndarray]:
    return camera.shoot(cloud, size, light, float(blur), FINENESS)


def _jittered(colours: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    shaken = colours + rng.normal(0, 1, colours.shape) * np.array([0.018, 0.07, 0.07])
    return grounds.hsv(shaken[:, 0] % 1, np.clip(shaken[:, 1], 0, 1), np.clip(shaken[:, 2], 0.04, 1))


def _light(rng: np.random.Generator) -> Light:
    return Light(
        azimuth=rng.uniform(0, 2 * np.pi),
        height=rng.uniform(0.4, 1.5),
        ambient=rng.uniform(0.3, 0.75),
        warmth=float(np.clip(rng.normal(0, 0.6), -1.2, 1.2)),
        exposure=rng.uniform(0.8, 1.5),
        haze=float(rng.choice([0, 0, 0, rng.uniform(0, 0.3)])),
    )


def _scene(family: Family, traits: dict, colours, count: int, rng, size: int) -> Cloud:
    pixels = size * FINENESS / 2
    copies = {1: 1, 2: int(rng.integers(2, 5)), 3: int(rng.integers(5, 15))}[count]
    largest = {1: rng.uniform(0.55, 1.5), 2: rng.uniform(0.4, 0.8), 3: rng.uniform(0.22, 0.55)}[count]
    standing = rng.random() < 0.35
    stem_colour = grounds.hsv(rng.uniform(0.18, 0.36), rng.uniform(0.3, 0.8), rng.uniform(0.2, 0.6))
    models, parts = [], []
    for number in range(copies):
        scale = largest * rng.uniform(0.75, 1.1)
        if len(models) < 2:  # two different ones are enough: the others are these, turned and moved
            models.append(family.build(traits, colours, rng, pixels * scale))
        off = 0.28 * rng.standard_normal(2) if copies == 1 else rng.uniform(-0.9, 0.9, 2)
        place = np.array([*off, -0.3 * number])
        turn = rotation(float(np.abs(rng.normal(0, 0.6)).clip(0, 1.4)), rng.uniform(0, 6.28), _spin(family, rng))
        parts.append(models[number % 2].moved(turn, scale, place))
        if standing:
            parts.append(_stem(place, scale, stem_colour, rng, pixels))
    return merge(parts)


def _spin(family: Family, rng) -> float:
    # What grows has an up and a down, though not always.
    upright = family.name in ("tree", "fan", "helix", "cup")
    return rng.normal(0, 0.35) if upright and rng.random() < 0.7 else rng.uniform(0, 6.28)


def _stem(place, scale, colour, rng, pixels) -> Cloud:
    s = np.linspace(0, 1, 10)[:, None]
    foot = np.array([place[0] + rng.normal(0, 0.4), -1.3, place[2] - 0.3])
    start = place - np.array([0, 0, 0.25 * scale])
    path = start * (1 - s) + foot * s + np.sin(s * 3.14) * np.array([rng.normal(0, 0.15), 0, 0])
    stem = tube(path, scale * rng.uniform(0.03, 0.07), colour, pixels)
    if rng.random() < 0.5:
        return stem
    joint = path[int(rng.integers(3, 7))]
    u = np.linspace(0, 1, 8)[:, None]
    leaf = joint + u * np.array([rng.choice([-1, 1]) * rng.uniform(0.3, 0.8), rng.uniform(0, 0.6), 0.2])
    half = rng.uniform(0.05, 0.15) * np.sin(np.linspace(0, np.pi, 8) ** 0.9)
    return merge([stem, ribbon(leaf, half, (0.3, 1, 0.3), colour * rng.uniform(0.8, 1.2), pixels, 0.4)])


def _full_frame(family, traits, colours, rng, size) -> Cloud:
    pixels = size * FINENESS / 2
    scale = rng.uniform(1.35, 2.0)
    swatch = family.build(traits, colours, rng, pixels * scale)
    return swatch.moved(rotation(rng.uniform(0, 0.35), rng.uniform(0, 6.28), rng.uniform(-0.3, 0.3)), scale)


def _obstacles(rng, size) -> Cloud:
    pixels = size * FINENESS / 2
    if rng.random() < 0.6:
        return grounds.blades(rng, int(rng.integers(1, 6)), pixels, depth=(1, 1.2), hue=(0.1, 0.45), width=(0.01, 0.06))
    angle = rng.uniform(0, 3.14)
    along = np.array([np.cos(angle), np.sin(angle), 0])
    path = np.linspace(-1.6, 1.6, 12)[:, None] * along + np.array([*rng.uniform(-0.6, 0.6, 2), 1.0])
    return tube(path, rng.uniform(0.02, 0.08), rng.uniform(0.05, 0.9, 3), pixels)


def _ground(kind: int, size: int, rng, light: Light) -> np.ndarray:
    name = GROUNDS[kind]
    greenish = rng.random() < 0.5
    hue = rng.uniform(0.18, 0.4) if greenish else rng.uniform()
    tones = grounds.hsv(
        (hue + rng.normal(0, 0.05, 5)) % 1, rng.uniform(0.15, 0.8, 5), np.sort(rng.uniform(0.03, 0.75, 5))
    )
    if name == "far leaves":
        return grounds.scatter(size, rng, tones, int(rng.integers(10, 60)), (0.03, 0.3))
    if name == "clouds of colour":
        return grounds.gradient(grounds.noise(size, rng, int(rng.integers(2, 6)), 4), tones)
    if name == "plain":
        if rng.random() < 0.3:  # a studio, black or white
            tones = tones * 0.1 if rng.random() < 0.5 else 0.85 + 0.15 * tones
        ramp = np.add.outer(np.linspace(0, rng.uniform(-1, 1), size), np.linspace(0, rng.uniform(-1, 1), size))
        return grounds.gradient((ramp - ramp.min()) / (np.ptp(ramp) + 1e-6), tones[rng.choice(5, 2)])
    if name == "soil":
        brown = grounds.hsv(rng.uniform(0.04, 0.12, 4), rng.uniform(0.2, 0.6, 4), np.sort(rng.uniform(0.04, 0.6, 4)))
        return grounds.gradient(grounds.noise(size, rng, int(rng.integers(6, 20)), 5, 0.85), brown)
    if name == "blades":
        back = grounds.gradient(grounds.noise(size, rng, 3, 3), tones * 0.5)
        cloud = grounds.blades(rng, int(rng.integers(12, 40)), size * FINENESS / 2, hue=(hue - 0.06, hue + 0.06))
        return camera.over(back, _shoot(cloud, size, light, rng.uniform(0, 2.5)))
    if name == "sky":
        blue = grounds.hsv(rng.uniform(0.53, 0.64, 3), np.sort(rng.uniform(0.02, 0.7, 3)), rng.uniform(0.5, 1.0, 3))
        heights = 0.7 * np.linspace(0, 1, size)[:, None] + 0.3 * grounds.noise(size, rng, 3, 4)
        return grounds.gradient(np.clip(heights, 0, 1), blue)
    if name == "clutter":
        any_hue = grounds.hsv(rng.uniform(0, 1, 6), rng.uniform(0, 0.8, 6), rng.uniform(0.1, 0.9, 6))
        return grounds.scatter(size, rng, any_hue, int(rng.integers(6, 25)), (0.02, 0.2))
    texture = FAMILIES[int(rng.choice([n for n, family in enumerate(FAMILIES) if family.fills]))]
    any_traits = texture.traits(rng, int(rng.integers(SHAPES_PER_FAMILY)))
    layer = _full_frame(texture, any_traits, tones[[0, 2, 3, 4]], rng, size)
    return _shoot(layer, size, light, rng.uniform(0, 2))[0]
