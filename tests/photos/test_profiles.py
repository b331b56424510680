"""Colour profiles: what a wider red is in sRGB, held against the formula; and files in which nothing must change."""

import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms

from helpers.photos.photo import decode_photo
from helpers.photos.profiles import _conversion, in_srgb

SRGB = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
DISPLAY_P3 = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
ADOBE = ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
D65, D50 = (0.3127, 0.3290), np.array([0.9642, 1.0, 0.8249])
# Bradford's, from the white of screens to that of profiles.
TO_D50 = np.array(
    [[1.0478112, 0.0228866, -0.0501270], [0.0295424, 0.9904844, -0.0170491], [-0.0092345, 0.0150436, 0.7521316]]
)


def to_xyz(primaries) -> np.ndarray:
    """Return the matrix from linear RGB of these primaries, with the white of screens, to XYZ."""
    columns = np.array([[x / y, 1, (1 - x - y) / y] for x, y in primaries]).T
    x, y = D65
    return columns * np.linalg.solve(columns, [x / y, 1, (1 - x - y) / y])


def profile_of(primaries, gamma: float = 2.2) -> bytes:
    """Return an ICC profile, version 2, of a screen with these primaries."""

    def fixed(*values: float) -> bytes:
        return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))

    columns = (TO_D50 @ to_xyz(primaries)).T
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    text = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"wide\0" + b"\0" * 78 + b"\0"
    tags = {b"desc": text, b"wtpt": b"XYZ \0\0\0\0" + fixed(*D50), b"cprt": b"text\0\0\0\0none\0\0\0\0"}
    tags |= {
        name: b"XYZ \0\0\0\0" + fixed(*column)
        for name, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), columns, strict=True)
    }
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    place, table, content = 128 + 4 + 12 * len(tags), b"", b""
    for name, data in tags.items():
        data += b"\0" * (-len(data) % 4)
        table += struct.pack(">4sII", name, place + len(content), len(data))
        content += data
    head = struct.pack(">I4sI4s4s4s", place + len(content), b"none", 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    head += b"\0" * 12 + b"acsp" + b"\0" * 28 + fixed(*D50)
    return head + b"\0" * (128 - len(head)) + struct.pack(">I", len(tags)) + table + content


def by_formula(square: np.ndarray, primaries, gamma: float | None = 2.2) -> np.ndarray:
    """Return what these numbers are in sRGB: linear light, through XYZ, and back. Without a gamma, by sRGB's curve."""
    values = square / 255
    curved = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    linear = (values**gamma if gamma else curved) @ (np.linalg.inv(to_xyz(SRGB)) @ to_xyz(primaries)).T
    linear = np.clip(linear, 0, 1)
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055) * 255


def colours() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)


def saved(picture: Image.Image, image_format: str = "PNG", **options) -> bytes:
    file = io.BytesIO()
    picture.save(file, format=image_format, **options)
    return file.getvalue()


@pytest.mark.parametrize("primaries", [DISPLAY_P3, ADOBE])
@pytest.mark.parametrize("image_format", ["PNG", "TIFF"])
def test_wider_colours_become_srgbs(primaries, image_format):
    square = decode_photo(saved(Image.fromarray(colours()), image_format, icc_profile=profile_of(primaries)), 64)
    expected = by_formula(colours(), primaries)
    assert np.abs(square - expected).mean() < 1
    assert np.abs(square - expected).max() < 8  # near black, where the curves of the two differ most
    assert np.abs(expected - colours()).mean() > 5


@pytest.mark.parametrize("image_format", ["JPEG", "WEBP", "AVIF"])
def test_a_red_of_a_phone_is_the_same_in_every_format(image_format):
    flat = Image.new("RGB", (80, 60), (200, 60, 50))
    square = decode_photo(saved(flat, image_format, icc_profile=profile_of(DISPLAY_P3), quality=98), 32)
    assert np.abs(square - by_formula(np.array([200, 60, 50.0]), DISPLAY_P3)).max() <= 3


def test_a_large_photo_is_converted_too():
    flat = Image.new("RGB", (2600, 1700), (200, 60, 50))
    square = decode_photo(saved(flat, icc_profile=profile_of(DISPLAY_P3), compress_level=1), 64)
    assert np.abs(square - by_formula(np.array([200, 60, 50.0]), DISPLAY_P3)).max() <= 2


@pytest.mark.parametrize(("primaries", "profile"), [(12, b""), (1, b""), (1, profile_of(DISPLAY_P3))])
def test_a_heic_names_its_primaries_or_has_a_profile(primaries, profile):
    pillow_heif = pytest.importorskip("pillow_heif", reason="pillow-heif is not installed")
    flat, file = Image.new("RGB", (80, 60), (200, 60, 50)), io.BytesIO()
    flat.info |= {"icc_profile": profile} if profile else {}
    pillow_heif.from_pillow(flat).save(file, quality=95, color_primaries=primaries)
    of = SRGB if primaries == 1 and not profile else DISPLAY_P3
    expected = by_formula(np.array([200, 60, 50.0]), of, 2.2 if profile else None)
    assert np.abs(decode_photo(file.getvalue(), 32) - expected).max() <= 3


SRGBS_OWN = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.mark.parametrize(
    "profile", [b"", b"no profile at all", SRGBS_OWN, SRGBS_OWN[:200], profile_of(DISPLAY_P3)[:300]]
)
def test_without_a_wider_profile_nothing_changes(profile):
    square = decode_photo(saved(Image.fromarray(colours()), icc_profile=profile), 64)
    assert np.array_equal(square, colours())


def test_a_profile_of_absurd_size_is_neither_used_nor_kept():
    picture, wide = Image.fromarray(colours()), profile_of(DISPLAY_P3)
    assert in_srgb(picture, {"icc_profile": wide + b"\0" * 1_000_000}) is not picture
    kept = _conversion.cache_info().currsize
    for number in range(3):
        assert in_srgb(picture, {"icc_profile": wide + bytes([number]) * 4_000_000}) is picture
    assert _conversion.cache_info().currsize == kept


def test_a_profile_of_other_colours_is_passed_over():
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    picture = Image.fromarray(colours())
    assert in_srgb(picture, {"icc_profile": lab}) is picture
    grey = Image.fromarray(np.linspace(0, 255, 64 * 64).reshape(64, 64).astype(np.uint8))
    assert np.array_equal(decode_photo(saved(grey, icc_profile=lab), 64)[..., 0], np.asarray(grey))
