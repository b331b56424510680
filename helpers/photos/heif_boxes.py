"""The boxes of a HEIC file, a tree of them, and what they say of its pictures: their sides, and who belongs to whom."""

import struct
from collections import Counter
from collections.abc import Iterator

from helpers.photos.entries import PhotoError

_MOST_BOXES = 100_000  # in a row, or entries in a list: libheif takes fewer, and Python needs far more memory for them

Boxes = dict[bytes, list[memoryview]]


def meta_of(data: bytes) -> Boxes:
    """Return the boxes that say which pictures a file has."""
    found = only_box(_boxes(memoryview(data), 0), b"meta")
    return {} if found is None else _boxes(found, 4)


def only_box(boxes: Boxes, kind: bytes) -> memoryview | None:
    """Return the only box of a kind, if there is one: of two, nobody knows which libheif takes."""
    found = boxes.get(kind, [])
    if len(found) > 1:
        raise PhotoError(f"damaged: the HEIC file has {len(found)} {kind.decode()} boxes instead of one")
    return found[0] if found else None


def _check_few(boxes: int) -> None:
    if boxes > _MOST_BOXES:
        raise PhotoError(f"damaged: the HEIC file has more than {_MOST_BOXES:,} boxes or entries in a list")


def _boxes(data: memoryview, start: int) -> Boxes:
    """Return what is in each box of a row of boxes, by kind, without the box's own size and kind."""
    found: Boxes = {}
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


def references_of(meta: Boxes, kind: bytes) -> dict[int, Counter[int]]:
    """Return for each picture that refers to others how often it refers to each of them.

    Args:
        meta: The file's boxes.
        kind: Of reference: to those that a picture is put together from, or to those that it belongs to.
    """
    referred: dict[int, Counter[int]] = {}
    references = only_box(meta, b"iref")
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


def beside_of(meta: Boxes) -> dict[int, Counter[int]]:
    """Return for each picture what belongs to it, and may be decoded whenever it is, such as an alpha channel."""
    beside: dict[int, Counter[int]] = {}
    for item, pictures in references_of(meta, b"auxl").items():
        for picture in pictures:
            beside.setdefault(picture, Counter())[item] += 1
    return beside


def areas_of(meta: Boxes) -> dict[int, int]:
    """Return how many pixels each picture has: the most that it is given."""
    areas: dict[int, int] = {}
    listed = only_box(meta, b"iprp")
    properties = {} if listed is None else _boxes(listed, 0)
    stored = only_box(properties, b"ipco")
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
