"""Stand-in pictures, drawn in seconds: five classes of plain shapes.

They hold the place of the bundled flowers until those are drawn. Each picture is one shape of random size,
place and turn on a background of random colour. Each class leans towards a colour of its own, as flowers do, and
the colours of two classes overlap: colour helps and does not decide.
"""

import colorsys
import math
import shutil
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from helpers import config

PER_CLASS = 40
SIDE = 160
_CORNERS = {"circle": 60, "triangle": 3, "square": 4, "star": 10, "cross": 12}


def flowers_folder() -> Path:
    """Return the folder of the bundled pictures, drawing the stand-in first where there are none."""
    if config.BUNDLED_FLOWERS.is_dir():
        return config.BUNDLED_FLOWERS
    folder = config.cache_folder() / f"shapes-{PER_CLASS}-{SIDE}"
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        workshop = Path(tempfile.mkdtemp(dir=folder.parent))
        _draw_all(workshop)
        try:
            workshop.rename(folder)  # in one step: another process sees all pictures or none
        except OSError:  # another process was faster
            shutil.rmtree(workshop)
    return folder


def _draw_all(folder: Path) -> None:
    for number, shape in enumerate(sorted(_CORNERS)):
        (folder / shape).mkdir()
        for index in range(PER_CLASS):
            picture = draw(shape, np.random.default_rng([number, index]))
            picture.save(folder / shape / f"{shape}_{index:02d}.png")


def draw(shape: str, rng: np.random.Generator) -> Image.Image:
    """Draw one picture, `SIDE` pixels square, of a shape in `_CORNERS`."""
    hue = sorted(_CORNERS).index(shape) / len(_CORNERS) + rng.normal(0, 0.07)
    colour = _rgb(hue, rng.uniform(0.5, 0.9), rng.uniform(0.6, 1.0))
    background = _rgb(rng.uniform(), rng.uniform(0, 0.5), rng.uniform(0.1, 0.7))
    picture = Image.new("RGB", (SIDE, SIDE), background)
    ImageDraw.Draw(picture).polygon(_outline(shape, rng), fill=colour)
    picture = picture.filter(ImageFilter.GaussianBlur(rng.uniform(0.5, 2.0)))
    noise = rng.normal(0, rng.uniform(4, 16), (SIDE, SIDE, 3))
    return Image.fromarray(np.clip(np.asarray(picture) + noise, 0, 255).astype(np.uint8))


def _rgb(hue: float, saturation: float, value: float) -> tuple[int, ...]:
    return tuple(int(255 * part) for part in colorsys.hsv_to_rgb(hue % 1, saturation, value))


def _outline(shape: str, rng: np.random.Generator) -> list[tuple[float, float]]:
    radius, turn = rng.uniform(0.22, 0.42) * SIDE, rng.uniform(0, 2 * math.pi)
    centre_x, centre_y = SIDE / 2 + rng.uniform(-0.1, 0.1, size=2) * SIDE
    corners = []
    for corner in range(_CORNERS[shape]):
        angle, reach = 2 * math.pi * corner / _CORNERS[shape], 1.0
        if shape == "star" and corner % 2:
            reach = 0.45
        if shape == "cross":  # three corners an arm: the notch between two arms, then the arm's two outer corners
            angle = math.pi / 2 * (corner // 3) + (math.pi / 4, math.pi / 2 - 0.32, math.pi / 2 + 0.32)[corner % 3]
            reach = (0.45, 1.0, 1.0)[corner % 3]
        reach *= radius
        corners.append((centre_x + reach * math.cos(angle + turn), centre_y + reach * math.sin(angle + turn)))
    return corners
