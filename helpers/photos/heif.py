"""HEIC and HEIF, the photos of many phones: how to tell them, what they would cost, and the package that opens them.

Such a file is a tree of boxes. A picture may be one coded image, or be put together from others: phones cut theirs into
tiles. Nothing keeps a small file from naming the same tile a million times, so what has to be decoded is added up
before it is begun. libheif itself refuses a coded image that is larger than its box says.
"""

import io
import struct
from collections import Counter
from collections.abc import Iterator

from PIL import Image

from helpers.photos.entries import PhotoError

PACKAGE = "pillow-heif"
MOST_DECODED = 500_000_000  # pixels, of all pictures in a file: libheif takes about twenty seconds
_CODED = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}  # brands of files with HEVC in them

_Boxes = dict[bytes, list[memoryview]]


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
    pixels = pixels_to_decode(data)
    if not pixels:
        raise PhotoError("a HEIC file without a picture in it")
    if pixels > MOST_DECODED:
        raise PhotoError(f"a HEIC file of {pixels / 1e6:,.0f} megapixels in all, which takes too long")
    return HeifImageFile(io.BytesIO(data))


def pixels_to_decode(data: bytes) -> int:
    """Return how many pixels all pictures in a file have, each counted as often as it is decoded.

    Args:
        data: The file's bytes.

    Raises:
        PhotoError: If the boxes that say so are damaged.
    """
    try:
        whole = _boxes(memoryview(data), 0)
        meta = _boxes(whole[b"meta"][0], 4) if b"meta" in whole else {}
        parts = _parts(meta)
        within = {part for counted in parts.values() for part in counted}
        areas: dict[int, int | None] = dict(_areas(meta))
        return sum(_decoded(item, parts, areas) for item in {*areas, *parts} - within)
    except (struct.error, IndexError, KeyError, RecursionError):
        raise PhotoError("damaged: the HEIC file's list of pictures can't be read") from None


def _decoded(item: int, parts: dict[int, Counter[int]], areas: dict[int, int | None]) -> int:
    if item in parts:
        counted = parts.pop(item)
        areas[item] = None  # until it is known; who asks for it before is part of itself
        areas[item] = sum(times * _decoded(part, parts, areas) for part, times in counted.items())
    area = areas.get(item, 0)
    if area is None:
        raise KeyError(item)
    return area


def _boxes(data: memoryview, start: int) -> _Boxes:
    """Return what is in each box of a row of boxes, by kind, without the box's own size and kind."""
    found: _Boxes = {}
    while start + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, start)
        head = 8
        if size == 1:
            size, head = struct.unpack_from(">Q", data, start + 8)[0], 16
        end = len(data) if size == 0 else start + size
        if size and size < head:
            raise IndexError
        if end > len(data):
            raise PhotoError("damaged: the HEIC file ends too early")
        found.setdefault(kind, []).append(data[start + head : end])
        start = end
    return found


def _parts(meta: _Boxes) -> dict[int, Counter[int]]:
    """Return for each picture that is put together from others how often it takes each of them."""
    parts: dict[int, Counter[int]] = {}
    for references in meta.get(b"iref", []):
        number, wide = ("I", 4) if references[0] else ("H", 2)
        for reference in _boxes(references, 4).get(b"dimg", []):
            item, count = struct.unpack_from(f">{number}H", reference)
            parts[item] = Counter(struct.unpack_from(f">{count}{number}", reference, wide + 2))
    return parts


def _areas(meta: _Boxes) -> dict[int, int]:
    """Return how many pixels each picture has."""
    areas: dict[int, int] = {}
    for listed in meta.get(b"iprp", []):
        properties = _boxes(listed, 0)
        sides = dict(_sides(properties[b"ipco"][0]))
        for linked in properties.get(b"ipma", []):
            for item, number in _links(linked):
                if number in sides:
                    areas[item] = sides[number]
    return areas


def _sides(properties: memoryview) -> Iterator[tuple[int, int]]:
    """Yield the number of each property that gives a picture's sides, counted from 1, with the pixels it makes."""
    start, number = 0, 0
    while start + 8 <= len(properties):
        size, kind = struct.unpack_from(">I4s", properties, start)
        number += 1
        if kind == b"ispe":
            width, height = struct.unpack_from(">II", properties, start + 12)
            yield number, width * height
        if size < 8:
            raise IndexError
        start += size


def _links(linked: memoryview) -> Iterator[tuple[int, int]]:
    """Yield each picture with the number of each property that belongs to it."""
    version, wide = linked[0], linked[3] & 1
    (count,), place = struct.unpack_from(">I", linked, 4), 8
    for _ in range(count):
        item, several = struct.unpack_from(">IB" if version else ">HB", linked, place)
        place += 5 if version else 3
        for number in struct.unpack_from(f">{several}{'H' if wide else 'B'}", linked, place):
            yield item, number & (0x7FFF if wide else 0x7F)
        place += several * (2 if wide else 1)
