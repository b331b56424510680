"""HEIC and HEIF, the photos of many phones: how to tell them, and the package that opens them; what they would cost.

A picture may be one coded image, or be put together from others: phones cut theirs into tiles. Nothing keeps a small
file from naming the same tile a million times, so what has to be decoded is added up before it is begun. libheif itself
refuses a coded image that is larger than its box says. AVIF files are made of the same boxes, and cost the same.
"""

import io
import struct
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

from helpers.photos.av1 import coded_areas, moving_area
from helpers.photos.entries import PhotoError
from helpers.photos.heif_boxes import Boxes, areas_of, beside_of, meta_of, only_box, references_of

PACKAGE = "pillow-heif"
MOST_DECODED = 500_000_000  # pixels, of all pictures in a file: libheif takes about twenty seconds
_CODED = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}  # brands of files with HEVC in them


def is_heif(data: bytes) -> bool:
    """Return whether a file begins as HEIC or HEIF files do. AVIF files begin in the same way, with other brands."""
    if data[4:8] != b"ftyp":
        return False
    end = min(int.from_bytes(data[:4], "big"), 256)
    brands = {data[place : place + 4] for place in (8, *range(16, end - 3, 4))}
    return bool(brands & _CODED) or (data[8:12] in (b"mif1", b"msf1") and not brands & {b"avif", b"avis"})


def open_heif(data: bytes) -> Image.Image:
    """Open a HEIC or HEIF file; its pixels are decoded only when they are asked for.

    Raises:
        PhotoError: If the package for it isn't installed, or the file is damaged or would take too long to decode.
    """
    try:
        from pillow_heif import HeifImageFile
    except ImportError:
        raise PhotoError(f"a HEIC photo, which needs one more package: pip install {PACKAGE}") from None
    if not check_decoded("HEIC", data):
        raise PhotoError("a HEIC file without a picture in it")
    return HeifImageFile(io.BytesIO(data))


def check_decoded(kind: str, data: bytes) -> int:
    """Return how many pixels all pictures in a file have.

    Args:
        kind: `"HEIC"` or `"AVIF"`, for sentences.
        data: The file's bytes.

    Raises:
        PhotoError: If it would take too long to decode them, or the boxes that say so are damaged.
    """
    pixels = pixels_to_decode(data)
    if pixels > MOST_DECODED:
        article = "an" if kind == "AVIF" else "a"
        raise PhotoError(f"{article} {kind} file of {pixels / 1e6:,.0f} megapixels in all, which takes too long")
    return pixels


def pixels_to_decode(data: bytes) -> int:
    """Return how many pixels all pictures in a file have, each counted as often as it is decoded.

    Args:
        data: The file's bytes.

    Raises:
        PhotoError: If the boxes that say so are damaged.
    """
    with _damage_told():
        meta = meta_of(data)
        parts, beside = references_of(meta, b"dimg"), beside_of(meta)
        within = {part for counted in (*parts.values(), *beside.values()) for part in counted}
        areas = _areas(meta, data, parts)
        pixels = sum(_decoded(item, parts, beside, areas) for item in {*areas, *parts, *beside} - within)
        if beside:  # whoever wasn't reached belongs to itself
            raise KeyError(*beside)
        return pixels if is_heif(data) else max(pixels, moving_area(data))


def pixels_at_once(data: bytes) -> int:
    """Return how many pixels the photo itself, or its alpha channel, is decoded from.

    Its tiles may hold more than its sides say.

    Args:
        data: The file's bytes.

    Raises:
        PhotoError: If the boxes that say so are damaged.
    """
    with _damage_told():
        meta = meta_of(data)
        first = only_box(meta, b"pitm")
        moving = 0 if is_heif(data) else moving_area(data)
        if first is None:
            return moving
        (item,) = struct.unpack_from(">I" if first[0] else ">H", first, 4)
        parts = references_of(meta, b"dimg")
        areas = _areas(meta, data, parts)
        return max(moving, *(_decoded(each, parts, {}, areas) for each in (item, *beside_of(meta).get(item, ()))))


def _areas(meta: Boxes, data: bytes, parts: dict[int, Counter[int]]) -> dict[int, int | None]:
    areas: dict[int, int | None] = dict(areas_of(meta))
    if not is_heif(data):  # the decoder of AVIF doesn't keep to the sides that the boxes tell
        for item, coded in coded_areas(meta, data, areas.keys() - parts.keys()).items():
            areas[item] = max(areas[item] or 0, coded)
    return areas


@contextmanager
def _damage_told() -> Iterator[None]:
    try:
        yield
    except (struct.error, IndexError, KeyError, RecursionError):
        raise PhotoError("damaged: the file's list of pictures can't be read") from None


def _decoded(
    item: int, parts: dict[int, Counter[int]], beside: dict[int, Counter[int]], areas: dict[int, int | None]
) -> int:
    """Return how many pixels are decoded for a picture. What is worked out moves from the first two dicts to the third.

    Args:
        item: Its number.
        parts: What each picture is put together from.
        beside: What is decoded beside each picture, such as its alpha channel.
        areas: How many pixels each picture has.
    """
    if item in parts or item in beside:
        own = 0 if item in parts else areas.get(item) or 0
        needed = parts.pop(item, Counter()) + beside.pop(item, Counter())
        areas[item] = None  # until it is known; who asks for it before is part of itself
        areas[item] = own + sum(times * _decoded(part, parts, beside, areas) for part, times in needed.items())
    area = areas.get(item, 0)
    if area is None:
        raise KeyError(item)
    return area
