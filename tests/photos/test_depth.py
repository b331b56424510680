"""What a file says of its values and Pillow doesn't heed: depths of 9 to 15 bits, white as 0, transparent colours."""

import struct
import zlib

import numpy as np
import pytest

from helpers.photos.contents import pixels_digest
from helpers.photos.entries import ReadPhoto
from helpers.photos.photo import PhotoError, decode_photo
from helpers.photos.stretching import measured_range


def tiff(
    values: bytes, bits: int = 16, zero: int = 1, samples: int = 1, sample_format: int = 1, side: int = 40
) -> bytes:
    """Return a TIFF in grey; `zero` is 0 where that value is white."""
    tags = [(256, 3, 1, side), (257, 3, 1, side), (258, 3, samples, bits | bits << 16 if samples == 2 else bits)]
    tags += [(259, 3, 1, 1), (262, 3, 1, zero), (273, 4, 1, 8), (277, 3, 1, samples), (278, 3, 1, side)]
    tags += [
        (279, 4, 1, len(values)),
        (339, 3, samples, sample_format | sample_format << 16 if samples == 2 else sample_format),
    ]
    entries = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    return struct.pack("<2sHI", b"II", 42, 8 + len(values)) + values + struct.pack("<H", len(tags)) + entries + bytes(4)


def deep(level: int, side: int = 40) -> bytes:
    return np.full(side * side, level, "<u2").tobytes()


@pytest.mark.parametrize(
    ("data", "grey"),
    [
        (tiff(deep(60_000), zero=0), 22),
        (tiff(deep(60_000)), 233),
        (tiff(np.full(1_600, -32_768, "<i2").tobytes(), sample_format=2), 0),
        (tiff(np.full(1_600, -5_268, "<i2").tobytes(), sample_format=2), 107),
        (tiff(np.full(1_600, 32_767, "<i2").tobytes(), sample_format=2), 255),
        (tiff(b"\x80\x08\x00" * 800, bits=12), 128),
        (tiff(b"\xff\xff\xff" * 800, bits=12), 255),
    ],
)
def test_grey_is_read_as_the_file_states_it(data, grey):
    assert (decode_photo(data, 32) == grey).all()


def test_large_pictures_are_read_in_the_same_way():
    assert (decode_photo(tiff(deep(60_000, 2_400), zero=0, side=2_400), 32) == 22).all()


def test_values_are_stretched_as_they_are_seen(tmp_path):
    for number, level in enumerate((60_000, 65_000)):
        (tmp_path / f"{number}.tif").write_bytes(tiff(deep(level), zero=0))
    assert measured_range(sorted(tmp_path.iterdir())) == (535, 5_535)
    assert (decode_photo(tiff(deep(60_000), zero=0), 32, (535, 5_535)) == 255).all()
    assert (decode_photo(tiff(b"\x80\x08\x00" * 800, bits=12), 32, (0, 2_048)) == 255).all()


def test_values_below_0_are_stretched(tmp_path):
    for number, level in enumerate((-1_024, 3_071)):  # the range of computed tomography
        (tmp_path / f"{number}.tif").write_bytes(tiff(np.full(1_600, level, "<i2").tobytes(), sample_format=2))
    assert measured_range(sorted(tmp_path.iterdir())) == (-1_024, 3_071)
    low, high = ((tmp_path / name).read_bytes() for name in ("0.tif", "1.tif"))
    assert (decode_photo(low, 32, (-1_024, 3_071)) == 0).all()
    assert (decode_photo(high, 32, (-1_024, 3_071)) == 255).all()
    assert (decode_photo(high, 32, (0, 4_095)) == 191).all()  # the file's own numbers count


@pytest.mark.parametrize(("bits", "order", "compression"), [(8, "<", 1), (16, ">", 8)])
def test_values_with_a_sign_that_pillow_mixes_up_are_refused(bits, order, compression):
    """8 bits are read as if they had no sign; of two compressed bytes, the lower one is taken for the higher."""
    values = np.full(1_600, -100, f"{order}i{bits // 8}").tobytes()
    values = zlib.compress(values) if compression == 8 else values
    tags = [(256, 3, 1, 40), (257, 3, 1, 40), (258, 3, 1, bits), (259, 3, 1, compression), (262, 3, 1, 1)]
    tags += [(273, 4, 1, 8), (278, 3, 1, 40), (279, 4, 1, len(values)), (339, 3, 1, 2)]
    entries = b"".join(
        struct.pack(f"{order}HHI", *tag[:3])
        + (struct.pack(f"{order}HH", tag[3], 0) if tag[1] == 3 else struct.pack(f"{order}I", tag[3]))
        for tag in tags
    )
    kind = b"II" if order == "<" else b"MM"
    data = struct.pack(f"{order}2sHI", kind, 42, 8 + len(values)) + values + struct.pack(f"{order}H", len(tags))
    with pytest.raises(PhotoError, match="with a sign"):
        decode_photo(data + entries + bytes(4), 32)


def test_the_same_numbers_at_another_depth_are_another_picture(tmp_path):
    files = {
        "inverted": tiff(deep(65_535 - 2_049), zero=0),
        "plain": tiff(deep(2_049)),
        "12": tiff(b"\x80\x18\x01" * 800, 12),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    one, same, other = (pixels_digest(ReadPhoto(tmp_path / name, "", name, None)) for name in files)
    assert one == same != other


@pytest.mark.parametrize(
    "data",
    [tiff(np.full(1600, 0.5, "<f2").tobytes(), sample_format=3), tiff(deep(9) * 2, samples=2)],
    ids=["float16", "alpha"],
)
def test_an_unsupported_tiff_is_not_called_anything_else(data):
    with pytest.raises(
        PhotoError, match=r"^a TIFF file that is damaged, or of a kind that isn't supported; save it as PNG"
    ):
        decode_photo(data, 32)


def png(kind: int, bits: int, pixel: bytes, transparent: bytes) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 40, 40, bits, kind, 0, 0, 0)) + chunk(b"tRNS", transparent)
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress((b"\0" + pixel * 40) * 40)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("kind", "bits", "values"), [(0, 8, (32,)), (0, 16, (1000,)), (2, 8, (9, 8, 7)), (2, 16, (1000, 2000, 3000))]
)
def test_a_transparent_colour_becomes_white(kind, bits, values):
    pixel = struct.pack(f">{len(values)}{'B' if bits == 8 else 'H'}", *values)
    hidden = struct.pack(f">{len(values)}H", *values)
    other = struct.pack(f">{len(values)}H", *(value + 600 if bits == 16 else value + 1 for value in values))
    assert (decode_photo(png(kind, bits, pixel, hidden), 32) == 255).all()
    seen = [value >> 8 if bits == 16 else value for value in values]
    assert np.abs(decode_photo(png(kind, bits, pixel, other), 32).astype(int) - seen).max() <= 1
