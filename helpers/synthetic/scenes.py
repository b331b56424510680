"""Scenes of the source task: where its subjects stand, how they are lit, what is behind and before them."""

import numpy as np

from helpers.synthetic import camera, grounds
from helpers.synthetic.camera import Light
from helpers.synthetic.formulas import FAMILIES, SHAPES_PER_FAMILY, Family
from helpers.synthetic.surfaces import Cloud, merge, ribbon, rotation, tube

GROUNDS = ("far leaves", "clouds of colour", "plain", "soil", "blades", "sky", "clutter", "texture")
FINENESS = 1.5  # see `camera.FINENESS`; pictures for training need not be as smooth as those to look at


def random_light(rng: np.random.Generator) -> Light:
    """Return light from anywhere, warm or cold, strong or weak."""
    return Light(
        azimuth=rng.uniform(0, 2 * np.pi),
        height=rng.uniform(0.4, 1.5),
        ambient=rng.uniform(0.3, 0.75),
        warmth=float(np.clip(rng.normal(0, 0.6), -1.2, 1.2)),
        exposure=rng.uniform(0.8, 1.5),
        haze=float(rng.choice([0, 0, 0, rng.uniform(0, 0.3)])),
    )


def arrange(family: Family, traits: dict, colours, count: int, rng, size: int) -> Cloud:
    """Return one, a few or many copies of a subject, turned and placed at random, some on stems."""
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


def full_frame(family, traits, colours, rng, size) -> Cloud:
    """Return a texture that fills the picture."""
    pixels = size * FINENESS / 2
    scale = rng.uniform(1.35, 2.0)
    swatch = family.build(traits, colours, rng, pixels * scale)
    return swatch.moved(rotation(rng.uniform(0, 0.35), rng.uniform(0, 6.28), rng.uniform(-0.3, 0.3)), scale)


def obstacles(rng, size) -> Cloud:
    """Return what stands before the subject: blades of grass or a rod."""
    pixels = size * FINENESS / 2
    if rng.random() < 0.6:
        return grounds.blades(rng, int(rng.integers(1, 6)), pixels, depth=(1, 1.2), hue=(0.1, 0.45), width=(0.01, 0.06))
    angle = rng.uniform(0, 3.14)
    along = np.array([np.cos(angle), np.sin(angle), 0])
    path = np.linspace(-1.6, 1.6, 12)[:, None] * along + np.array([*rng.uniform(-0.6, 0.6, 2), 1.0])
    return tube(path, rng.uniform(0.02, 0.08), rng.uniform(0.05, 0.9, 3), pixels)


def paint_ground(kind: int, size: int, rng, light: Light) -> np.ndarray:
    """Return the picture of a ground, one of `GROUNDS` by number, (size, size, 3) float32."""
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
        return camera.over(back, shoot(cloud, size, light, rng.uniform(0, 2.5)))
    if name == "sky":
        blue = grounds.hsv(rng.uniform(0.53, 0.64, 3), np.sort(rng.uniform(0.02, 0.7, 3)), rng.uniform(0.5, 1.0, 3))
        heights = 0.7 * np.linspace(0, 1, size)[:, None] + 0.3 * grounds.noise(size, rng, 3, 4)
        return grounds.gradient(np.clip(heights, 0, 1), blue)
    if name == "clutter":
        any_hue = grounds.hsv(rng.uniform(0, 1, 6), rng.uniform(0, 0.8, 6), rng.uniform(0.1, 0.9, 6))
        return grounds.scatter(size, rng, any_hue, int(rng.integers(6, 25)), (0.02, 0.2))
    texture = FAMILIES[int(rng.choice([n for n, family in enumerate(FAMILIES) if family.fills]))]
    any_traits = texture.traits(rng, int(rng.integers(SHAPES_PER_FAMILY)))
    layer = full_frame(texture, any_traits, tones[[0, 2, 3, 4]], rng, size)
    return shoot(layer, size, light, rng.uniform(0, 2))[0]


def shoot(cloud: Cloud, size: int, light: Light, blur: float) -> tuple[np.ndarray, np.ndarray]:
    """Draw a cloud as `camera.shoot` does, less finely."""
    return camera.shoot(cloud, size, light, float(blur), FINENESS)
