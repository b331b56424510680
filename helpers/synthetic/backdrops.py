"""Backdrops for flowers: meadow, soil, sky, hedge, table and vase, and for the set "near" others."""

import cv2
import numpy as np

from helpers.synthetic import camera, grounds
from helpers.synthetic.camera import Light
from helpers.synthetic.surfaces import sheet
from helpers.synthetic.tones import petal_colours

Rng = np.random.Generator


def paint_backdrop(name: str, size: int, rng: Rng, light: Light, blur: float) -> np.ndarray:
    """Return what stands behind the flowers, (size, size, 3) float32, blurred by `blur` pixels (a vase stays sharp)."""
    picture = _PAINTERS[name](size, rng, light)
    return cv2.GaussianBlur(picture, (0, 0), float(blur)) if blur > 0.3 and name != "vase" else picture


def _greens(rng: Rng, count: int = 5, bright: float = 0.7) -> np.ndarray:
    return grounds.hsv(
        rng.uniform(0.18, 0.36, count), rng.uniform(0.3, 0.8, count), np.sort(rng.uniform(0.04, bright, count))
    )


def _meadow(size: int, rng: Rng, light: Light) -> np.ndarray:
    back = grounds.gradient(grounds.noise(size, rng, 4, 4), _greens(rng, bright=0.5))
    grass = grounds.blades(
        rng, int(rng.integers(50, 110)), size * camera.FINENESS / 2, depth=(-3, -2), value=(0.2, 0.65)
    )
    back = camera.over(back, camera.shoot(grass, size, light, 0.4))
    for _ in range(int(rng.choice([0, 0, 6, 14]))):  # other small flowers, far off
        centre = (int(rng.uniform(0, size)), int(rng.uniform(0, size)))
        colour = petal_colours(str(rng.choice(["white", "yellow", "pink", "violet", "red"])), rng)[0].tolist()
        cv2.circle(back, centre, int(rng.uniform(1, 4) * size / 160) + 1, colour, -1, cv2.LINE_AA)
    return back


def _soil(size: int, rng: Rng, light: Light) -> np.ndarray:
    brown = grounds.hsv(rng.uniform(0.04, 0.11, 4), rng.uniform(0.2, 0.55, 4), np.sort(rng.uniform(0.06, 0.62, 4)))
    heights = grounds.noise(size, rng, int(rng.integers(8, 18)), 5, 0.85)
    relief = cv2.Sobel(heights, cv2.CV_32F, 1, 0, ksize=3) * np.float32(-light.direction[0])
    relief += cv2.Sobel(heights, cv2.CV_32F, 0, 1, ksize=3) * np.float32(light.direction[1])
    return grounds.gradient(heights, brown) * (1 + np.clip(relief, -0.6, 0.6))[..., None]


def _sky(size: int, rng: Rng, light: Light) -> np.ndarray:
    blue = grounds.hsv(rng.uniform(0.55, 0.62, 3), np.sort(rng.uniform(0.15, 0.8, 3))[::-1], rng.uniform(0.65, 1.0, 3))
    picture = grounds.gradient(np.repeat(np.linspace(0, 1, size)[:, None], size, 1), blue)
    clouds = np.clip((grounds.noise(size, rng, 3, 5) - rng.uniform(0.4, 0.9)) * 3, 0, 1)[..., None]
    return picture * (1 - clouds) + clouds * np.float32(0.95)


def _hedge(size: int, rng: Rng, light: Light) -> np.ndarray:
    return grounds.scatter(size, rng, _greens(rng, 6, 0.6), int(rng.integers(50, 160)), (0.02, 0.13))


def _table(size: int, rng: Rng, light: Light) -> np.ndarray:
    wall = grounds.hsv(rng.uniform(), rng.uniform(0.0, 0.35), rng.uniform(0.3, 0.95)) * np.ones(
        (size, size, 3), np.float32
    )
    wall *= (0.8 + 0.2 * grounds.noise(size, rng, 2, 2))[..., None]
    edge = int(size * rng.uniform(0.35, 0.8))
    wood = grounds.hsv(rng.uniform(0.05, 0.1), rng.uniform(0.3, 0.65), rng.uniform(0.25, 0.75))
    grain = grounds.noise(size, rng, 3, 5)
    grain = cv2.resize(grain[:, : max(4, size // 10)], (size, size), interpolation=cv2.INTER_CUBIC)
    board = wood * (0.7 + 0.45 * grain)[..., None]
    wall[edge:] = board[edge:]
    return wall


def _vase(size: int, rng: Rng, light: Light) -> np.ndarray:
    picture = cv2.GaussianBlur(_table(size, rng, light), (0, 0), float(size / 160 * rng.uniform(0.5, 3)))
    s, angle = np.meshgrid(np.linspace(0, 1, 200), np.linspace(0, np.pi, 200), indexing="ij")
    radius = rng.uniform(0.14, 0.24) * (
        1 + rng.uniform(0.2, 0.9) * np.sin(s * np.pi * rng.uniform(0.7, 1.2)) - 0.15 * s
    )
    position = np.stack([radius * np.cos(angle), -1.25 + 0.95 * s, radius * np.sin(angle) - 1.0], -1)
    tone = grounds.hsv(rng.uniform(), rng.uniform(0.0, 0.7), rng.uniform(0.25, 0.95))
    bands = 1 + 0.12 * np.sin(s * rng.uniform(5, 40))
    vase = sheet(position, tone * bands[..., None])
    return camera.over(picture, camera.shoot(vase, size, light, 0.3))


def _stone(size: int, rng: Rng, light: Light) -> np.ndarray:
    grey = grounds.hsv(rng.uniform(0.05, 0.65, 4), rng.uniform(0.02, 0.15, 4), np.sort(rng.uniform(0.2, 0.8, 4)))
    picture = grounds.gradient(grounds.noise(size, rng, 10, 5, 0.8), grey)
    rows = int(rng.integers(3, 6))
    for row in range(rows):
        y, shift = int(size * row / rows), rng.uniform(0, 1)
        cv2.line(picture, (0, y), (size, y), (0.15, 0.14, 0.13), max(1, size // 60))
        for brick in range(4):
            x = int(size * (brick + shift) / 3)
            cv2.line(picture, (x, y), (x, int(y + size / rows)), (0.15, 0.14, 0.13), max(1, size // 60))
    return picture


def _water(size: int, rng: Rng, light: Light) -> np.ndarray:
    tone = grounds.hsv(rng.uniform(0.48, 0.6, 3), rng.uniform(0.3, 0.8, 3), np.sort(rng.uniform(0.1, 0.85, 3)))
    ripples = cv2.resize(grounds.noise(size, rng, 8, 4)[:, : size // 4], (size, size), interpolation=cv2.INTER_CUBIC)
    return grounds.gradient(0.5 + 0.5 * np.sin(ripples * 25), tone)


def _snow(size: int, rng: Rng, light: Light) -> np.ndarray:
    white = grounds.hsv(rng.uniform(0.55, 0.65, 3), rng.uniform(0.0, 0.15, 3), np.sort(rng.uniform(0.7, 1.0, 3)))
    return grounds.gradient(grounds.noise(size, rng, 4, 5, 0.7), white)


def _cloth(size: int, rng: Rng, light: Light) -> np.ndarray:
    tone = grounds.hsv(rng.uniform(0, 1, 2), rng.uniform(0.2, 0.8, 2), rng.uniform(0.3, 0.9, 2))
    often = rng.uniform(0.08, 0.3) * 160 / size
    y, x = np.mgrid[:size, :size]
    check = 0.5 + 0.25 * np.sign(np.sin(x * often)) + 0.25 * np.sign(np.sin(y * often))
    folds = 0.8 + 0.3 * grounds.noise(size, rng, 2, 2)
    return grounds.gradient(check, tone) * folds[..., None]


def _night(size: int, rng: Rng, light: Light) -> np.ndarray:
    picture = np.full((size, size, 3), 0.03, np.float32)
    for _ in range(int(rng.integers(3, 14))):  # lamps far off, out of focus
        centre, reach = rng.integers(0, size, 2).tolist(), int(size * rng.uniform(0.03, 0.1))
        cv2.circle(picture, centre, reach, (rng.uniform(0.3, 1) * np.array([1, 0.75, 0.4])).tolist(), -1, cv2.LINE_AA)
    return cv2.GaussianBlur(picture, (0, 0), size / 80)


_PAINTERS = {
    "meadow": _meadow,
    "soil": _soil,
    "sky": _sky,
    "hedge": _hedge,
    "table": _table,
    "vase": _vase,
    "stone": _stone,
    "water": _water,
    "snow": _snow,
    "cloth": _cloth,
    "night": _night,
}
