"""The same picture in several files is one photo, whatever the files' formats, names, metadata and turns."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from helpers import load_photos

COMMENT = b"copied by a phone"


def rough(seed: int, width: int = 160, height: int = 120) -> Image.Image:
    small = np.random.default_rng(seed).integers(0, 256, (9, 12, 3), dtype=np.uint8)
    return Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)


def with_comment(path: Path, copy: Path) -> None:
    data = path.read_bytes()
    copy.write_bytes(data[:2] + b"\xff\xfe" + (len(COMMENT) + 2).to_bytes(2, "big") + COMMENT + data[2:])


def as_png(path: Path, copy: Path) -> None:
    Image.open(path).save(copy.with_suffix(".png"))


def as_webp(path: Path, copy: Path) -> None:
    Image.open(path).save(copy.with_suffix(".webp"), lossless=True)


def as_bmp(path: Path, copy: Path) -> None:
    Image.open(path).save(copy.with_suffix(".bmp"))


def opaque(path: Path, copy: Path) -> None:
    Image.open(path).convert("RGBA").save(copy.with_suffix(".png"))


def turned(path: Path, copy: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees to show
    Image.open(path).transpose(Image.Transpose.ROTATE_90).save(copy.with_suffix(".png"), exif=exif)


COPIES = [with_comment, as_png, as_webp, as_bmp, opaque, turned]


@pytest.fixture
def folder(tmp_path):
    for label in ("a", "b"):
        (tmp_path / label).mkdir()
        for number in range(12):
            rough(number + 100 * (label == "b")).save(tmp_path / label / f"{number}.jpg")
    return tmp_path


def numbers(split) -> set[tuple[str, str]]:
    return {(path.parent.name, path.stem.split("_")[0]) for path in split.paths}


@pytest.mark.parametrize("size", [32, 64])
@pytest.mark.parametrize("copy", COPIES)
def test_copies_stay_in_one_split(folder, copy, size):
    for path in list(folder.rglob("*.jpg")):
        copy(path, path.with_name(f"{path.stem}_copy.jpg"))
    photos = load_photos(folder, image_size=size)
    sides = [numbers(split) for split in (photos.train, photos.val, photos.test)]
    assert [len(split) for split in (photos.train, photos.val, photos.test)] == [24, 12, 12]
    assert sum(map(len, sides)) == 24, "no photo in two splits"
    assert photos.near_copies == ()


@pytest.mark.parametrize("copy", COPIES)
def test_copies_in_two_classes_are_refused_in_both(folder, copy):
    copy(folder / "a" / "3.jpg", folder / "b" / "copy.jpg")
    skipped = load_photos(folder, image_size=32).skipped
    assert {path.stem for path, _ in skipped} == {"3", "copy"}
    assert {reason for _, reason in skipped} == {"the same photo is in several classes: a, b"}


def test_grey_with_8_and_16_bits_is_one_photo(folder):
    grey = np.asarray(rough(3).convert("L"))
    Image.fromarray(grey).save(folder / "a" / "grey.png")
    Image.fromarray(grey.astype(np.uint16) * 257).save(folder / "b" / "grey.png")
    assert len(load_photos(folder, image_size=32).skipped) == 2


def test_pictures_without_structure_are_compared_too(folder):
    for label, colour in (("a", "black"), ("b", (0, 0, 1))):
        Image.new("RGB", (64, 64), colour).save(folder / label / "flat.png")
    assert load_photos(folder, image_size=32).skipped == ()
    Image.new("RGB", (64, 64), "black").save(folder / "b" / "same.bmp")
    assert {path.name for path, _ in load_photos(folder, image_size=32).skipped} == {"flat.png", "same.bmp"}


def test_one_different_pixel_is_another_photo(folder):
    picture = rough(50)
    picture.save(folder / "a" / "first.png")
    picture.putpixel((5, 5), (1, 2, 3))
    picture.save(folder / "b" / "second.png")
    photos = load_photos(folder, image_size=32)
    assert photos.skipped == ()
    assert [tuple(path.name for path in pair) for pair in photos.near_copies] in (
        [("first.png", "second.png")],
        [("second.png", "first.png")],
    )


def test_a_copy_joins_the_split_of_its_photo(folder):
    before = load_photos(folder, image_size=32)
    with_comment(before.test.paths[0], before.test.paths[0].with_name("copy.jpg"))
    after = load_photos(folder, image_size=32)
    assert sum("copy" in path.name or path == before.test.paths[0] for path in after.train.paths) in (0, 2)


def saved(picture: Image.Image, **options) -> bytes:
    file = io.BytesIO()
    picture.save(file, format="JPEG", **options)
    return file.getvalue()


def near_copy(path: Path, how: str) -> bytes:
    picture = Image.open(path)
    if how == "smaller":
        return saved(picture.resize((80, 60), Image.Resampling.LANCZOS), quality=90)
    if how == "larger":
        return saved(picture.resize((400, 300), Image.Resampling.BICUBIC), quality=90)
    return saved(picture.convert("L") if how == "grey" else picture, quality=40)


@pytest.mark.parametrize("how", ["worse", "smaller", "larger", "grey"])
def test_near_copies_in_different_splits_are_listed_or_kept_together(folder, how):
    for path in list(folder.rglob("*.jpg")):
        path.with_name(f"{path.stem}_near.jpg").write_bytes(near_copy(path, how))
    photos = load_photos(folder, image_size=32)
    splits = (photos.train, photos.val, photos.test)
    leaks = {number for split in splits for number in numbers(split) if sum(number in numbers(s) for s in splits) > 1}
    assert len(leaks) > 3, "the test needs leaks"
    listed = {(one.parent.name, one.stem.split("_")[0]) for one, _ in photos.near_copies}
    assert listed == leaks
    assert len(photos.near_copies) == len(leaks)
    assert f"{len(leaks)} pairs of near-copies" in repr(photos)
    side = {path: number for number, split in enumerate(splits) for path in split.paths}
    assert all(side[one] < side[other] for one, other in photos.near_copies)
    together = load_photos(folder, image_size=32, near_copies="together")
    assert together.near_copies == ()
    assert sum(len(numbers(split)) for split in (together.train, together.val, together.test)) == 24
    assert "near_copies='together'" in together.loading


def test_few_training_photos_have_only_their_own_near_copies(folder):
    for path in list(folder.rglob("*.jpg")):
        path.with_name(f"{path.stem}_near.jpg").write_bytes(near_copy(path, "worse"))
    fewer = load_photos(folder, image_size=32).with_per_class(3)
    assert fewer.near_copies == load_photos(folder, image_size=32, per_class=3).near_copies
    assert 0 < len(fewer.near_copies) < len(load_photos(folder, image_size=32).near_copies)


def test_a_near_copy_in_another_class_is_listed_in_any_case(folder):
    (folder / "b" / "near.jpg").write_bytes(near_copy(folder / "a" / "3.jpg", "worse"))
    for near_copies in ("report", "together"):
        pairs = load_photos(folder, image_size=32, near_copies=near_copies).near_copies
        assert [{path.name for path in pair} for pair in pairs] == [{"3.jpg", "near.jpg"}]


@pytest.mark.parametrize("wrong", ["apart", None, True])
def test_another_word_for_near_copies_is_told(folder, wrong):
    with pytest.raises(ValueError, match="near_copies to be one of report, together"):
        load_photos(folder, near_copies=wrong)


def test_16_bits_in_either_byte_order_are_one_photo(folder):
    values = np.random.default_rng(0).integers(0, 65536, (60, 60))
    for order, mode, name in (("<u2", "I;16", "little"), (">u2", "I;16B", "big")):
        Image.frombytes(mode, (60, 60), values.astype(order).tobytes()).save(folder / "a" / f"{name}.tif")
    photos = load_photos(folder, image_size=32)
    (pair,) = [split for split in (photos.train, photos.val, photos.test) if ("a", "big") in numbers(split)]
    assert ("a", "little") in numbers(pair)
