"""The boxes of a HEIC or AVIF file, a tree, and what they say of its pictures: sides, places, who belongs to whom."""

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
        raise PhotoError(f"damaged: the file has {len(found)} {kind.decode()} boxes instead of one")
    return found[0] if found else None


def _check_few(boxes: int) -> None:
    if boxes > _MOST_BOXES:
        raise PhotoError(f"damaged: the file has more than {_MOST_BOXES:,} boxes or entries in a list")


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
            raise PhotoError("damaged: the file ends too early")
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


def places_of(meta: Boxes, data: memoryview) -> Iterator[tuple[int, object, memoryview]]:
    """Yield each picture with its coded bytes, and with what is equal for pictures that are the same bytes.

    Args:
        meta: The file's boxes.
        data: The file's bytes.
    """
    located, inside = only_box(meta, b"iloc"), only_box(meta, b"idat")
    if located is None:
        return
    joined = 0
    for item, method, parts in _located(located):
        source = inside if method == 1 and inside is not None else data
        views = [source[start : start + length] if length else source[start:] for start, length in parts]
        if len(views) > 1:
            joined += sum(map(len, views))
            if joined > len(data):  # nothing in a file belongs to two pictures
                raise IndexError
        yield item, (method, *parts), views[0] if len(views) == 1 else memoryview(b"".join(views))


def _located(located: memoryview) -> Iterator[tuple[int, int, list[tuple[int, int]]]]:
    """Yield each picture, how its places are counted, and each of them: where it begins and how long it is."""
    version, sizes = located[0], struct.unpack_from(">H", located, 4)[0]
    wide_start, wide_length, wide_base, wide_index = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    place, total = 6, 0

    def number(width: int) -> int:
        nonlocal place
        if place + width > len(located):
            raise IndexError
        place += width
        return int.from_bytes(located[place - width : place], "big")

    for _ in range(number(4 if version == 2 else 2)):
        item, method = number(4 if version == 2 else 2), number(2) & 15 if version else 0
        number(2)
        base, count = number(wide_base), number(2)
        total += 1 + count
        _check_few(total)
        parts = []
        for _ in range(count):
            number(wide_index if version else 0)
            parts.append((base + number(wide_start), number(wide_length)))
        yield item, method, parts


def first_samples_of(data: memoryview) -> Iterator[memoryview]:
    """Yield the bytes of the first picture of each track; there are none in a file that doesn't move."""
    for film in _boxes(data, 0).get(b"moov", []):
        for track in _boxes(film, 0).get(b"trak", []):
            tables = {b"trak": [track]}
            for kind in (b"trak", b"mdia", b"minf", b"stbl"):
                tables = _boxes(tables[kind][0], 0) if tables.get(kind) else {}
            starts, wide = (tables[b"co64"], "Q") if b"co64" in tables else (tables.get(b"stco"), "I")
            sizes = tables.get(b"stsz")
            if starts and sizes:
                start, (size,) = struct.unpack_from(f">{wide}", starts[0], 8)[0], struct.unpack_from(">I", sizes[0], 4)
                yield data[start : start + (size or struct.unpack_from(">I", sizes[0], 12)[0])]
