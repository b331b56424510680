"""Colours as sRGB has them, whatever colour profile a photo was saved with: phones and cameras use wider ones.

The same three numbers are a stronger red in Display P3 than in sRGB. Read as if they were sRGB's, such photos look
faded, and photos from two cameras differ where the flowers don't.
"""

import io
from contextlib import suppress
from functools import lru_cache

import numpy as np
from PIL import Image, ImageCms

_MOST_BYTES = 4_000_000  # of a profile; the largest that cameras and printers come with are smaller
_SAME = 3  # by which sRGB's many versions differ, of 255
_DISPLAY_P3 = 12  # how HEIC files without a profile name these primaries (ITU-T H.273)
_LIKE_SRGB = (1, 6, 13)  # transfer curves that are sRGB's, or near it
_P3_TO_SRGB = np.array([[1.22494, -0.22494, 0.0], [-0.04206, 1.04206, 0.0], [-0.01964, -0.07864, 1.09827]], np.float32)
_COLOURS = np.stack(np.meshgrid(*[np.linspace(0, 255, 5)] * 3), axis=-1).reshape(1, -1, 3).astype(np.uint8)


def in_srgb(square: Image.Image, info: dict) -> Image.Image:
    """Return a picture with its colours converted to sRGB.

    Args:
        square: In RGB. Large pictures are best made small first: it takes a thousandth of the time, and the difference
            can't be seen.
        info: What Pillow tells of the file, with the colour profile, if there is one.

    Returns:
        The picture itself if there is no profile, if it is sRGB's own or isn't one of RGB, or if it is damaged or
        absurdly large.
    """
    profile = info.get("icc_profile")
    if not profile:
        return _from_p3(square) if _is_p3(info.get("nclx_profile")) else square
    if len(profile) > _MOST_BYTES:  # profiles are kept below, and a file may be nothing but one
        return square
    conversion = _conversion(bytes(profile))
    return square if conversion is None else ImageCms.applyTransform(square, conversion) or square


@lru_cache(maxsize=32)
def _conversion(profile: bytes) -> ImageCms.ImageCmsTransform | None:
    with suppress(Exception):  # a damaged profile says nothing about the pixels; they are taken for sRGB
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if source.profile.xcolor_space.strip() == "RGB":  # pyright: ignore[reportAttributeAccessIssue]
            conversion = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), "RGB", "RGB")
            some = Image.fromarray(_COLOURS)
            converted = np.asarray(ImageCms.applyTransform(some, conversion), np.int16)
            return conversion if np.abs(converted - _COLOURS).max() > _SAME else None
    return None


def _is_p3(described: dict | None) -> bool:
    told = described or {}
    return told.get("color_primaries") == _DISPLAY_P3 and told.get("transfer_characteristics") in _LIKE_SRGB


def _from_p3(square: Image.Image) -> Image.Image:
    values = np.asarray(square, np.float32) / 255
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4) @ _P3_TO_SRGB.T
    linear = np.clip(linear, 0, 1)
    curved = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return Image.fromarray((curved * 255).round().astype(np.uint8))
