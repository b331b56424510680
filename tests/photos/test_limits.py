"""Files that would cost too much: told from their headers, and large photos read with little memory."""

import io
import os
import struct
import subprocess
import sys
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from helpers import config, load_photos, read_photo
from helpers.photos import limits
from helpers.photos.colours import rgb
from helpers.photos.limits import MOST_MEMORY, memory_to_decode
from helpers.photos.photo import PhotoError, decode_photo
from helpers.photos.strips import upright_reduced, upright_size, upright_strips


def saved(picture: Image.Image, image_format: str = "JPEG", **options) -> bytes:
    file = io.BytesIO()
    picture.save(file, format=image_format, **options)
    return file.getvalue()


def rough(width: int, height: int, seed: int = 0) -> Image.Image:
    small = np.random.default_rng(seed).integers(0, 256, (12, 16, 3), dtype=np.uint8)
    return Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)


def png_header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(b"\0" * 100))
    )


def resized_header(data: bytes, width: int, height: int) -> bytes:
    """Return a JPEG whose header claims another size."""
    place = max(data.find(b"\xff\xc0"), data.find(b"\xff\xc2"))
    return data[: place + 5] + struct.pack(">HH", height, width) + data[place + 9 :]


def test_a_file_of_absurd_size_is_never_read(photo_folder):
    folder = photo_folder({"daisy": 4, "tulips": 4})
    with (folder / "daisy" / "sparse.jpg").open("wb") as file:
        file.truncate(100_000_000_000)
    with pytest.raises(PhotoError, match=r"the file has 100,000 MB, more than 200"):
        read_photo(folder / "daisy" / "sparse.jpg")
    assert [path.name for path, _ in load_photos(folder, image_size=32).skipped] == ["sparse.jpg"]


@pytest.mark.parametrize("size", [(20_000, 15_000), (1_000_000, 1_000)])
def test_a_picture_of_absurd_size_is_refused_by_its_header(size):
    with pytest.raises(PhotoError, match=r"more than \d+ megapixels"):
        decode_photo(png_header(*size), 32)
    with pytest.raises(PhotoError, match="more than 202 megapixels"):
        decode_photo(resized_header(saved(rough(64, 64)), 20_000, 15_000), 32)


def test_a_phone_with_200_megapixels_is_not_refused():
    # All but the first pixels are missing, which Pillow lets pass.
    assert decode_photo(resized_header(saved(rough(64, 64)), 16_320, 12_240), 32).shape == (32, 32, 3)


def with_repeated_scan(times: int) -> bytes:
    """Return a progressive JPEG whose second scan, which adds to the first, stands in it several times."""
    data = saved(rough(64, 64), progressive=True)
    starts = [place for place in range(len(data)) if data[place : place + 2] == b"\xff\xda"]
    # A scan begins with its Huffman table and ends where the next table begins.
    tables = [data.rfind(b"\xff\xc4", 0, start) for start in starts]
    return data[: tables[2]] + data[tables[1] : tables[2]] * times + data[tables[2] :]


def test_a_jpeg_that_repeats_itself_is_refused(monkeypatch):
    usual = saved(rough(64, 64), progressive=True)
    monkeypatch.setattr(limits, "_MOST_WORK", 64 * 64 * 20)
    assert decode_photo(usual, 32).shape == (32, 32, 3)
    assert decode_photo(with_repeated_scan(5), 32).shape == (32, 32, 3)
    with pytest.raises(PhotoError, match=r"a JPEG of 40 passes over 0 megapixels, which takes too long"):
        decode_photo(with_repeated_scan(30), 32)


def test_what_only_looks_like_a_pass_is_none(monkeypatch):
    monkeypatch.setattr(limits, "_MOST_WORK", 64 * 64 * 20)
    data = saved(rough(64, 64), comment=b"\xff\xda" * 50)
    assert np.array_equal(decode_photo(data + b"\xff\xda" * 50, 32), decode_photo(saved(rough(64, 64)), 32))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is measured where Linux tells it")
@pytest.mark.parametrize(
    ("sides", "work"),
    [
        ((4_000, 4_000), "read_photo(path, 32)"),
        ((40, 400_000), "read_photo(path, 32)"),
        ((400_000, 40), "read_photo(path, 32)"),
        ((4_000, 4_000), "measured_range([path])"),
    ],
)
def test_large_deep_pictures_take_little_memory(tmp_path, sides, work):
    """16 megapixels of 16 bits are 32 MB; as 64-bit numbers they would be 128 MB, several times over."""
    height, width = sides
    deep = np.resize(np.arange(width, dtype=np.uint16) * 10, (height, width))
    Image.fromarray(deep).save(tmp_path / "scan.png", compress_level=1)
    code = f"""
import sys; from pathlib import Path; from helpers import read_photo
def peak(): return int(next(l for l in open("/proc/self/status") if l.startswith("VmHWM")).split()[1]) // 1024
import numpy, PIL.Image, helpers.photos.photo; from helpers.photos.stretching import measured_range
path = Path(sys.argv[1]); before = peak(); {work}; print(peak() - before)
"""
    command = [sys.executable, "-c", code, str(tmp_path / "scan.png")]
    done = subprocess.run(command, cwd=config.ROOT, capture_output=True, text=True)
    assert int(done.stdout.split()[-1]) < 60, done.stderr


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
@pytest.mark.parametrize("sides", [(1_001, 38), (38, 1_000)])
def test_a_narrow_picture_shows_its_centre(orientation, sides):
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = rough(*sides)
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(saved(picture, "PNG", exif=exif))))
    expected = ImageOps.fit(upright, (32, 32), Image.Resampling.BILINEAR)
    square = decode_photo(saved(picture, "PNG", exif=exif), 32)
    assert np.abs(square.astype(int) - np.asarray(expected)).max() <= 3


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "RGBA", "LA", "CMYK", "I;16"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_strips_are_the_upright_picture_and_reduce_to_the_same(mode, orientation):
    picture = rough(170, 331)
    picture = (
        Image.fromarray(np.asarray(picture.convert("L"), np.uint16) * 200) if mode == "I;16" else picture.convert(mode)
    )
    picture.getexif()[0x0112] = orientation
    upright = ImageOps.exif_transpose(picture)
    assert upright_size(picture) == upright.size
    joined = np.concatenate([np.asarray(strip) for strip in upright_strips(picture, 50)])
    assert np.array_equal(joined, np.asarray(upright))
    assert np.array_equal(np.asarray(upright_reduced(picture, 3)), np.asarray(rgb(upright).reduce(3)))


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P"])
def test_a_large_picture_looks_like_the_whole(mode):
    picture = rough(2500, 1700).convert(mode)
    expected = ImageOps.fit(picture.convert("RGB"), (64, 64), Image.Resampling.BILINEAR)
    square = decode_photo(saved(picture, "PNG", compress_level=1), 64)
    assert np.abs(square.astype(int) - np.asarray(expected)).max() <= 3


def test_a_large_picture_is_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 8
    picture = rough(2500, 1700)
    turned = decode_photo(saved(picture.transpose(Image.Transpose.ROTATE_270), "PNG", exif=exif, compress_level=1), 64)
    assert np.array_equal(turned, decode_photo(saved(picture, "PNG", compress_level=1), 64))


@pytest.mark.parametrize(
    ("image_format", "options", "least", "most"),
    [
        ("PNG", {}, 4, 4),
        ("WEBP", {}, 16, 16),
        ("AVIF", {}, 16, 16),
        ("TIFF", {}, 4, 7),
        ("TIFF", {"compression": "tiff_lzw", "tiffinfo": {278: 480}}, 7, 7),  # one strip, which is held whole
        ("JPEG", {}, 4, 4),
        ("MPO", {"save_all": True, "append_images": [rough(64, 64)], "progressive": True, "subsampling": 0}, 10, 10),
        ("JPEG", {"progressive": True, "subsampling": 2}, 7, 7),
        ("JPEG", {"progressive": True, "subsampling": 0}, 10, 10),
    ],
)
def test_memory_is_told_from_the_header(image_format, options, least, most):
    data = saved(rough(640, 480), image_format, **options)
    with Image.open(io.BytesIO(data)) as picture:
        assert least * 640 * 480 <= memory_to_decode(picture, picture.size, data) <= most * 640 * 480
        picture.draft(None, (80, 60))
        assert picture.format != "JPEG" or memory_to_decode(picture, (640, 480), data) <= (most - 3.9) * 640 * 480


def test_a_tile_of_a_tiff_is_held_whole():
    with Image.open(io.BytesIO(saved(rough(64, 48), "TIFF"))) as picture:
        picture.tag_v2[322] = picture.tag_v2[323] = 30_000  # its sides; what a tag says may be anything
        assert memory_to_decode(picture, picture.size, b"") == 4 * 64 * 48 + 3 * 30_000**2
        picture.tag_v2[322] = "wide"
        assert memory_to_decode(picture, picture.size, b"") == 4 * 64 * 48 + 3 * 64 * 30_000


@pytest.mark.parametrize("orientation", [2, 6])
def test_a_tiff_that_is_turned_upright_is_held_twice(orientation):
    plain, turned = (saved(rough(640, 480), "TIFF", tiffinfo={274: each}) for each in (1, orientation))
    with Image.open(io.BytesIO(plain)) as upright, Image.open(io.BytesIO(turned)) as picture:
        difference = memory_to_decode(picture, picture.size, turned) - memory_to_decode(upright, upright.size, plain)
        assert difference == 4 * 640 * 480


def test_a_tag_without_a_size_does_not_make_a_tiff_smaller():
    with Image.open(io.BytesIO(saved(rough(64, 48), "TIFF"))) as picture:
        for told in (0, -30_000):
            picture.tag_v2[278] = picture.tag_v2[322] = told
            assert memory_to_decode(picture, picture.size, b"") == (4 + 3) * 64 * 48


def test_a_picture_that_takes_too_much_memory_is_refused(monkeypatch):
    monkeypatch.setattr(limits.memory, "total", 1_000_000)
    with pytest.raises(PhotoError, match=r"decoding it takes 0\.0 GB of memory"):
        decode_photo(saved(rough(640, 480), "WEBP"), 32)
    assert limits.memory.left == MOST_MEMORY


def test_threads_share_the_memory():
    shared, most, lock = limits._Memory(100), [0, 0], threading.Lock()

    def work(wanted: int) -> None:
        with shared.held(wanted):
            with lock:
                most[0] += wanted
                most[1] = max(most)
            with lock:
                most[0] -= wanted

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, [60, 30, 100, 10, 45, 80] * 50))
    assert most[1] <= 100
    assert shared.left == 100


def test_running_out_of_memory_is_not_called_damage(monkeypatch, photo_folder):
    folder = photo_folder({"daisy": 4, "tulips": 4})
    open_file = Path.open

    def opened(path, *arguments):
        if path.name == "daisy_001.png":
            raise MemoryError
        return open_file(path, *arguments)

    monkeypatch.setattr(Path, "open", opened)
    open_picture = Image.open

    def open_none(*arguments, **options):
        picture = open_picture(*arguments, **options)
        if picture.size == (50, 50):
            monkeypatch.setattr(picture, "load", lambda: exec("raise MemoryError"))
        return picture

    monkeypatch.setattr(Image, "open", open_none)
    rough(50, 50).save(folder / "daisy" / "other.png")
    skipped = load_photos(folder, image_size=32).skipped
    assert {(path.name, reason) for path, reason in skipped} == {
        ("daisy_001.png", "there is not enough memory to open it"),
        ("other.png", "there is not enough memory to open it"),
    }


def test_the_limits_leave_room_for_eight_files_at_a_time():
    assert min(os.cpu_count() or 2, 8) * 25e6 + MOST_MEMORY + config.IMAGES_IN_MEMORY < 1.45e9
