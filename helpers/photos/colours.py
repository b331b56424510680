"""Any picture as RGB: grey, palette, CMYK, transparent or with 16 bits."""

from typing import Any

import numpy as np
from PIL import Image

from helpers import checks
from helpers.photos.tiff import bits_of, is_inverted, is_signed

GreyRange = tuple[int, int]  # the values of 16-bit grey that become black and white
DEEPEST = 65_535  # the highest value of 16 bits
_SCALE = (258, 262)  # where a picture keeps its highest value, and whether that is black; no file has such a key
_SIGNED = (258, 339)  # where it keeps that its values may be below 0
LOWEST = -32_768  # of 16 bits with a sign


def grey_range(name: str, value: Any) -> None:
    """Expect two values of 16-bit grey, the darker one first; for `checked`."""
    two = isinstance(value, (tuple, list)) and len(value) == 2 and all(map(checks.is_whole, value))
    if not two or not LOWEST <= value[0] < value[1] <= DEEPEST:
        raise ValueError(
            f"Expected {name} to give two values of 16-bit grey, from {LOWEST} to {DEEPEST}, the darker one first, "
            f"such as (0, 4095). Received: {checks.shown(value)}."
        )


def rgb(picture: Image.Image, stretch: GreyRange | None = None) -> Image.Image:
    """Return a picture in RGB; transparent pixels become white, 16 bits become 8.

    Args:
        picture: Of any mode.
        stretch: Which values of 16-bit grey become black and white; by default the lowest and the highest that the
            file's depth allows, such as 0 and 65,535.
    """
    if picture.mode == "RGB" and not isinstance(picture.info.get("transparency"), tuple):
        return picture
    if is_deep(picture):
        return _from_deep_grey(picture, stretch or full_range(picture))
    if "A" in picture.mode or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(white, picture).convert("RGB")
    return picture.convert("RGB")


def is_deep(picture: Image.Image) -> bool:
    """Return whether a picture is grey with more than 8 bits per pixel."""
    return picture.mode.startswith(("I", "F"))


def note_depth(picture: Image.Image) -> None:
    """Keep with a picture what only its file says of its values, so that its parts know it as well.

    Args:
        picture: Just opened.
    """
    info = picture.info
    if picture.format == "TIFF" and picture.mode.startswith("I;16"):
        info[_SCALE] = (2 ** max(bits_of(picture)) - 1, is_inverted(picture))
    if picture.format == "TIFF" and is_signed(picture) and bits_of(picture) == (16,):
        info[_SIGNED] = True
    if (
        picture.format == "PNG"
        and isinstance(info.get("transparency"), tuple)
        and "RGB;16" in str(getattr(picture, "tile", ""))
    ):
        # Pillow keeps the higher byte of each value, but both of the colour that is transparent.
        info["transparency"] = tuple(value >> 8 for value in info["transparency"])


def full_range(picture: Image.Image) -> GreyRange:
    """Return the lowest and the highest value of grey that a file's depth allows.

    They are 0 and 65,535; or 0 and 4,095 where it says 12 bits; or -32,768 and 32,767 where values have a sign.
    """
    if _SIGNED in picture.info:
        return LOWEST, -LOWEST - 1
    return 0, picture.info.get(_SCALE, (DEEPEST, False))[0]


def deep_values(picture: Image.Image) -> np.ndarray:
    """Return the values of a picture in 16-bit grey, black being 0 whatever its file counts from."""
    highest, inverted = picture.info.get(_SCALE, (DEEPEST, False))
    values = np.asarray(picture)
    return highest - values if inverted else values


def _from_deep_grey(picture: Image.Image, stretch: GreyRange) -> Image.Image:
    # By one rule for a whole folder, whatever a file's values: Pillow's own conversion clips at 255, which turns such
    # pictures white; and a rule that looked at the values of each would treat dark photos otherwise than light ones.
    black, white = stretch
    values = (deep_values(picture).astype(np.float32) - black) / ((white - black) / 255)
    grey = np.clip(values, 0, 255).round().astype(np.uint8)
    transparent = picture.info.get("transparency")
    if isinstance(transparent, int):
        grey[np.asarray(picture) == transparent] = 255
    return Image.fromarray(grey).convert("RGB")
