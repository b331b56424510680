"""A photo's file opened and turned upright; and why a file can't be opened as a photo, in a sentence."""

import io
import re
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from PIL import Image, ImageOps, JpegImagePlugin, UnidentifiedImageError

from helpers.photos.colours import note_depth
from helpers.photos.entries import PhotoError as PhotoError
from helpers.photos.heif import is_heif, open_heif
from helpers.photos.limits import EMPTY, NO_MEMORY, check_depth, check_pixels, check_time

SUFFIXES = {
    ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".heic", ".heif", ".hif", ".avif", ".tif", ".tiff", ".bmp",
    ".gif",
}  # fmt: skip
KINDS = "JPEG, PNG, WebP, HEIC, AVIF, TIFF, BMP or GIF"  # for sentences
_FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "TIFF", "BMP", "GIF")  # HEIC has a way of its own

_BEGINS = {
    kind: re.compile(begins, re.DOTALL)
    for kind, begins in (
        ("JPEG", rb"\xff\xd8\xff"), ("PNG", rb"\x89PNG\r\n\x1a\n"), ("WebP", b"RIFF....WEBP"), ("GIF", b"GIF8[79]a"),
        ("TIFF", rb"II[*+]\0|MM\0[*+]"), ("BMP", rb"BM.{4}\0{4}"), ("HEIC or AVIF", b"....ftyp(avi|hei|mif1)"),
    )
}  # fmt: skip

_PILLOWS_LIMIT = 1024**3 // 4 // 3  # Pillow refuses pictures with twice as many pixels, unless that is changed

# What Pillow raises where a file's bytes make no sense; not all of it is meant as an answer.
_DAMAGED = (OSError, SyntaxError, ValueError, EOFError, ArithmeticError, LookupError, TypeError, RuntimeError,
            AssertionError, struct.error)  # fmt: skip


@contextmanager
def opened(data: bytes) -> Iterator[Image.Image]:
    """Open a photo; what goes wrong while it is in use is raised as a `PhotoError`. Many threads may do so at once.

    Args:
        data: The file's bytes.

    Raises:
        PhotoError: If it isn't a photo, is damaged or would cost too much; the message says why.

    Example:
        >>> with opened(Path("daisy.jpg").read_bytes()) as picture:
        ...     picture.size
        (4000, 3000)
    """
    if not data:
        raise PhotoError(EMPTY)
    _ignore_pillows_warnings()
    try:
        with _identified(data) as picture:
            check_pixels(picture.size)
            check_depth(picture)
            check_time(picture, data)
            note_depth(picture)
            yield picture
    except PhotoError:
        raise
    except UnidentifiedImageError:
        raise PhotoError(_not_identified(data)) from None
    except Image.DecompressionBombError:
        raise PhotoError(f"more than {2 * (Image.MAX_IMAGE_PIXELS or 0) // 1_000_000} megapixels") from None
    except MemoryError:
        raise PhotoError(NO_MEMORY) from None
    except _DAMAGED as error:
        raise PhotoError(f"damaged: {' '.join(str(error).split())}") from None


def _identified(data: bytes) -> Image.Image:
    if is_heif(data):
        return open_heif(data)
    try:
        return Image.open(io.BytesIO(data), formats=_FORMATS)
    except Image.DecompressionBombError:
        # Phones with 200 megapixels are above Pillow's limit. Their photos are JPEGs, decoded at a reduced scale.
        if data[:2] == b"\xff\xd8" and (Image.MAX_IMAGE_PIXELS or 0) >= _PILLOWS_LIMIT:
            return JpegImagePlugin.JpegImageFile(io.BytesIO(data))
        raise


def _not_identified(data: bytes) -> str:
    for kind, begins in _BEGINS.items():
        if begins.match(data):
            return f"a {kind} file that is damaged, or of a kind that isn't supported; save it as PNG or JPEG"
    return f"not a {KINDS} picture, whatever its name says"


def turn_upright(picture: Image.Image) -> None:
    """Turn a picture as its camera was turned."""
    picture.load()
    with suppress(Exception):  # a damaged EXIF block says nothing about the pixels; the photo just isn't rotated
        ImageOps.exif_transpose(picture, in_place=True)


def _ignore_pillows_warnings() -> None:
    # Pillow warns of odd but readable files, in PIL's own modules. Python's filters belong to the whole process, and
    # catch_warnings() would put them back while other threads still decode. So one filter is added and stays; it is
    # looked for each time, because others (notebooks, pytest) do put filters back.
    present = [(action, getattr(module, "pattern", None)) for action, _, _, module, _ in list(warnings.filters)]
    if ("ignore", "PIL") not in present:
        warnings.filterwarnings("ignore", module="PIL")
