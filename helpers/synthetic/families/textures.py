"""Textures: cells, waves, marble, weaves, spots. They may fill the whole picture or be a scrap of something."""

import numpy as np

from helpers.synthetic import grounds
from helpers.synthetic.surfaces import Cloud, sheet, steps


def _swatch(heights: np.ndarray, colours: np.ndarray, relief: float) -> Cloud:
    side = heights.shape[0]
    y, x = np.meshgrid(np.linspace(1, -1, side), np.linspace(-1, 1, side), indexing="ij")
    position = np.stack([x, y, relief * heights], -1)
    cloud = sheet(position, grounds.gradient(heights, colours))
    facing = np.where(cloud.normal[:, 2:] < 0, -1, 1)
    return Cloud(cloud.position, cloud.colour, cloud.normal * facing)


def _grid(pixels):
    side = steps(2, pixels)
    x, y = np.meshgrid(np.linspace(-1, 1, side), np.linspace(-1, 1, side))
    return side, x, y


def _turned(x, y, rng, often):
    angle = rng.uniform(0, np.pi)
    return (x * np.cos(angle) + y * np.sin(angle)) * often, (y * np.cos(angle) - x * np.sin(angle)) * often


def cells_traits(rng, index):
    return {
        "count": int(rng.integers(12, 90)),
        "kind": ["domes", "walls", "flat", "cracks", "rings"][index % 5],
        "relief": rng.uniform(0.05, 0.35),
    }


def cells(t, colours, rng, pixels):
    side, x, y = _grid(pixels)
    count = max(4, int(t["count"] * rng.uniform(0.7, 1.3)))
    centres = rng.uniform(-1.1, 1.1, (count, 2))
    nearest, second, owner = np.full((3, side, side), 9.0)
    for number, (a, b) in enumerate(centres):
        distance = np.hypot(x - a, y - b)
        closer = distance < nearest
        second = np.where(closer, nearest, np.minimum(second, distance))
        owner = np.where(closer, number, owner)
        nearest = np.minimum(nearest, distance)
    unit = 1.6 / np.sqrt(count)
    if t["kind"] == "domes":
        heights = np.clip(1 - nearest / unit, 0, 1)
    elif t["kind"] == "walls":
        heights = np.clip((second - nearest) / unit * 2, 0, 1)
    elif t["kind"] == "flat":
        heights = (owner * 0.618) % 1
    elif t["kind"] == "cracks":
        heights = ((second - nearest) > 0.12 * unit) * (0.6 + 0.4 * ((owner * 0.618) % 1))
    else:
        heights = 0.5 + 0.5 * np.sin(nearest / unit * 14)
    return _swatch(heights.astype(np.float32), colours[:3], t["relief"])


def waves_traits(rng, index):
    return {
        "often": rng.uniform(3, 16),
        "bend": rng.uniform(0, 2.5),
        "kind": ["stripes", "rings", "crossed", "star", "spiral"][index % 5],
        "sharp": rng.uniform(0.5, 4),
        "arms": int(rng.integers(3, 12)),
        "relief": rng.uniform(0.0, 0.25),
    }


def waves(t, colours, rng, pixels):
    side, x, y = _grid(pixels)
    a, b = _turned(x, y, rng, t["often"] * rng.uniform(0.8, 1.25))
    wobble = t["bend"] * grounds.noise(side, rng, 3, 2) * 3
    radius, angle = np.hypot(x, y), np.arctan2(y, x)
    phase = {
        "stripes": a + wobble,
        "rings": t["often"] * 1.5 * radius + wobble,
        "star": t["arms"] * angle + wobble,
        "spiral": t["arms"] * angle + t["often"] * 1.5 * np.log(radius + 0.05) + wobble * 0.5,
    }.get(t["kind"])
    wave = np.sin(a + wobble) * np.sin(b + wobble) if phase is None else np.sin(phase)
    return _swatch(0.5 + 0.5 * np.tanh(t["sharp"] * wave), colours[:3], t["relief"])


def marble_traits(rng, index):
    return {
        "coarse": int(rng.integers(2, 7)),
        "fold": rng.uniform(2, 14),
        "octaves": [2, 3, 4, 5, 6][index % 5],
        "ridged": bool(rng.integers(2)),
        "relief": rng.uniform(0, 0.3),
    }


def marble(t, colours, rng, pixels):
    side, _, _ = _grid(pixels)
    heights = grounds.noise(side, rng, t["coarse"], t["octaves"])
    folded = np.sin(heights * t["fold"] * 2)
    heights = 1 - np.abs(folded) if t["ridged"] else 0.5 + 0.5 * folded
    return _swatch(heights.astype(np.float32), colours[:3], t["relief"])


def weave_traits(rng, index):
    return {
        "often": rng.uniform(4, 14),
        "plan": ["plain", "twill", "basket", "knit", "bricks"][index % 5],
        "gap": rng.uniform(0.05, 0.35),
        "relief": rng.uniform(0.02, 0.12),
    }


def weave(t, colours, rng, pixels):
    _, x, y = _grid(pixels)
    a, b = _turned(x, y, rng, t["often"] * rng.uniform(0.8, 1.25) / 2)
    if t["plan"] == "bricks":
        a = a + 0.5 * (np.floor(b * 2) % 2)
        heights = ((a % 1) > t["gap"] * 0.5) & ((b * 2 % 1) > t["gap"])
        heights = heights * (0.7 + 0.3 * ((np.floor(a) * 0.37 + np.floor(b * 2) * 0.61) % 1))
        return _swatch(heights.astype(np.float32), colours[:3], t["relief"])
    i, j = np.floor(a), np.floor(b)
    over_ = {
        "plain": (i + j) % 2,
        "twill": (i + j) % 4 < 2,
        "basket": (i // 2 + j // 2) % 2,
        "knit": (i + 2 * j) % 3 < 1,
    }[t["plan"]]
    across = np.sin((a % 1) * np.pi) ** 0.6
    along = np.sin((b % 1) * np.pi) ** 0.6
    heights = np.where(over_ > 0, across, 0.45 * along)
    return _swatch(np.clip(heights - t["gap"] * 0.3, 0, 1).astype(np.float32), colours[:3], t["relief"])


def spots_traits(rng, index):
    return {
        "coarse": int(rng.integers(6, 22)),
        "level": rng.uniform(-0.4, 0.4),
        "soft": rng.uniform(2, 14),
        "stretch": [1, 1, 2, 3, 5][index % 5],
        "relief": rng.uniform(0, 0.2),
    }


def spots(t, colours, rng, pixels):
    side, _, _ = _grid(pixels)
    fine = grounds.noise(side, rng, t["coarse"], 1) - 0.5
    if t["stretch"] > 1:
        strip = fine[: max(2, side // t["stretch"]), :]
        rows = np.linspace(0, len(strip) - 1, side)
        low = np.floor(rows).astype(int)
        high = np.minimum(low + 1, len(strip) - 1)
        fine = strip[low] + (strip[high] - strip[low]) * (rows - low)[:, None]
    heights = 0.5 + 0.5 * np.tanh((fine * 4 + t["level"]) * t["soft"] / 2)
    return _swatch(heights.astype(np.float32), colours[:3], t["relief"])
