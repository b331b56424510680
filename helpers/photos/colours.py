"""Any picture as RGB: grey, palette, CMYK, transparent or with 16 bits."""

import numpy as np
from PIL import Image


def rgb(picture: Image.Image) -> Image.Image:
    """Return a picture in RGB; transparent pixels become white, 16 bits become 8."""
    if picture.mode == "RGB":
        return picture
    if is_deep(picture):
        return _from_deep_grey(picture)
    if "A" in picture.mode or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(white, picture).convert("RGB")
    return picture.convert("RGB")


def is_deep(picture: Image.Image) -> bool:
    """Return whether a picture is grey with more than 8 bits per pixel."""
    return picture.mode.startswith(("I", "F"))


def _from_deep_grey(picture: Image.Image) -> Image.Image:
    # By the file's depth, whatever its values: Pillow's own conversion clips at 255, which turns such pictures white;
    # and a rule that looked at the values would treat the dark photos of a folder otherwise than the light ones.
    values = np.asarray(picture, dtype=np.float32) / 257
    return Image.fromarray(np.clip(values, 0, 255).round().astype(np.uint8)).convert("RGB")
