"""HEIC, the photos of many phones: read as any other, refused in a sentence, and never decoded at any price."""

import io
import struct
import sys

import numpy as np
import pytest
from PIL import Image, ImageOps

from helpers import load_photos, read_photo
from helpers.photos import heif, limits
from helpers.photos.heif import is_heif, pixels_at_once, pixels_to_decode
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


def test_the_small_preview_in_a_file_is_not_taken_for_the_photo():
    picture = rough(320, 240)
    with_preview = heic(picture, thumbnails=[160])
    assert pixels_to_decode(with_preview) == 320 * 240 + 160 * 120
    assert np.array_equal(decode_photo(with_preview, 32), decode_photo(heic(picture), 32))


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
        ("cut.heic", "damaged: the file ends too early")
    ]


def box(kind: bytes, *content: bytes) -> bytes:
    joined = b"".join(content)
    return struct.pack(">I4s", 8 + len(joined), kind) + joined


FTYP = box(b"ftyp", b"heic\0\0\0\0mif1heic")


def file_of(
    sides: dict[int, tuple[int, int]],
    parts: dict[int, list[int]] | list[tuple[int, list[int]]],
    wide: bool = False,
    beside: tuple[tuple[int, int], ...] = (),
    twice: bytes = b"",
) -> bytes:
    """Return the boxes of a file that holds pictures of these sides, some made from others; there are no pixels.

    Args:
        sides: Width and height of each.
        parts: What a picture is put together from.
        wide: Whether numbers of pictures have 32 bits.
        beside: Pictures such as an alpha channel, each with the picture that it belongs to.
        twice: Kind of a box that is there twice.
    """
    number, version = ("I", b"\1\0\0\0") if wide else ("H", b"\0\0\0\0")
    pairs = parts.items() if isinstance(parts, dict) else parts
    references = [box(b"dimg", struct.pack(f">{number}H{len(of)}{number}", item, len(of), *of)) for item, of in pairs]
    references += [box(b"auxl", struct.pack(f">{number}H{number}", item, 1, of)) for item, of in beside]
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
    stored = box(b"ipco", *properties) * (2 if twice == b"ipco" else 1)
    meta = {b"iref": box(b"iref", version, *references), b"iprp": box(b"iprp", stored, linked)}
    first = struct.pack(f">{number}", min(sides, default=1))
    meta[b"pitm"] = box(b"pitm", version, first)
    whole = box(b"meta", b"\0" * 4, *meta.values(), meta.get(twice, b""))
    return FTYP + whole * (2 if twice == b"meta" else 1)


@pytest.mark.parametrize("wide", [False, True])
def test_pixels_are_counted_as_often_as_they_are_decoded(wide):
    one = {1: (100, 50)}
    assert pixels_to_decode(file_of(one, {}, wide)) == 5_000
    assert pixels_to_decode(file_of(one | {2: (10, 10)}, {}, wide)) == 5_100
    assert pixels_to_decode(file_of(one | {2: (200, 50), 3: (7, 7)}, {2: [1, 1]}, wide)) == 10_049
    twice = {2: [1] * 300, 3: [2] * 300}
    assert pixels_to_decode(file_of(one | {2: (9, 9), 3: (9, 9)}, twice, wide)) == 5_000 * 300 * 300


def test_a_picture_that_is_described_twice_counts_by_the_larger():
    twice = [(2, [1] * 300), (2, [1])]
    assert pixels_to_decode(file_of({1: (100, 50), 2: (9, 9)}, twice)) == 5_000 * 301
    two = struct.pack(">HBBB", 1, 2, 1, 2)
    sides = [box(b"ispe", b"\0" * 4, struct.pack(">II", *each)) for each in ((100, 50), (1, 1))]
    listed = box(b"iprp", box(b"ipco", *sides), box(b"ipma", b"\0" * 4, struct.pack(">I", 1), two))
    assert pixels_to_decode(FTYP + box(b"meta", b"\0" * 4, listed)) == 5_000


@pytest.mark.parametrize("wide", [False, True])
def test_what_belongs_to_a_picture_counts_as_often_as_that(wide):
    sides = {1: (200, 50), 2: (100, 50), 3: (100, 50), 4: (20, 10)}
    parts = {1: [2, 2]}
    assert pixels_to_decode(file_of(sides, parts, wide)) == 2 * 5_000 + 5_000 + 200
    assert pixels_to_decode(file_of(sides, parts, wide, beside=((3, 2),))) == 2 * (5_000 + 5_000) + 200
    # Phones' photos of more brightness: a map of it belongs to the photo, and both make up another picture.
    mapped = file_of(sides, {1: [2, 2], 3: [1, 4]}, wide, beside=((4, 1),))
    assert pixels_to_decode(mapped) == 2 * 5_000 + 200 + 200
    with pytest.raises(PhotoError, match=r"^damaged: the file's list of pictures can't be read$"):
        pixels_to_decode(file_of(sides, parts, wide, beside=((1, 4), (4, 1))))


def test_pixels_at_once_are_those_of_the_photo_alone():
    sides = {1: (9, 9), 2: (100, 50), 3: (100, 50), 4: (20, 10)}
    assert pixels_at_once(file_of(sides, {1: [2, 2]})) == 10_000
    assert pixels_at_once(file_of(sides, {1: [2, 2], 3: [1, 4]}, beside=((4, 1),))) == 10_000
    assert pixels_at_once(file_of(sides, {})) == 81
    assert pixels_at_once(FTYP) == 0
    assert pixels_at_once(heic(rough(320, 200), tile_size=64)) == 5 * 4 * 64 * 64


def test_a_grid_that_is_larger_than_it_says_takes_the_memory_of_its_tiles(monkeypatch):
    # libheif makes room for all the tiles before it compares.
    data = bytearray(heic(rough(640, 480), tile_size=64))
    place = data.find(b"ispe" + struct.pack(">III", 0, 640, 480))
    data[place + 8 : place + 16] = struct.pack(">II", 64, 64)
    monkeypatch.setattr(limits.memory, "total", 1_000_000)
    with pytest.raises(PhotoError, match=r"decoding it takes 0\.0 GB of memory"):
        decode_photo(bytes(data), 32)


@pytest.mark.parametrize("kind", [b"meta", b"iref", b"iprp", b"ipco", b"pitm"])
def test_a_second_list_of_pictures_is_refused(kind):
    data = file_of({1: (64, 64)}, {}, twice=kind)
    with pytest.raises(PhotoError, match=f"^damaged: the file has 2 {kind.decode()} boxes instead of one$"):
        (pixels_at_once if kind == b"pitm" else pixels_to_decode)(data)


MANY = 100_001


@pytest.mark.parametrize(
    "data",
    [
        FTYP + box(b"free") * MANY,
        FTYP + box(b"meta", b"\0" * 4, box(b"free") * MANY),
        file_of({1: (9, 9), 2: (9, 9)}, dict.fromkeys((1, 2), [3] * 60_000)),
        FTYP + box(b"meta", b"\0" * 4, box(b"iprp", box(b"ipco", box(b"free") * MANY))),
        FTYP
        + box(
            b"meta",
            b"\0" * 4,
            box(
                b"iprp",
                box(b"ipco"),
                box(b"ipma", b"\0" * 4, struct.pack(">I", 60_000), b"\0\1\0" * 60_000) * 2,
            ),
        ),
    ],
    ids=["file", "meta", "iref", "ipco", "ipma"],
)
def test_a_file_of_too_many_boxes_is_refused(data):
    with pytest.raises(PhotoError, match=r"^damaged: the file has more than 100,000 boxes or entries in a list$"):
        pixels_to_decode(data)


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
        (file_of({1: (9, 9), 2: (9, 9), 3: (9, 9)}, {1: [2], 2: [1, 2], 3: [1]}), "^damaged: the file's list of"),
        (
            FTYP + box(b"meta", b"\0" * 4, box(b"iref", b"\0" * 4, box(b"dimg", b"\0\1\xff\xff"))),
            "^damaged: the file's list",
        ),
        (FTYP + box(b"meta", b"\0" * 4, struct.pack(">I4s", 3, b"iref")), "^damaged: the file's list of pictures"),
        (file_of({1: (64, 64)}, {})[:-9], "^damaged: the file ends too early$"),
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
