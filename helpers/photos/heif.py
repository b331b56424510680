"""HEIC and HEIF, the photos of many phones: how to tell them, what they would cost, and the package that opens them.

Such a file is a tree of boxes. A picture may be one coded image, or be put together from others: phones cut theirs into
tiles. Nothing keeps a small file from naming the same tile a million times, so what has to be decoded is added up
before it is begun. libheif itself refuses a coded image that is larger than its box says.
"""

import io
import struct
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

from helpers.photos.entries import PhotoError

PACKAGE = "pillow-heif"
MOST_DECODED = 500_000_000  # pixels, of all pictures in a file: libheif takes about twenty seconds
_MOST_BOXES = 100_000  # in a row, or entries in a list: libheif takes fewer, and Python needs far more memory for them
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
    with _damage_told():
        meta = _meta(data)
        parts, beside = _referred(meta, b"dimg"), _beside(meta)
        within = {part for counted in (*parts.values(), *beside.values()) for part in counted}
        areas: dict[int, int | None] = dict(_areas(meta))
        pixels = sum(_decoded(item, parts, beside, areas) for item in {*areas, *parts, *beside} - within)
        if beside:  # whoever wasn't reached belongs to itself
            raise KeyError(*beside)
        return pixels


def pixels_at_once(data: bytes) -> int:
    """Return how many pixels the photo itself is decoded from: its tiles may hold more than its sides say.

    Args:
        data: The file's bytes.

    Raises:
        PhotoError: If the boxes that say so are damaged.
    """
    with _damage_told():
        meta = _meta(data)
        first = _only(meta, b"pitm")
        if first is None:
            return 0
        (item,) = struct.unpack_from(">I" if first[0] else ">H", first, 4)
        return _decoded(item, _referred(meta, b"dimg"), {}, dict(_areas(meta)))


@contextmanager
def _damage_told() -> Iterator[None]:
    try:
        yield
    except (struct.error, IndexError, KeyError, RecursionError):
        raise PhotoError("damaged: the HEIC file's list of pictures can't be read") from None


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


def _meta(data: bytes) -> _Boxes:
    meta = _only(_boxes(memoryview(data), 0), b"meta")
    return {} if meta is None else _boxes(meta, 4)


def _only(boxes: _Boxes, kind: bytes) -> memoryview | None:
    """Return the only box of a kind, if there is one: of two, nobody knows which libheif takes."""
    found = boxes.get(kind, [])
    if len(found) > 1:
        raise PhotoError(f"damaged: the HEIC file has {len(found)} {kind.decode()} boxes instead of one")
    return found[0] if found else None


def _check_few(boxes: int) -> None:
    if boxes > _MOST_BOXES:
        raise PhotoError(f"damaged: the HEIC file has more than {_MOST_BOXES:,} boxes or entries in a list")


def _boxes(data: memoryview, start: int) -> _Boxes:
    """Return what is in each box of a row of boxes, by kind, without the box's own size and kind."""
    found: _Boxes = {}
    number = 0
    while start + 8 <= len(data):
        number += 1
        _check_few(number)
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


def _referred(meta: _Boxes, kind: bytes) -> dict[int, Counter[int]]:
    """Return for each picture that refers to others how often it refers to each of them.

    Args:
        meta: The file's boxes.
        kind: Of reference: to those that a picture is put together from, or to those that it belongs to.
    """
    referred: dict[int, Counter[int]] = {}
    references = _only(meta, b"iref")
    if references is None:
        return referred
    number, wide = ("I", 4) if references[0] else ("H", 2)
    total = 0
    for reference in _boxes(references, 4).get(kind, []):
        item, count = struct.unpack_from(f">{number}H", reference)
        total += count
        _check_few(total)
        others = struct.unpack_from(f">{count}{number}", reference, wide + 2)
        referred.setdefault(item, Counter()).update(others)
    return referred


def _beside(meta: _Boxes) -> dict[int, Counter[int]]:
    """Return for each picture what belongs to it, and may be decoded whenever it is, such as an alpha channel."""
    beside: dict[int, Counter[int]] = {}
    for item, pictures in _referred(meta, b"auxl").items():
        for picture in pictures:
            beside.setdefault(picture, Counter())[item] += 1
    return beside


def _areas(meta: _Boxes) -> dict[int, int]:
    """Return how many pixels each picture has: the most that it is given."""
    areas: dict[int, int] = {}
    listed = _only(meta, b"iprp")
    properties = {} if listed is None else _boxes(listed, 0)
    stored = _only(properties, b"ipco")
    sides = {} if stored is None else dict(_sides(stored))
    for item, number in _links(properties.get(b"ipma", [])):
        if number in sides:
            areas[item] = max(areas.get(item, 0), sides[number])
    return areas


def _sides(properties: memoryview) -> Iterator[tuple[int, int]]:
    """Yield the number of each property that gives a picture's sides, counted from 1, with the pixels it makes."""
    start, number = 0, 0
    while start + 8 <= len(properties):
        size, kind = struct.unpack_from(">I4s", properties, start)
        number += 1
        _check_few(number)
        if kind == b"ispe":
            width, height = struct.unpack_from(">II", properties, start + 12)
            yield number, width * height
        if size < 8:
            raise IndexError
        start += size


def _links(lists: list[memoryview]) -> Iterator[tuple[int, int]]:
    """Yield each picture with the number of each property that belongs to it."""
    total = 0
    for linked in lists:
        version, wide = linked[0], linked[3] & 1
        (count,), place = struct.unpack_from(">I", linked, 4), 8
        total += count
        _check_few(total)
        for _ in range(count):
            item, several = struct.unpack_from(">IB" if version else ">HB", linked, place)
            place += 5 if version else 3
            for number in struct.unpack_from(f">{several}{'H' if wide else 'B'}", linked, place):
                yield item, number & (0x7FFF if wide else 0x7F)
            place += several * (2 if wide else 1)
