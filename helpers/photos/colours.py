"""Any picture as RGB: grey, palette, CMYK, transparent or with 16 bits."""

from typing import Any

import numpy as np
from PIL import Image

from helpers import checks

GreyRange = tuple[int, int]  # the values of 16-bit grey that become black and white
DEEPEST = 65_535  # the highest value of 16 bits


def grey_range(name: str, value: Any) -> None:
    """Expect two values of 16-bit grey, the darker one first; for `checked`."""
    two = isinstance(value, (tuple, list)) and len(value) == 2 and all(map(checks.is_whole, value))
    if not two or not 0 <= value[0] < value[1] <= DEEPEST:
        raise ValueError(
            f"Expected {name} to give two values of 16-bit grey, from 0 to {DEEPEST}, the darker one first, such as "
            f"(0, 4095). Received: {checks.shown(value)}."
        )


def rgb(picture: Image.Image, stretch: GreyRange | None = None) -> Image.Image:
    """Return a picture in RGB; transparent pixels become white, 16 bits become 8.

    Args:
        picture: Of any mode.
        stretch: Which values of 16-bit grey become black and white; by default 0 and 65,535.
    """
    if picture.mode == "RGB":
        return picture
    if is_deep(picture):
        return _from_deep_grey(picture, stretch or (0, DEEPEST))
    if "A" in picture.mode or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(white, picture).convert("RGB")
    return picture.convert("RGB")


def is_deep(picture: Image.Image) -> bool:
    """Return whether a picture is grey with more than 8 bits per pixel."""
    return picture.mode.startswith(("I", "F"))


def _from_deep_grey(picture: Image.Image, stretch: GreyRange) -> Image.Image:
    # By one rule for a whole folder, whatever a file's values: Pillow's own conversion clips at 255, which turns such
    # pictures white; and a rule that looked at the values of each would treat dark photos otherwise than light ones.
    black, white = stretch
    values = (np.asarray(picture, dtype=np.float32) - black) / ((white - black) / 255)
    return Image.fromarray(np.clip(values, 0, 255).round().astype(np.uint8)).convert("RGB")
