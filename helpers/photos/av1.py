"""How large the pictures in an AVIF file really are: their own headers say so, whatever the boxes around them say.

The decoder makes room for the sides in the AV1 data (its sequence header), and only then makes the result as small as
the box says. So the box of a picture that takes gigabytes may say 64 x 64.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice

from helpers.photos.heif_boxes import Boxes, first_samples_of, places_of

_SEQUENCE_HEADER = 1  # kind of OBU, the units of AV1
_MOST_UNITS = 100_000  # in a file; pictures have a handful each
_LONGEST_HEADER = 512  # bytes; 32 operating points with all there is to say of them take fewer


def coded_areas(meta: Boxes, data: bytes, items: Iterable[int]) -> dict[int, int]:
    """Return how many pixels each picture has by its own header; those without such a header are left out.

    Args:
        meta: The file's boxes.
        data: The file's bytes.
        items: Numbers of the pictures that are coded as AV1.
    """
    wanted, known, areas = set(items), {}, {}
    left = _MOST_UNITS
    for item, where, unit in places_of(meta, memoryview(data)):
        if item not in wanted:
            continue
        if where not in known:  # many pictures may be the same bytes
            units = list(islice(_units(unit), left))
            left -= len(units)
            known[where] = _largest(units)
        areas[item] = max(areas.get(item, 0), known[where])
    return areas


def moving_area(data: bytes) -> int:
    """Return how many pixels the first pictures of all tracks have together; 0 in files that don't move."""
    samples = first_samples_of(memoryview(data))
    return sum(_largest(islice(_units(sample), _MOST_UNITS)) for sample in samples)


def _largest(units: Iterable[memoryview]) -> int:
    return max(map(_area, units), default=0)


def _units(coded: memoryview) -> Iterator[memoryview]:
    """Yield what is in each sequence header; an empty view for each other unit."""
    place = 0
    with suppress(IndexError):  # where it is damaged, the decoder stops as well
        while coded[place] < 0x80:  # the first bit is 0
            head = coded[place]
            place += 2 if head & 4 else 1
            size = len(coded) - place
            if head & 2:
                size, place = _leb128(coded, place)
            is_header = head >> 3 & 15 == _SEQUENCE_HEADER
            yield coded[place : place + min(size, _LONGEST_HEADER)] if is_header else coded[:0]
            place += size


def _leb128(coded: memoryview, place: int) -> tuple[int, int]:
    value = 0
    for number in range(8):
        byte = coded[place + number]
        value |= (byte & 127) << (7 * number)
        if byte < 128:
            return value, place + number + 1
    raise IndexError


def _area(header: memoryview) -> int:
    if not header:
        return 0
    bits = _Bits(header)
    bits.take(4)  # profile, and whether it is a still picture
    if bits.take(1):
        bits.take(5)
    else:
        _pass_operating_points(bits)
    across, down = bits.take(4) + 1, bits.take(4) + 1
    return (bits.take(across) + 1) * (bits.take(down) + 1)


def _pass_operating_points(bits: "_Bits") -> None:
    # Section 5.5 of the AV1 specification, up to where the sides are.
    model, delay = 0, 0
    if bits.take(1):  # timing
        bits.take(64)
        if bits.take(1):
            bits.pass_uvlc()
        model = bits.take(1)
        if model:
            delay = bits.take(5) + 1
            bits.take(42)
    display = bits.take(1)
    for _ in range(bits.take(5) + 1):
        bits.take(12)
        if bits.take(5) > 7:
            bits.take(1)
        if model and bits.take(1):
            bits.take(2 * delay + 1)
        if display and bits.take(1):
            bits.take(4)


class _Bits:
    """The bits of a header, taken one after another; behind its end they are 0."""

    def __init__(self, header: memoryview) -> None:
        self._value, self._left = int.from_bytes(header, "big"), 8 * len(header)

    def take(self, count: int) -> int:
        self._left -= count
        value = self._value >> self._left if self._left >= 0 else self._value << -self._left
        return value & ((1 << count) - 1)

    def pass_uvlc(self) -> None:
        zeros = 0
        while self._left > 0 and not self.take(1):
            zeros += 1
        self.take(zeros if zeros < 32 else 0)
