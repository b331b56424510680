"""Files that would take far more time or memory than their size suggests, each in the way of its format."""

import io
import os
import struct
from pathlib import Path

import pytest
from PIL import Image

from helpers import load_photos
from helpers.photos import limits
from helpers.photos.limits import memory_to_decode
from helpers.photos.photo import PhotoError, decode_photo
from helpers.photos.tiff import piece_bytes, scanned_pixels


class Growing:
    """Stands for the path of a file that has grown since its size was looked at."""

    def stat(self):
        return os.stat_result((0o100644, 0, 0, 1, 0, 0, self.told, 0, 0, 0))

    def open(self, mode):
        return io.BytesIO(b"x" * 100)


def test_no_more_of_a_file_is_read_than_its_size():
    path = Growing()
    for path.told, reason in ((0, "^the file is empty$"), (99, "^the file is still being written; try again once")):
        with pytest.raises(PhotoError, match=reason):
            limits.read_file(path)
    path.told = 100
    assert limits.read_file(path) == b"x" * 100


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="a file of the system's, where there are such")
def test_a_link_to_a_file_of_the_systems_is_skipped(photo_folder):
    folder = photo_folder({"daisy": 4, "tulips": 4})
    (folder / "daisy" / "log.jpg").symlink_to("/proc/self/status")  # /proc/kmsg would be waited for without an end
    assert [reason for _, reason in load_photos(folder, image_size=32).skipped] == ["the file is empty"]


def run_length_bmp(width: int, height: int, bits: int = 8, coded: bytes = b"\0\1") -> bytes:
    """Return a BMP with run-length coding; unless it is given, its code stops at once."""
    palette = bytes(4 << bits)
    start = 14 + 40 + len(palette)
    sizes = struct.pack(
        "<IiiHHIIiiII", 40, width, height, 1, bits, 1 if bits == 8 else 2, len(coded), 0, 0, 1 << bits, 0
    )
    return b"BM" + struct.pack("<IHHI", start + len(coded), 0, 0, start) + sizes + palette + coded


@pytest.mark.parametrize("bits", [4, 8])
def test_large_bmps_with_run_length_coding_are_refused(bits):
    small = run_length_bmp(40, 40, bits, (b"\x28\0\0\0") * 40 + b"\0\1")
    assert decode_photo(small, 32).shape == (32, 32, 3)
    for data in (
        run_length_bmp(4_000, 3_000, bits),
        run_length_bmp(40, 40, bits, b"\0\0" * 4_500_000),  # ends of lines alone make no pixels, but take as long
    ):
        with pytest.raises(
            PhotoError, match=r"^a BMP with run-length coding of more than 8 megapixels or MB.* as PNG$"
        ):
            decode_photo(data, 32)


def test_copies_of_run_length_coding_count():
    data = run_length_bmp(640, 480)
    with Image.open(io.BytesIO(data)) as picture:
        assert memory_to_decode(picture, picture.size, data) == 4 * 640 * 480


def jpeg_tiff(progressive: bool, repeated: int = 0, tiles: int = 1, told: bool = True) -> bytes:
    """Return a TIFF of JPEG tiles, all of them the same bytes, whose first refinement is repeated."""
    file = io.BytesIO()
    Image.linear_gradient("L").save(file, "JPEG", progressive=progressive)
    jpeg = file.getvalue()
    scans = [place for place in range(len(jpeg)) if jpeg[place : place + 2] == b"\xff\xda"]
    jpeg = jpeg[:-2] + jpeg[scans[-1] : -2] * repeated + jpeg[-2:]
    places = struct.pack(f"<{tiles}I", *[8] * tiles), struct.pack(f"<{tiles}I", *[len(jpeg)] * tiles)
    start = 8 + len(jpeg)
    end = start + sum(map(len, places))
    tags = [(256, 3, 1, 256), (257, 3, 1, 256 * tiles), (258, 3, 1, 8), (259, 3, 1, 7), (262, 3, 1, 1)]
    tags += [(322, 3, 1, 256), (323, 3, 1, 256)]
    alone = tiles == 1
    tags.append((324, 4, tiles, 8 if alone else start))
    tags += [(325, 4, tiles, len(jpeg) if alone else start + 4 * tiles)] if told else []
    entries = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    return (
        struct.pack("<2sHI", b"II", 42, end)
        + jpeg
        + b"".join(places)
        + struct.pack("<H", len(tags))
        + entries
        + bytes(4)
    )


@pytest.mark.parametrize("tiles", [1, 3])
def test_a_tiff_of_jpegs_counts_every_pass(monkeypatch, tiles):
    plain, passes = jpeg_tiff(False, 0, tiles), jpeg_tiff(True, 30, tiles)
    assert decode_photo(plain, 32).shape == (32, 32, 3)
    for data, scans in ((plain, 1), (passes, 36), (jpeg_tiff(True, 30, tiles, told=False), 36)):
        with Image.open(io.BytesIO(data)) as picture:
            assert scanned_pixels(picture, data) == scans * 256 * 256 * tiles
            assert piece_bytes(picture, data) == (1 if scans == 1 else 3) * 256 * 256
    monkeypatch.setattr(limits, "_MOST_WORK", 20 * 256 * 256 * tiles)
    assert decode_photo(jpeg_tiff(True, 0, tiles), 32).shape == (32, 32, 3)
    with pytest.raises(PhotoError, match=r"^a TIFF of JPEGs in many passes, which takes too long$"):
        decode_photo(passes, 32)


def test_a_tiff_without_jpegs_has_no_passes():
    file = io.BytesIO()
    Image.linear_gradient("L").save(file, "TIFF")
    data = file.getvalue()
    with Image.open(io.BytesIO(data)) as picture:
        assert scanned_pixels(picture, data + b"\xff\xda" * 50) == 0


def test_more_passes_than_anyone_counts_are_too_many():
    data = jpeg_tiff(False)
    with Image.open(io.BytesIO(data)) as picture:
        assert scanned_pixels(picture, b"\xff\xda" * 1_000_000 + data) > 1e13
        picture.tag_v2[324] = picture.tag_v2[325] = ("here",)
        assert scanned_pixels(picture, data) == 0
