"""Large pictures piece by piece: upright, and in strips, so that no second copy of all pixels is needed."""

from collections.abc import Iterator
from contextlib import suppress

from PIL import ExifTags, Image

from helpers.photos.colours import GreyRange, rgb

_ROWS = 64  # of pixels, at a time
_LONGEST = 9  # times as long as wide

# What turns a picture upright, by the orientation in its EXIF data, and whether the first upright rows come from the
# stored picture's rows or columns, and from its beginning or its end.
_TURNS = {
    2: (Image.Transpose.FLIP_LEFT_RIGHT, "rows", False),
    3: (Image.Transpose.ROTATE_180, "rows", True),
    4: (Image.Transpose.FLIP_TOP_BOTTOM, "rows", True),
    5: (Image.Transpose.TRANSPOSE, "columns", False),
    6: (Image.Transpose.ROTATE_270, "columns", False),
    7: (Image.Transpose.TRANSVERSE, "columns", True),
    8: (Image.Transpose.ROTATE_90, "columns", True),
}


def upright_strips(picture: Image.Image, rows: int = _ROWS) -> Iterator[Image.Image]:
    """Yield a picture in strips, from the top, turned as its camera was turned.

    Args:
        picture: Opened; it stays as it is.
        rows: Height of a strip in pixels; the last one may be lower.
    """
    turn, along, from_end = _TURNS.get(_orientation(picture), (None, "rows", False))
    length = picture.height if along == "rows" else picture.width
    for start in range(0, length, rows):
        end = min(start + rows, length)
        first, last = (length - end, length - start) if from_end else (start, end)
        box = (0, first, picture.width, last) if along == "rows" else (first, 0, last, picture.height)
        strip = picture.crop(box)
        yield strip.transpose(turn) if turn is not None else strip


def upright_size(picture: Image.Image) -> tuple[int, int]:
    """Return a picture's width and height once it is upright."""
    turned = _TURNS.get(_orientation(picture), (None, "rows", False))[1] == "columns"
    return (picture.height, picture.width) if turned else picture.size


def upright_reduced(picture: Image.Image, factor: int, stretch: GreyRange | None = None) -> Image.Image:
    """Return a picture upright, in RGB, and smaller by a whole factor: each pixel is the mean of a square of them."""
    width, height = upright_size(picture)
    small = Image.new("RGB", (-(-width // factor), -(-height // factor)))
    rows = factor * max(1, _ROWS // factor)
    for number, strip in enumerate(upright_strips(picture, rows)):
        small.paste(rgb(strip, stretch).reduce(factor), (0, number * rows // factor))
    return small


def without_ends(picture: Image.Image) -> Image.Image:
    """Return a very long and narrow picture without its ends, of which its centre needs nothing; others as they are."""
    short, long = sorted(picture.size)
    cut = (long - _LONGEST * short) // 2  # the same at both ends, so that the centre stays where it is
    if cut <= 0:
        return picture
    width, height = picture.size
    return picture.crop((cut, 0, width - cut, height) if width > height else (0, cut, width, height - cut))


def _orientation(picture: Image.Image) -> int:
    with suppress(Exception):  # damaged EXIF data say nothing about the pixels
        return picture.getexif().get(ExifTags.Base.Orientation, 1)
    return 1
