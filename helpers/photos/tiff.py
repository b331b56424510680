"""What a TIFF's tags say of it: how deep its values are, in which pieces they are stored, and what those would cost."""

import re
from bisect import bisect_left
from itertools import islice, zip_longest
from typing import Any

from PIL import Image

_WIDTH, _LENGTH, _BITS_PER_SAMPLE, _COMPRESSION, _PHOTOMETRIC, _ROWS_PER_STRIP = 256, 257, 258, 259, 262, 278
_TILE_WIDTH, _TILE_LENGTH, _SAMPLE_FORMAT = 322, 323, 339
_PLACES = ((324, 325), (273, 279))  # tags with where tiles, or strips, begin and how long they are
_JPEG = (6, 7)
_MOST_PIECES = 1_000_000  # tiles of 16 x 16 pixels, of the largest pictures


def bits_of(picture: Image.Image) -> tuple[int, ...]:
    """Return the bits of each value of a pixel."""
    return getattr(picture, "tag_v2", {}).get(_BITS_PER_SAMPLE, (8,))


def is_inverted(picture: Image.Image) -> bool:
    """Return whether a TIFF in grey counts its values from white."""
    return getattr(picture, "tag_v2", {}).get(_PHOTOMETRIC) == 0


def is_signed(picture: Image.Image) -> bool:
    """Return whether a TIFF's values may be below 0."""
    return getattr(picture, "tag_v2", {}).get(_SAMPLE_FORMAT) == (2,)


def is_compressed_from_the_high_byte(picture: Image.Image) -> bool:
    """Return whether a TIFF's values are compressed, and begin with their higher byte."""
    tags = getattr(picture, "tag_v2", {})
    return getattr(tags, "prefix", b"II") == b"MM" and tags.get(_COMPRESSION, 1) != 1


def piece_bytes(picture: Image.Image, data: bytes) -> int:
    """Return what it takes to decode a piece of a TIFF: strips and tiles are held whole.

    Args:
        picture: Opened.
        data: The file's bytes.
    """
    held = _piece_pixels(picture) * sum(bits_of(picture)) // 8
    # Of a JPEG in several passes, two bytes for each coefficient are kept beside it.
    return held * (3 if max(_scans(picture, data), default=1) > 1 else 1)


def scanned_pixels(picture: Image.Image, data: bytes) -> int:
    """Return how many pixels the JPEGs in a TIFF describe, each counted as often as it is described; 0 without JPEGs.

    Args:
        picture: Opened.
        data: The file's bytes.
    """
    return _piece_pixels(picture) * sum(_scans(picture, data))


def _scans(picture: Image.Image, data: bytes) -> list[int]:
    """Return the number of passes over the pixels of each piece."""
    tags = getattr(picture, "tag_v2", {})
    if tags.get(_COMPRESSION) not in _JPEG:
        return []
    # In coded pixels, no such bytes occur. Many pieces may well be the same bytes, or lie within each other.
    scans = [found.start() for found in islice(re.finditer(b"\xff\xda", data), _MOST_PIECES)]
    counts = [] if len(scans) < _MOST_PIECES else [10**9]
    for places, sizes in _PLACES:
        starts, lengths = _numbers(tags.get(places)), _numbers(tags.get(sizes))
        for start, length in islice(zip_longest(starts, lengths, fillvalue=0), _MOST_PIECES):
            end = start + (length or len(data))  # of a length that isn't told, the decoder makes the most
            counts.append(bisect_left(scans, end) - bisect_left(scans, start))
    return counts


def _numbers(told: Any) -> tuple[int, ...]:
    whole = isinstance(told, tuple) and all(isinstance(each, int) for each in told)
    return told if whole else ()  # what a tag says may be anything


def _piece_pixels(picture: Image.Image) -> int:
    stored = _tag(picture, _WIDTH, picture.width), _tag(picture, _LENGTH, picture.height)  # before it is turned
    rows = min(_tag(picture, _ROWS_PER_STRIP, stored[1]), stored[1])
    return _tag(picture, _TILE_WIDTH, stored[0]) * _tag(picture, _TILE_LENGTH, rows)


def _tag(picture: Image.Image, number: int, otherwise: int) -> int:
    told = getattr(picture, "tag_v2", {}).get(number)
    return told if isinstance(told, int) and told > 0 else otherwise
