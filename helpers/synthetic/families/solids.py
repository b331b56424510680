"""Contours and solids: plates, supershapes, swollen balls, bunches, crystals."""

import numpy as np

from helpers.synthetic.families.shared import GOLDEN_ANGLE, around, superformula
from helpers.synthetic.surfaces import balls, merge, rotation, sheet, steps


def plate_traits(rng, index):
    return {
        "m": [3, 4, 5, 6, 7, 8, 10, 12, 16, 2][index % 10],
        "n1": rng.uniform(0.4, 3),
        "n2": rng.uniform(0.5, 5),
        "n3": rng.uniform(0.5, 5),
        "layers": int(rng.integers(1, 5)),
        "twist": rng.uniform(0, 0.5),
        "bulge": rng.uniform(-0.3, 0.6),
        "rings": rng.uniform(0, 14),
    }


def plate(t, colours, rng, pixels):
    parts = []
    n1, n2, n3 = (t[key] * rng.uniform(0.92, 1.08) for key in ("n1", "n2", "n3"))
    for layer in range(t["layers"]):
        scale = 0.95 * (1 - layer / (t["layers"] + 0.6))
        rows, columns = steps(scale, pixels), steps(2 * np.pi * scale, pixels, most=900)
        u, angle = np.meshgrid(np.linspace(0, 1, rows), np.linspace(0, 2 * np.pi, columns), indexing="ij")
        radius = u * scale * superformula(angle + layer * t["twist"], t["m"], n1, n2, n3)
        height = 0.08 * layer + t["bulge"] * scale * (1 - u**2) ** 0.5 * 0.6
        position = np.stack([radius * np.cos(angle), radius * np.sin(angle), height], -1)
        pair = colours[[layer % 3, (layer + 1) % 3]]
        shade = 0.88 + 0.12 * np.sin(t["rings"] * u * 3)
        parts.append(sheet(position, (pair[0] * u[..., None] + pair[1] * (1 - u[..., None])) * shade[..., None]))
    return merge(parts)


def solid_traits(rng, index):
    return {
        "m1": int(rng.integers(2, 9)),
        "a": rng.uniform(0.5, 4, 3),
        "m2": int(rng.integers(2, 7)),
        "b": rng.uniform(0.6, 4, 3),
        "pattern": ["plain", "rings", "stripes", "spots", "halves"][index % 5],
        "often": rng.uniform(3, 9),
    }


def solid(t, colours, rng, pixels):
    rows, columns = steps(2.6, pixels), steps(5.4, pixels, most=800)
    latitude, longitude = np.meshgrid(
        np.linspace(-1.57, 1.57, rows), np.linspace(-np.pi, np.pi, columns), indexing="ij"
    )
    r1 = superformula(longitude, t["m1"], *(t["a"] + 0.2))
    r2 = superformula(latitude, t["m2"], *(t["b"] + 0.2))
    position = np.stack(
        [
            r1 * np.cos(longitude) * r2 * np.cos(latitude),
            r1 * np.sin(longitude) * r2 * np.cos(latitude),
            r2 * np.sin(latitude),
        ],
        -1,
    )
    position *= 0.95 / np.abs(position).max()
    return sheet(position, _patterned(t, colours, latitude, longitude, rng))


def _patterned(t, colours, latitude, longitude, rng):
    often = t["often"]
    if t["pattern"] == "plain":
        mask = 0.5 + 0.5 * np.sin(latitude * 2)
    elif t["pattern"] == "rings":
        mask = np.sin(latitude * often * 2) > 0
    elif t["pattern"] == "stripes":
        mask = np.sin(longitude * np.round(often)) > 0.2
    elif t["pattern"] == "spots":
        mask = np.sin(longitude * np.round(often)) * np.sin(latitude * often * 1.3 + rng.uniform(0, 6)) > 0.4
    else:
        mask = latitude > 0.2
    mask = np.asarray(mask, np.float32)[..., None]
    return colours[0] * (1 - mask) + colours[1] * mask


def blob_traits(rng, index):
    return {
        "waves": rng.integers(2, 9, 2),
        "height": rng.uniform(0.12, 0.4),
        "squash": rng.uniform(0.5, 1.3),
        "pattern": ["plain", "stripes", "spots", "rings", "plain"][index % 5],
        "often": rng.uniform(3, 10),
    }


def blob(t, colours, rng, pixels):
    rows, columns = steps(2.8, pixels), steps(6, pixels, most=800)
    latitude, longitude = np.meshgrid(
        np.linspace(-1.57, 1.57, rows), np.linspace(-np.pi, np.pi, columns), indexing="ij"
    )
    swell = np.cos(t["waves"][0] * longitude) * np.cos(latitude) ** 2 + np.sin(
        t["waves"][1] * latitude + rng.normal(0, 0.2)
    )
    radius = 0.7 * (1 + t["height"] * swell * 0.7)
    position = np.stack(
        [
            radius * np.cos(longitude) * np.cos(latitude),
            radius * np.sin(longitude) * np.cos(latitude),
            radius * np.sin(latitude) * t["squash"],
        ],
        -1,
    )
    return sheet(position, _patterned(t, colours, latitude, longitude, rng) * (0.85 + 0.2 * swell[..., None]))


def bunch_traits(rng, index):
    return {
        "count": int(rng.integers(3, 34)),
        "plan": ["heap", "ring", "cone", "chain", "pair"][index % 5],
        "size": rng.uniform(0.7, 1.2),
        "squash": rng.uniform(0.6, 1.2),
        "two": bool(rng.integers(2)),
    }


def bunch(t, colours, rng, pixels):
    count, number = t["count"], np.arange(t["count"])
    if t["plan"] == "heap":
        centre = rng.normal(0, 0.38, (count, 3))
    elif t["plan"] == "ring":
        centre = np.stack([0.65 * np.cos(around(count)), 0.65 * np.sin(around(count)), 0 * number], -1)
    elif t["plan"] == "cone":
        level = (number + 1) / count
        angle = number * GOLDEN_ANGLE
        centre = np.stack([0.5 * level * np.cos(angle), 1.3 * (level - 0.5), 0.5 * level * np.sin(angle)], -1)
    elif t["plan"] == "chain":
        along = np.linspace(-0.85, 0.85, count)
        centre = np.stack([along, 0.35 * np.sin(along * 4 + rng.uniform(0, 6)), 0 * along], -1)
    else:
        centre = np.stack([0.35 * np.where(number % 2, 1, -1), (number // 2) / count * 2 * 1.6 - 0.8, 0 * number], -1)
    radius = {"heap": 0.32, "ring": min(0.4, 2.0 / count), "cone": 0.2, "chain": 0.9 / count + 0.08, "pair": 0.24}[
        t["plan"]
    ]
    colour = np.where((number % 2 == 0)[:, None] | (not t["two"]), colours[0], colours[1])
    colour = colour * (1 + rng.normal(0, 0.06, (count, 1)))
    return balls(centre, radius * t["size"] * rng.uniform(0.85, 1.15, count), colour, pixels, t["squash"])


def crystal_traits(rng, index):
    return {
        "count": int(rng.integers(1, 9)),
        "long": rng.uniform(0.8, 3.5),
        "sides": [3, 4, 5, 6, 4][index % 5],
        "taper": rng.uniform(0.2, 1.0),
        "fan": rng.uniform(0.2, 1.4),
    }


def crystal(t, colours, rng, pixels):
    parts, half = [], 0.5 / np.sqrt(t["count"]) + 0.05
    for number in range(t["count"]):
        around_ = np.linspace(0, 2 * np.pi, t["sides"] + 1)
        tall = min(half * t["long"], 0.9) * rng.uniform(0.7, 1.1)
        turn = rotation(t["fan"] * np.sqrt(number / t["count"]) + 0.15, number * GOLDEN_ANGLE, rng.uniform(0, 6))
        for side in range(t["sides"]):
            a, b = (np.array([np.cos(x), np.sin(x), 0]) for x in around_[side : side + 2])
            rows, columns = steps(2 * tall, pixels, 4), steps(2 * half, pixels, 3)
            u, v = np.meshgrid(np.linspace(0, 1, rows), np.linspace(0, 1, columns), indexing="ij")
            edge = a * (1 - v[..., None]) + b * v[..., None]
            narrow = np.where(u < 0.75, 1 - (1 - t["taper"]) * u, (1 - (1 - t["taper"]) * 0.75) * (1 - u) * 4)
            position = edge * (narrow * half)[..., None] + np.array([0, 0, 1]) * (2 * tall * u)[..., None]
            shade = colours[side % 2] * (0.75 + 0.3 * u[..., None])
            parts.append(sheet(position, shade).moved(turn, shift=(0, 0, -0.4)))
    return merge(parts)
