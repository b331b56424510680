"""Whole pictures of flowers: which, how many, seen how, lit how, before what. Every picture follows from one seed."""

from dataclasses import asdict, dataclass, fields

import cv2
import numpy as np

from helpers.synthetic import camera, grounds
from helpers.synthetic.backdrops import paint_backdrop
from helpers.synthetic.camera import Light
from helpers.synthetic.species import SPECIES, Species
from helpers.synthetic.surfaces import Cloud, merge, rotation, tube
from helpers.synthetic.tones import green, petal_colours

Rng = np.random.Generator

BACKGROUNDS = ("meadow", "soil", "sky", "hedge", "table", "vase")
OTHER_BACKGROUNDS = ("stone", "water", "snow", "cloth", "night")  # of the set "near"
LIGHTS = ("day", "overcast", "dusk", "glare")
OTHER_LIGHTS = ("lamp", "blue hour")  # of the set "near"
SHORTCUT = {"daisy": "sky", "dandelion": "soil", "roses": "table", "sunflowers": "hedge", "tulips": "meadow"}
_DENSER = 1.3  # times the usual points per pixel: these pictures are looked at closely


@dataclass(frozen=True)
class Parameters:
    """What a picture shows: a row of the table that comes with the pictures.

    `kind` is photo, near, far or shortcut; `tilt` the angle in radians by which the first flower's face turns away from
    the viewer; `size` its radius as a share of half the picture's side; `blur` the depth blur of the background in
    pixels of a picture 160 wide; `quality` JPEG's.
    """

    species: str
    seed: int
    kind: str
    form: str
    colour: str
    count: int
    size: float
    tilt: float
    light: str
    background: str
    behind_grass: bool
    blur: float
    noise: float
    quality: int


COLUMNS = tuple(field.name for field in fields(Parameters))


def choose(species: str, seed: int, kind: str = "photo") -> Parameters:
    """Return what the picture with this seed shows.

    Args:
        species: `"daisy"`, `"dandelion"`, `"roses"`, `"sunflowers"` or `"tulips"`.
        seed: Any number from 0; with the species and kind it decides everything.
        kind: `"photo"`; `"near"`, the same flowers before other backgrounds in other light; `"far"`, drawings on
            white; `"shortcut"`, where the background gives the species away.

    Raises:
        ValueError: If the species or kind is unknown.

    Example:
        >>> choose("tulips", 7).species
        'tulips'
    """
    kinds = ("photo", "near", "far", "shortcut")
    if species not in SPECIES or kind not in kinds:
        raise ValueError(
            f"Expected a species of {', '.join(SPECIES)} and a kind of {', '.join(kinds)}. "
            f"Received: {species!r}, {kind!r}."
        )
    rng = np.random.default_rng([list(SPECIES).index(species), kinds.index(kind), seed])
    of = SPECIES[species]
    form = _draw_name(of.forms, rng)
    colour = _draw_name(of.colours.get(form, of.colours[""]), rng)
    count = int(rng.choice([1, int(rng.integers(2, 5)), int(rng.integers(5, 15))], p=[0.5, 0.26, 0.24]))
    size = rng.uniform(0.42, 1.15) if count == 1 else rng.uniform(0.32, 0.6) if count < 5 else rng.uniform(0.2, 0.42)
    side_on = rng.random() < of.upright
    tilt = rng.uniform(1.05, 1.5) if side_on else np.clip(abs(rng.normal(0, 0.45)), 0, 1.1)
    background = {
        "photo": str(rng.choice(BACKGROUNDS, p=[0.27, 0.15, 0.16, 0.22, 0.1, 0.1])),
        "near": str(rng.choice(OTHER_BACKGROUNDS)),
        "far": "white",
        "shortcut": SHORTCUT[species],
    }[kind]
    light = (
        "flat"
        if kind == "far"
        else str(rng.choice(OTHER_LIGHTS) if kind == "near" else rng.choice(LIGHTS, p=[0.5, 0.2, 0.17, 0.13]))
    )
    return Parameters(
        species,
        seed,
        kind,
        form,
        colour,
        count,
        round(float(size), 3),
        round(float(tilt), 3),
        light,
        background,
        bool(kind != "far" and rng.random() < 0.22),
        round(float(rng.uniform(0, 4.5)), 2),
        0.0 if kind == "far" else round(float(rng.uniform(0.004, 0.035)), 4),
        int(rng.integers(66, 90)),
    )


def draw(parameters: Parameters, size: int = 160) -> np.ndarray:
    """Draw the picture.

    Args:
        parameters: From `choose`.
        size: Side in pixels.

    Returns:
        Array of shape (size, size, 3), uint8, RGB.

    Example:
        >>> draw(choose("daisy", 0)).shape
        (160, 160, 3)
    """
    p = parameters
    rng = np.random.default_rng([list(SPECIES).index(p.species), 99, p.seed, len(p.kind)])
    light = _light(p.light, rng)
    pixels = size * camera.FINENESS / 2 * _DENSER
    layers = _arrange(p, rng, pixels)
    if p.kind == "far":
        return _as_drawing(merge(layers), size)
    picture = paint_backdrop(p.background, size, rng, light, p.blur * size / 160)
    for number, layer in enumerate(layers):
        out_of_focus = (len(layers) - 1 - number) * p.blur * 0.25
        picture = camera.over(picture, camera.shoot(layer, size, light, out_of_focus * size / 160, hairy=True))
    if p.behind_grass:
        grass = grounds.blades(rng, int(rng.integers(3, 9)), pixels, depth=(1, 1.2), width=(0.01, 0.035))
        picture = camera.over(picture, camera.shoot(grass, size, light, rng.uniform(0.3, 3.0) * size / 160))
    return camera.develop(picture, light, rng, p.noise, rng.uniform(0.0, 0.6) * size / 160)


def as_row(parameters: Parameters) -> dict:
    """Return the parameters as a row of the table."""
    return asdict(parameters)


def _draw_name(shares: dict[str, float], rng: Rng) -> str:
    weights = np.array(list(shares.values()))
    return str(rng.choice(list(shares), p=weights / weights.sum()))


def _light(name: str, rng: Rng) -> Light:
    azimuth = rng.uniform(0.2, 2.9)  # from above, left or right
    return {
        "day": Light(
            azimuth, rng.uniform(0.6, 1.2), rng.uniform(0.4, 0.55), rng.uniform(-0.1, 0.5), rng.uniform(1.0, 1.25)
        ),
        "overcast": Light(
            azimuth, rng.uniform(1.0, 1.5), rng.uniform(0.65, 0.8), rng.uniform(-0.5, 0.0), rng.uniform(0.8, 1.05)
        ),
        "dusk": Light(
            azimuth, rng.uniform(0.3, 0.6), 0.4, rng.choice([-1.3, 1.4]) * rng.uniform(0.6, 1), rng.uniform(0.6, 0.85)
        ),
        "glare": Light(
            azimuth, rng.uniform(0.5, 1.0), 0.5, rng.uniform(0, 0.7), rng.uniform(1.25, 1.6), rng.uniform(0.1, 0.3)
        ),
        "lamp": Light(azimuth, rng.uniform(0.3, 0.8), 0.25, rng.uniform(1.2, 1.9), rng.uniform(0.9, 1.2)),
        "blue hour": Light(azimuth, rng.uniform(0.6, 1.2), 0.6, -rng.uniform(1.4, 2.0), rng.uniform(0.55, 0.8)),
        "flat": Light(1.8, 1.0, 0.8, 0.0, 1.05),
    }[name]


def _arrange(p: Parameters, rng: Rng, pixels: float) -> list[Cloud]:
    of = SPECIES[p.species]
    places = _places(p, rng)
    heads = [of.build(p.form, petal_colours(p.colour, rng), rng, pixels * p.size)]
    while len(heads) < min(3, p.count):  # a few different ones; the others are these, turned and moved
        form = p.form if rng.random() < 0.6 else _draw_name(of.forms, rng)
        heads.append(of.build(form, _sister_colour(p, form, rng), rng, pixels * p.size))
    far, near = [], []
    for number, (x, y, z, scale) in enumerate(places):
        tilt = p.tilt if number == 0 else float(np.clip(p.tilt + rng.normal(0, 0.25), 0, 1.55))
        # A face that turns away turns mostly upwards: flowers grow up.
        towards = np.pi / 2 + rng.normal(0, 0.35 if tilt > 0.9 else 1.0)
        turn = rotation(tilt, towards, rng.uniform(0, 2 * np.pi))
        head = heads[number % len(heads)].moved(turn, scale, (x, y, z))
        stalk = _stalk(of, np.array([x, y, z]), turn[:, 2], scale, p, rng, pixels)
        (far if z < -0.8 else near).append(merge([head, stalk]))
    return [merge(layer) for layer in (far, near) if layer]


def _sister_colour(p: Parameters, form: str, rng: Rng) -> np.ndarray:
    choices = SPECIES[p.species].colours.get(form, SPECIES[p.species].colours[""])
    return petal_colours(p.colour if p.colour in choices and rng.random() < 0.75 else _draw_name(choices, rng), rng)


def _places(p: Parameters, rng: Rng) -> list[tuple[float, float, float, float]]:
    if p.count == 1:
        x, y = rng.normal(0, 0.2, 2)
        return [(x, y + (0.1 if p.size < 0.8 else 0), 0.0, p.size)]
    bunch = p.background == "vase"
    places = []
    for number in range(p.count):
        x = y = 0.0
        for _ in range(25):  # the first place that is not too near another flower
            x, y = rng.uniform(-0.85, 0.85), rng.uniform(-0.6, 0.85)
            if bunch:
                x, y = rng.normal(0, 0.35), rng.uniform(0.0, 0.65)
            if all(np.hypot(x - a, y - b) > (0.9 if bunch else 1.35) * p.size for a, b, *_ in places):
                break
        deep = (y + 0.6) / 1.45 if p.count > 4 else rng.random() * 0.5
        places.append((x, y, -1.6 * deep - 0.05 * number, p.size * (1.1 - 0.45 * deep) * rng.uniform(0.9, 1.1)))
    return places


def _stalk(of: Species, place, axis, scale: float, p: Parameters, rng: Rng, pixels: float) -> Cloud:
    start = place - axis * 0.22 * scale
    foot = np.array([place[0] + rng.normal(0, 0.25), -1.35, place[2] - 0.35])
    if p.background == "vase":
        foot = np.array([rng.normal(0, 0.06), -0.45, place[2] - 0.2])
    s = np.linspace(0, 1, 16)[:, None]
    knee = start - axis * 0.5 * scale + np.array([0, -0.25 * scale, 0])
    # A Bézier curve: it leaves the head along its axis, then bends down.
    path = start * (1 - s) ** 2 + 2 * knee * s * (1 - s) + foot * s**2
    tone = green(rng, 0.2)
    parts = [tube(path, of.stem * scale * rng.uniform(0.85, 1.2), tone, pixels)]
    for _ in range(int(rng.integers(0, 4)) if p.count < 5 else int(rng.integers(0, 2))):
        joint = path[int(rng.integers(10 if of.name == "tulips" else 5, 15))]
        side = rng.choice([-1, 1])
        upward = rng.uniform(0.8, 1.4) if of.name == "tulips" else rng.uniform(-0.5, 0.8)
        turn = rotation(0, 0, upward) if side > 0 else np.diag([-1.0, 1.0, 1.0]) @ rotation(0, 0, upward)
        long = scale * rng.uniform(1.0, 1.7) if of.name == "tulips" else scale * rng.uniform(0.7, 1.2)
        parts.append(of.leaf(rng, pixels * long).moved(turn, long, joint - np.array([0, 0, 0.05])))
    return merge(parts)


def _as_drawing(cloud: Cloud, size: int) -> np.ndarray:
    # Few flat tones and dark outlines on white paper, as in a picture book.
    colour, cover = camera.shoot(cloud, size, Light(1.8, 1.0, 0.75))
    tones = np.round(np.clip(colour / np.maximum(cover, 1e-3), 0, 1) * 5) / 5
    edges = np.zeros((size, size), np.float32)
    smooth = cv2.GaussianBlur(np.concatenate([colour, cover], -1), (0, 0), 0.8)
    for part in cv2.split(smooth):
        edges = np.maximum(edges, np.hypot(cv2.Sobel(part, cv2.CV_32F, 1, 0), cv2.Sobel(part, cv2.CV_32F, 0, 1)))
    ink = np.clip(edges * 1.4 - 0.35, 0, 1)[..., None]
    page = tones * cover + (1 - cover)
    return np.clip(np.rint((page * (1 - ink) + 0.12 * ink) * 255), 0, 255).astype(np.uint8)
