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
    # Pillow's own conversion clips 16-bit values at 255, which turns such pictures white.
    values = np.asarray(picture, dtype=np.float64)
    scaled = values / 257 if values.max(initial=0) > 255 else values
    return Image.fromarray(np.clip(scaled, 0, 255).round().astype(np.uint8)).convert("RGB")
