"""HEIC, the photos of many phones: read as any other, refused in a sentence, and never decoded at any price."""

import io
import struct
import sys

import numpy as np
import pytest
from PIL import Image, ImageOps

from helpers import load_photos, read_photo
from helpers.photos import heif, limits
from helpers.photos.heif import is_heif, pixels_to_decode
from helpers.photos.limits import memory_to_decode
from helpers.photos.opening import opened
from helpers.photos.photo import PhotoError, decode_photo

pillow_heif = pytest.importorskip("pillow_heif", reason="pillow-heif is not installed")


def rough(width: int, height: int) -> Image.Image:
    small = np.random.default_rng(0).integers(0, 256, (12, 16, 3), dtype=np.uint8)
    return Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)


def heic(picture: Image.Image, **options) -> bytes:
    file = io.BytesIO()
    pillow_heif.from_pillow(picture).save(file, **{"quality": 95, "chroma": 444, **options})
    return file.getvalue()


def plain_square(picture: Image.Image, size: int) -> np.ndarray:
    return np.asarray(ImageOps.fit(picture.convert("RGB"), (size, size), Image.Resampling.BILINEAR), int)


@pytest.mark.parametrize("name", ["photo.heic", "photo.HIF", "photo.jpg"])
def test_a_heic_is_read_whatever_its_name(tmp_path, name):
    picture = rough(160, 120)
    (tmp_path / name).write_bytes(heic(picture))
    assert np.abs(read_photo(tmp_path / name, 32) - plain_square(picture, 32)).max() <= 3


def test_another_picture_under_a_heics_name_is_read_too(tmp_path):
    rough(160, 120).save(tmp_path / "photo.heic", format="PNG")
    assert np.abs(read_photo(tmp_path / "photo.heic", 32) - plain_square(rough(160, 120), 32)).max() <= 3


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_phones_rotation_is_honoured_once(orientation):
    picture = rough(160, 120)
    exif = Image.Exif()
    exif[0x0112] = orientation
    expected = picture.copy()
    expected.getexif()[0x0112] = orientation
    square = decode_photo(heic(picture, exif=exif.tobytes()), 32)
    assert np.abs(square - plain_square(ImageOps.exif_transpose(expected), 32)).max() <= 3


@pytest.mark.parametrize("mode", ["L", "RGBA"])
def test_grey_and_alpha_become_rgb(mode):
    picture = rough(160, 120).convert(mode)
    if mode == "RGBA":
        picture.putalpha(0)
    square = decode_photo(heic(picture), 32)
    assert (square == 255).all() if mode == "RGBA" else np.abs(square - plain_square(picture, 32)).max() <= 3


def test_ten_bits_become_eight():
    picture = rough(160, 120)
    data, file = (np.asarray(picture).astype("<u2") * 257).tobytes(), io.BytesIO()
    pillow_heif.from_bytes(mode="RGB;16", size=picture.size, data=data).save(file, quality=95, chroma=444)
    assert np.abs(decode_photo(file.getvalue(), 32) - plain_square(picture, 32)).max() <= 3


def test_a_photo_in_tiles_is_whole():
    picture = rough(320, 200)
    assert np.abs(decode_photo(heic(picture, tile_size=64), 64) - plain_square(picture, 64)).max() <= 3


def test_a_folder_of_a_phones_photos_is_loaded(photo_folder):
    folder = photo_folder({"daisy": 4, "tulips": 4})
    for path in list(folder.rglob("*.png")):
        with Image.open(path) as picture:
            path.with_suffix(".HEIC").write_bytes(heic(picture.convert("RGB")))
        path.unlink()
    (folder / "daisy" / "cut.heic").write_bytes(heic(rough(64, 64))[:300])
    photos = load_photos(folder, image_size=32)
    assert {path.suffix for path in photos.train.paths} == {".HEIC"}
    assert [(path.name, reason) for path, reason in photos.skipped] == [
        ("cut.heic", "damaged: the HEIC file ends too early")
    ]


def box(kind: bytes, *content: bytes) -> bytes:
    joined = b"".join(content)
    return struct.pack(">I4s", 8 + len(joined), kind) + joined


FTYP = box(b"ftyp", b"heic\0\0\0\0mif1heic")


def file_of(sides: dict[int, tuple[int, int]], parts: dict[int, list[int]], wide: bool = False) -> bytes:
    """Return the boxes of a file that holds pictures of these sides, some made from others; there are no pixels."""
    number, version = ("I", b"\1\0\0\0") if wide else ("H", b"\0\0\0\0")
    references = [
        box(b"dimg", struct.pack(f">{number}H{len(of)}{number}", item, len(of), *of)) for item, of in parts.items()
    ]
    properties = [
        box(b"pixi", b"\0" * 4),
        *(box(b"ispe", b"\0" * 4, struct.pack(">II", *each)) for each in sides.values()),
    ]
    flags = b"\1\0\0\1" if wide else version
    links = [
        struct.pack(f">{number}B{'H' if wide else 'B'}", item, 1, place + (0x8000 if wide else 0x80))
        for place, item in enumerate(sides, start=2)
    ]
    linked = box(b"ipma", flags, struct.pack(">I", len(links)), *links)
    meta = [box(b"iref", version, *references), box(b"iprp", box(b"ipco", *properties), linked)]
    return FTYP + box(b"meta", b"\0" * 4, *meta)


@pytest.mark.parametrize("wide", [False, True])
def test_pixels_are_counted_as_often_as_they_are_decoded(wide):
    one = {1: (100, 50)}
    assert pixels_to_decode(file_of(one, {}, wide)) == 5_000
    assert pixels_to_decode(file_of(one | {2: (10, 10)}, {}, wide)) == 5_100
    assert pixels_to_decode(file_of(one | {2: (200, 50), 3: (7, 7)}, {2: [1, 1]}, wide)) == 10_049
    twice = {2: [1] * 300, 3: [2] * 300}
    assert pixels_to_decode(file_of(one | {2: (9, 9), 3: (9, 9)}, twice, wide)) == 5_000 * 300 * 300


def test_pixels_are_counted_as_the_encoder_wrote_them():
    assert pixels_to_decode(heic(rough(320, 200))) == 320 * 200
    assert pixels_to_decode(heic(rough(320, 200), tile_size=64)) == 5 * 4 * 64 * 64


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (FTYP, "^a HEIC file without a picture in it$"),
        (FTYP + box(b"meta", b"\0" * 4), "^a HEIC file without a picture in it$"),
        (file_of({}, {}), "^a HEIC file without a picture in it$"),
        (file_of({1: (5000, 5000), 2: (9, 9)}, {2: [1] * 40}), "^a HEIC file of 1,000 megapixels in all, which takes"),
        (file_of({1: (9, 9), 2: (9, 9)}, {1: [2], 2: [1]}), "^a HEIC file without a picture in it$"),
        (file_of({1: (9, 9), 2: (9, 9), 3: (9, 9)}, {1: [2], 2: [1, 2], 3: [1]}), "^damaged: the HEIC file's list of"),
        (
            FTYP + box(b"meta", b"\0" * 4, box(b"iref", b"\0" * 4, box(b"dimg", b"\0\1\xff\xff"))),
            "^damaged: the HEIC f",
        ),
        (FTYP + box(b"meta", b"\0" * 4, struct.pack(">I4s", 3, b"iref")), "^damaged: the HEIC file's list of pictures"),
        (file_of({1: (64, 64)}, {})[:-9], "^damaged: the HEIC file ends too early$"),
        (file_of({1: (64, 64)}, {}), "^damaged: [^\n]+$"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(data, reason):
    with pytest.raises(PhotoError, match=reason) as caught:
        decode_photo(data, 32)
    assert "\n" not in str(caught.value)


def test_every_cut_off_file_is_refused_in_a_sentence():
    whole = heic(rough(64, 48))
    for length in range(12, len(whole), 11):
        with pytest.raises(PhotoError) as caught:
            decode_photo(whole[:length], 32)
        assert str(caught.value).isprintable(), str(caught.value)


def test_a_picture_larger_than_it_says_is_refused():
    # libheif decodes no more pixels than the box with the sides lets it.
    data = bytearray(heic(rough(800, 600), quality=30))
    place = data.find(b"ispe")
    data[place + 8 : place + 16] = struct.pack(">II", 64, 64)
    with pytest.raises(PhotoError, match=r"^damaged: "):
        decode_photo(bytes(data), 32)


def test_the_limits_of_other_files_hold(monkeypatch):
    data = heic(rough(640, 480))
    with opened(data) as picture:
        assert memory_to_decode(picture, picture.size, data) == 16 * 640 * 480
    monkeypatch.setattr(limits.memory, "total", 1_000_000)
    with pytest.raises(PhotoError, match=r"decoding it takes 0\.0 GB of memory"):
        decode_photo(data, 32)
    monkeypatch.setattr(limits, "MOST_PIXELS", 300_000)
    with pytest.raises(PhotoError, match="more than 0 megapixels"):
        decode_photo(data, 32)
    assert limits.memory.left == limits.MOST_MEMORY


def test_without_its_package_a_sentence_says_what_to_install(monkeypatch):
    data = heic(rough(64, 48))
    monkeypatch.setitem(sys.modules, "pillow_heif", None)  # an import of it fails
    with pytest.raises(PhotoError, match=rf"^a HEIC photo, which needs one more package: pip install {heif.PACKAGE}$"):
        decode_photo(data, 32)


def test_avif_begins_alike_and_is_told_apart():
    file = io.BytesIO()
    rough(64, 48).save(file, format="AVIF")
    assert not is_heif(file.getvalue())
    assert not is_heif(box(b"ftyp", b"mif1\0\0\0\0avifmif1"))
    assert is_heif(box(b"ftyp", b"mif1\0\0\0\0mif1heic"))
    assert is_heif(box(b"ftyp", b"mif1\0\0\0\0mif1miaf"))
    assert not is_heif(b"\0\0\0\x18ftypmp42")
