"""Whether a photo is prepared as those a model was trained on: what differs, in a sentence."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from helpers.exercises.values import array_in
from helpers.photos.photo import read_photo

_NEAR = 4  # of 255 on average: what another way of resizing may change
_DETAILED = "detailed"  # the last of the photos: whatever else is wrong, the others show it first
_TURNED = 6  # EXIF's number for a camera that was held upright


def preparation_fault(prepare: Callable[[Path, int], Any]) -> str | None:
    """Return what is wrong with how photos are prepared, or `None`.

    Args:
        prepare: Takes a path and an image size, and returns pixels; it may raise `AnswerError`.

    Example:
        >>> preparation_fault(read_photo)
    """
    with tempfile.TemporaryDirectory() as folder:
        for what, path, size in _photos(Path(folder)):
            fault = _fault(prepare(path, size), read_photo(path, size), path, what)
            if fault:
                return fault
    return None


def _photos(folder: Path) -> list[tuple[str, Path, int]]:
    rng = np.random.default_rng(0)

    def save(name: str, size: tuple[int, int], mode: str = "RGB", detail: int = 0, **settings: Any) -> Path:
        rough = Image.fromarray(rng.integers(0, 256, (6, 6, 3), dtype=np.uint8))
        smooth = np.asarray(rough.resize(size, Image.Resampling.BICUBIC), int)
        fine = np.clip(smooth + rng.integers(-detail, detail + 1, smooth.shape), 0, 255).astype(np.uint8)
        Image.fromarray(fine).convert(mode).save(folder / name, **settings)
        return folder / name

    turned = Image.Exif()
    turned[0x0112] = _TURNED
    return [
        ("wide", save("wide.png", (160, 96)), 64),
        ("tall", save("tall.png", (80, 144)), 64),
        ("square", save("square.png", (90, 90)), 48),
        ("grey", save("grey.png", (150, 100), "L"), 64),
        ("turned", save("turned.jpg", (150, 90), quality=95, exif=turned), 64),
        (_DETAILED, save("detailed.png", (600, 400), detail=40), 64),
    ]


def _fault(found: Any, wanted: np.ndarray, path: Path, what: str) -> str | None:
    pixels = array_in(found, "an array of numbers, the photo's pixels").astype(float)
    if pixels.shape != wanted.shape:
        grey = " A grey photo needs three colours, too: convert it to RGB." if what == "grey" else ""
        return f"Expected an array of shape {wanted.shape}. Your function returned {pixels.shape}.{grey}"
    if np.abs(pixels - wanted).mean() <= _NEAR:
        return None
    low, high = float(pixels.min()), float(pixels.max())
    if high <= 1.01:
        span = "-1 and 1" if low < -0.01 else "0 and 1"
        return f"Your numbers are between {span}. The network rescales its input itself, and expects 0 to 255."
    for sentence, other in _variants(wanted, path):
        if np.abs(pixels - other).mean() <= _NEAR:
            return sentence
    apart = np.abs(pixels - wanted).mean()
    if what == _DETAILED:
        return (
            f"A photo with fine detail is off by {apart:.0f} of 255 on average: your way of resizing leaves pixels out "
            "instead of averaging them. Choose one with antialiasing, as read_photo's."
        )
    return f"Your pixels of a {what} photo are off by {apart:.0f} of 255 on average. Compare with read_photo's."


def _variants(wanted: np.ndarray, path: Path) -> list[tuple[str, np.ndarray]]:
    size = len(wanted)
    picture = Image.open(path).convert("RGB")
    side = min(picture.size)
    stretched = np.asarray(picture.resize((size, size), Image.Resampling.BILINEAR), float)
    corner = np.asarray(picture.resize((size, size), Image.Resampling.BILINEAR, box=(0, 0, side, side)), float)
    left, top = (picture.width - side) / 2, (picture.height - side) / 2
    unturned = picture.resize((size, size), Image.Resampling.BILINEAR, box=(left, top, left + side, top + side))
    return [
        ("Red and blue are swapped. The network expects red first.", wanted[..., ::-1]),
        ("The photo is mirrored left to right.", wanted[:, ::-1]),
        ("The photo is upside down.", wanted[::-1]),
        ("The photo is distorted. Crop it, don't stretch it.", stretched),
        ("That is a corner of the photo. Crop its middle.", corner),
        ("A camera that was held upright notes it in the file (EXIF). Turn the photo.", np.asarray(unturned, float)),
    ]
