"""Backgrounds: what stands behind a subject, out of focus or not, and blades of grass before it."""

import cv2
import numpy as np

from helpers.synthetic.surfaces import Cloud, merge, ribbon


def noise(side: int, rng: np.random.Generator, coarse: int = 3, octaves: int = 5, fade: float = 0.55) -> np.ndarray:
    """Return smooth random heights between 0 and 1, shape (side, side): random grids of doubling fineness, summed."""
    total = np.zeros((side, side), np.float32)
    weight, cells = 1.0, coarse
    for _ in range(octaves):
        grid = rng.random((cells + 2, cells + 2), np.float32)
        total += np.float32(weight) * cv2.resize(grid, (side, side), interpolation=cv2.INTER_CUBIC)
        weight, cells = weight * fade, min(cells * 2, side)
    low, high = total.min(), total.max()
    return (total - low) / (high - low + 1e-6)


def gradient(heights: np.ndarray, colours: np.ndarray) -> np.ndarray:
    """Return the picture that gives heights between 0 and 1 the colours of an evenly spaced row, shape (n, 3)."""
    colours = np.asarray(colours, np.float32)
    places = np.linspace(0, 1, len(colours))
    return np.stack([np.interp(heights, places, colours[:, part]) for part in range(3)], -1).astype(np.float32)


def hsv(hue, saturation, value) -> np.ndarray:
    """Return RGB (last axis 3, 0 to 1) of hue (turns, wrapped), saturation and value, numbers or arrays."""
    hue, saturation, value = np.broadcast_arrays(*(np.asarray(part, np.float32) for part in (hue, saturation, value)))
    third = np.stack([hue + shift for shift in (0.0, 2 / 3, 1 / 3)], -1) % 1.0
    ramp = np.clip(np.abs(third * 6 - 3) - 1, 0, 1)
    return value[..., None] * (1 - saturation[..., None] * (1 - ramp))


def scatter(
    side: int, rng: np.random.Generator, colours: np.ndarray, blobs: int, size: tuple[float, float]
) -> np.ndarray:
    """Return bright and dark soft discs over each other, as leaves far out of focus look."""
    picture = np.empty((side, side, 3), np.float32)
    picture[:] = colours[0]
    for _ in range(blobs):
        centre = rng.integers(-side // 8, side * 9 // 8, 2).tolist()
        axes = (rng.uniform(*size, 2) * side).astype(int).clip(1).tolist()
        shade = colours[rng.integers(len(colours))] * rng.uniform(0.6, 1.35)
        cv2.ellipse(picture, centre, axes, float(rng.uniform(0, 180)), 0, 360, shade.tolist(), -1)
    return cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(*size) * side * 0.35 + 0.6))


def blades(
    rng: np.random.Generator,
    count: int,
    pixels: float,
    hue: tuple[float, float] = (0.2, 0.34),
    depth: tuple[float, float] = (-1.5, -0.6),
    width: tuple[float, float] = (0.015, 0.05),
    value: tuple[float, float] = (0.15, 0.6),
) -> Cloud:
    """Return blades of grass or narrow leaves that cross the picture from below."""
    strips = []
    for _ in range(count):
        foot = np.array([rng.uniform(-1.3, 1.3), -1.2, rng.uniform(*depth)])
        lean, reach = rng.normal(0, 0.5), rng.uniform(0.7, 2.2)
        u = np.linspace(0, 1, 12)[:, None]
        path = foot + u * np.array([lean * 0.4, reach, 0]) + u**2 * np.array([lean, -0.25 * abs(lean), 0.2])
        colour = hsv(rng.uniform(*hue), rng.uniform(0.4, 0.85), rng.uniform(*value))
        half = rng.uniform(*width) * (1 - np.linspace(0, 1, 12) ** 2) + 0.004
        side = np.array([1, rng.normal(0, 0.2), rng.normal(0, 0.6)])
        strips.append(ribbon(path, half, side, _striped(colour), pixels, fold=0.5))
    return merge(strips)


def _striped(colour: np.ndarray):
    def paint(u, v):
        rib = 1 - 0.35 * np.exp(-((v / 0.12) ** 2)) + 0.1 * np.sin(v * 14)
        return colour * (rib * (0.75 + 0.35 * u))[..., None]

    return paint
