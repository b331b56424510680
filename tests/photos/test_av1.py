"""AVIF files whose boxes say less than has to be decoded: told by the headers of the pictures themselves."""

import io
import struct

import numpy as np
import pytest
from PIL import Image

from helpers.photos import heif, limits
from helpers.photos.av1 import coded_areas, moving_area
from helpers.photos.heif import pixels_at_once, pixels_to_decode
from helpers.photos.heif_boxes import places_of
from helpers.photos.photo import PhotoError, decode_photo

AREA = 640 * 480


def avif(mode: str = "RGB", **options) -> bytes:
    file = io.BytesIO()
    Image.new(mode, (640, 480), (0, 128, 128, 100)[: len(mode)] if mode != "L" else 90).save(file, "AVIF", **options)
    return file.getvalue()


def lying(data: bytes) -> bytes:
    """Return a file whose box says that its picture is small."""
    told = b"ispe" + struct.pack(">III", 0, 640, 480)
    assert told in data
    return data.replace(told, b"ispe" + struct.pack(">III", 0, 64, 48))


@pytest.mark.parametrize(("mode", "pictures"), [("L", 1), ("RGB", 1), ("RGBA", 2)])
def test_pictures_count_as_they_are_coded(mode, pictures):
    for data in (avif(mode), lying(avif(mode))):
        assert pixels_to_decode(data) == pictures * AREA
        assert pixels_at_once(data) == AREA


def test_a_picture_larger_than_it_says_takes_the_memory_that_it_takes(monkeypatch):
    monkeypatch.setattr(limits.memory, "total", 1_000_000)
    with pytest.raises(PhotoError, match=r"^decoding it takes 0\.0 GB of memory$"):
        decode_photo(lying(avif()), 32)


def test_pictures_that_take_too_long_are_refused(monkeypatch):
    monkeypatch.setattr(heif, "MOST_DECODED", AREA)
    assert decode_photo(avif(), 32).shape == (32, 32, 3)
    with pytest.raises(PhotoError, match=r"^an AVIF file of 1 megapixels in all, which takes too long$"):
        decode_photo(lying(avif("RGBA")), 32)


def test_a_moving_picture_counts_by_its_first():
    moving = avif(save_all=True, append_images=[Image.new("RGB", (640, 480), "red")])
    assert moving_area(moving) == AREA
    assert moving_area(avif()) == 0
    assert pixels_at_once(lying(moving)) == AREA
    assert np.abs(decode_photo(moving, 32).astype(int) - (0, 128, 128)).max() <= 3


def header(*fields: tuple[int, int]) -> bytes:
    """Return a unit with a sequence header: each field's value and its number of bits."""
    bits = "".join(f"{value:0{width}b}" for value, width in [*fields, (9, 4), (8, 4), (639, 10), (479, 9)])
    content = int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")
    return bytes([0x0A, len(content)]) + content


STILL = header((0, 3), (3, 2), (4, 5))
PLAIN = header((0, 3), (0, 2), (0, 1), (0, 1), (0, 5), (0, 12), (4, 5))
TIMED = header((0, 3), (0, 2), (1, 1), (5, 64), (1, 1), (5, 5), (1, 1), (9, 5), (7, 42), (1, 1), (1, 5),
               (0, 12), (9, 5), (1, 1), (1, 1), (77, 21), (1, 1), (5, 4), (0, 12), (4, 5), (0, 1), (0, 1))  # fmt: skip


def meta_for(located: bytes, inside: bytes = b"") -> dict[bytes, list[memoryview]]:
    return {b"iloc": [memoryview(located)]} | ({b"idat": [memoryview(inside)]} if inside else {})


@pytest.mark.parametrize("unit", [STILL, PLAIN, TIMED], ids=["still", "plain", "timed"])
@pytest.mark.parametrize("before", [b"", b"\x12\x00", b"\x7e\x08\x83\x00" + b"x" * 3], ids=["", "delimiter", "padding"])
def test_the_sides_are_found_in_any_header(unit, before):
    data = before + unit
    located = struct.pack(">BxxxHHHHHII", 0, 0x4400, 1, 7, 0, 1, 0, len(data))
    assert coded_areas(meta_for(located), data, {7}) == {7: AREA}
    assert coded_areas(meta_for(located), data, {8}) == {}


@pytest.mark.parametrize("cut", range(len(PLAIN)))
def test_a_damaged_header_is_passed_over(cut):
    located = struct.pack(">BxxxHHHHHII", 0, 0x4400, 1, 7, 0, 1, 0, cut)
    assert coded_areas(meta_for(located), PLAIN, {7})[7] >= 0


def test_places_of_every_kind():
    plain = struct.pack(">BxxxHHHHHIIII", 0, 0x4400, 1, 7, 0, 2, 0, 2, 4, 2)
    inside = struct.pack(">BxxxHHHHHIHBB", 1, 0x1140, 1, 7, 1, 0, 1, 1, 1, 3)
    wide = struct.pack(">BxxxHIIHHHHHHI", 2, 0x2400, 1, 7, 0, 0, 1, 3, 0, 0, 0)
    assert [bytes(view) for _, _, view in places_of(meta_for(plain), memoryview(b"abcdef"))] == [b"abef"]
    assert [bytes(view) for _, _, view in places_of(meta_for(inside, b"ghijkl"), memoryview(b""))] == [b"ijk"]
    assert [item for item, _, _ in places_of(meta_for(wide), memoryview(b"abcdef"))] == [7]


def test_bytes_that_are_named_over_and_over_are_read_once():
    count = 50_000
    rows = b"".join(struct.pack(">HHHII", item, 0, 1, 0, 0) for item in range(count))
    data = STILL + b"\x12\x00" * 50_000
    areas = coded_areas(meta_for(struct.pack(">BxxxHH", 0, 0x4400, count) + rows), data, range(count))
    assert areas == dict.fromkeys(range(count), AREA)
    twice = struct.pack(">BxxxHHHHHIIIIII", 0, 0x4400, 1, 7, 0, 3, 0, 4, 0, 4, 0, 4)
    with pytest.raises(IndexError):
        list(places_of(meta_for(twice), memoryview(b"abcdef")))
