"""One photo file in, one square of pixels out: every kind of file, held against Pillow's and NumPy's plain way."""

import contextlib
import io
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from helpers import config, read_photo
from helpers.photos.photo import PhotoError, augment, smallest_crop_of
from helpers.training.settings import TrainingSettings
from tests.patience import SOON


def gradient(width: int, height: int) -> np.ndarray:
    """Return a smooth picture whose four corners differ, so that no turn or mirror image goes unseen."""
    across, down = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    return np.stack([across, down, 255 - (across + down) / 2], axis=-1).astype(np.uint8)


def plain_square(picture: Image.Image, size: int) -> np.ndarray:
    """Return what Pillow makes of it in one call of its own: fit to a centred square."""
    return np.asarray(ImageOps.fit(picture.convert("RGB"), (size, size), Image.Resampling.BILINEAR))


@pytest.mark.parametrize("suffix", ["png", "webp", "bmp", "jpg", "jfif", "avif", "tif", "TIFF"])
@pytest.mark.parametrize(("width", "height"), [(96, 64), (64, 96), (64, 64)])
def test_every_format_gives_the_centred_square(tmp_path, suffix, width, height):
    file = tmp_path / f"photo.{suffix}"
    options = {
        "webp": {"lossless": True},
        "avif": {"quality": 100, "subsampling": "4:4:4"},
        "tif": {"compression": "jpeg"},
    }
    options = options.get(suffix, {"quality": 98})
    Image.fromarray(gradient(width, height)).save(file, **options)
    square = read_photo(file, image_size=32)
    assert square.shape == (32, 32, 3)
    assert square.dtype == np.uint8
    with Image.open(file) as picture:
        expected = plain_square(picture, 32)
    assert np.abs(square.astype(int) - expected).max() <= 2


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_cameras_rotation_is_honoured(tmp_path, orientation):
    picture = Image.fromarray(gradient(90, 60))
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture.save(tmp_path / "turned.jpg", exif=exif, quality=98)
    with Image.open(tmp_path / "turned.jpg") as stored:
        expected = plain_square(ImageOps.exif_transpose(stored), 32)
    assert np.abs(read_photo(tmp_path / "turned.jpg", 32).astype(int) - expected).max() <= 2


def test_damaged_exif_does_not_cost_the_photo(tmp_path):
    Image.fromarray(gradient(64, 64)).save(tmp_path / "odd.jpg", exif=b"Exif\x00\x00II*\x00garbage")
    assert read_photo(tmp_path / "odd.jpg", 32).shape == (32, 32, 3)


@pytest.mark.parametrize("mode", ["L", "1", "P", "LA", "RGBA", "PA"])
def test_grey_palette_and_alpha_become_rgb(tmp_path, mode):
    Image.fromarray(np.full((40, 40, 3), 255, np.uint8)).convert("RGB").convert("L").convert(
        mode if mode != "PA" else "LA"
    ).save(tmp_path / "photo.png")
    assert (read_photo(tmp_path / "photo.png", 32) == 255).all()


def test_transparency_is_laid_on_white(tmp_path):
    pixels = np.zeros((40, 40, 4), np.uint8)
    pixels[:, :20] = (200, 0, 0, 255)
    Image.fromarray(pixels).save(tmp_path / "photo.png")
    square = read_photo(tmp_path / "photo.png", 40)
    assert (square[:, :18] == (200, 0, 0)).all()
    assert (square[:, 22:] == 255).all()


def test_cmyk_keeps_its_colour(tmp_path):
    Image.new("RGB", (40, 40), (200, 30, 60)).convert("CMYK").save(tmp_path / "photo.jpg", quality=98)
    assert np.abs(read_photo(tmp_path / "photo.jpg", 32).astype(int) - (200, 30, 60)).max() <= 6


def test_sixteen_bits_are_scaled_not_cut_off(tmp_path):
    deep = np.linspace(0, 65535, 64 * 64).reshape(64, 64).astype(np.uint16)
    Image.fromarray(deep).save(tmp_path / "photo.png")
    assert np.abs(read_photo(tmp_path / "photo.png", 64)[..., 0] - deep / 257).max() <= 1


def test_of_a_gif_the_first_frame_counts(tmp_path):
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "photo.gif", save_all=True, append_images=frames[1:])
    assert (read_photo(tmp_path / "photo.gif", 32) == (255, 0, 0)).all()


def test_a_large_jpeg_at_reduced_scale_looks_like_the_whole(tmp_path):
    rng = np.random.default_rng(0)
    rough = Image.fromarray(rng.integers(0, 256, (30, 40, 3), dtype=np.uint8)).resize((1600, 1200), Image.BICUBIC)
    rough.save(tmp_path / "photo.jpg", quality=95)
    with Image.open(tmp_path / "photo.jpg") as picture:
        expected = plain_square(picture, 64)
    difference = np.abs(read_photo(tmp_path / "photo.jpg", 64).astype(int) - expected)
    assert difference.mean() < 1.5
    assert difference.max() < 12


def as_bytes(image_format: str) -> bytes:
    file = io.BytesIO()
    Image.fromarray(gradient(200, 200)).save(file, format=image_format)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"milk, bread, tulips", "whatever its name says"),
        (as_bytes("JPEG2000"), "not a JPEG, PNG, WebP, HEIC, AVIF, TIFF, BMP or GIF picture, whatever its name says"),
        (as_bytes("TIFF")[:5000], "damaged"),
        (as_bytes("AVIF")[:300], "damaged|whatever its name says"),
        (as_bytes("JPEG")[:1500], "damaged: .*truncated"),
        (as_bytes("PNG")[:600], "damaged"),
        (b"GIF89a", "whatever its name says|damaged"),
    ],
)
def test_what_is_no_photo_is_refused_with_a_reason(tmp_path, content, reason):
    (tmp_path / "photo.jpg").write_bytes(content)
    with pytest.raises(PhotoError, match=reason):
        read_photo(tmp_path / "photo.jpg")


@pytest.mark.parametrize(("mode", "bits"), [("F", 32), ("I", 32)])
def test_a_tiff_of_measured_values_is_refused(tmp_path, mode, bits):
    Image.fromarray(gradient(90, 60)).convert(mode).save(tmp_path / "heights.tif")
    with pytest.raises(PhotoError, match=rf"^a TIFF of {bits} bits per value; save it with 8 or 16$"):
        read_photo(tmp_path / "heights.tif")


@pytest.mark.parametrize("order", ["<u2", ">u2"])
def test_a_tiff_of_16_bit_grey_is_read_by_its_depth(tmp_path, order):
    grey = gradient(96, 64)[..., 0]
    mode = {"<u2": "I;16", ">u2": "I;16B"}[order]
    deep = Image.frombytes(mode, (96, 64), (grey.astype(order) * 257).astype(order).tobytes())
    deep.save(tmp_path / "scan.tif")
    assert (
        np.abs(read_photo(tmp_path / "scan.tif", 32).astype(int) - plain_square(Image.fromarray(grey), 32)).max() <= 1
    )


@pytest.mark.parametrize("kind", [b"iCCP", b"zTXt", b"iTXt", b"tEXt", b"eXIf", b"pHYs", b"gAMA"])
def test_an_empty_chunk_at_the_end_of_a_png_ends_nothing_but_its_photo(tmp_path, kind):
    file = io.BytesIO()
    Image.new("RGB", (40, 40), "red").save(file, "PNG")
    data = file.getvalue()
    (tmp_path / "odd.png").write_bytes(data[:-12] + b"\0\0\0\0" + kind + b"\0\0\0\0" + data[-12:])
    with contextlib.suppress(PhotoError):
        assert (read_photo(tmp_path / "odd.png", 32) == (255, 0, 0)).all()


def test_of_a_tiff_the_first_page_counts(tmp_path):
    pages = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    pages[0].save(tmp_path / "photo.tif", save_all=True, append_images=pages[1:])
    assert (read_photo(tmp_path / "photo.tif", 32) == (255, 0, 0)).all()


def test_a_picture_of_absurd_size_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1_000_000)
    Image.new("L", (3000, 1000)).save(tmp_path / "bomb.png")
    with pytest.raises(PhotoError, match="megapixels"):
        read_photo(tmp_path / "bomb.png")


def test_pillows_warnings_are_ignored_in_threads_that_overlap(tmp_path, monkeypatch):
    """Pillow warns of large photos. Here warnings are errors, and one thread is done while the other still reads."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 5_000)
    for name in ("first", "second"):
        Image.new("L", (90, 90)).save(tmp_path / name, format="PNG")
    reading = {name: threading.Event() for name in ("first", "second")}
    go_on = {name: threading.Event() for name in ("first", "second")}
    open_file = Path.open

    def open_when_told(path, *arguments):
        reading[path.name].set()
        assert go_on[path.name].wait(SOON)
        return open_file(path, *arguments)

    monkeypatch.setattr(Path, "open", open_when_told)
    before = len(warnings.filters)
    with ThreadPoolExecutor(2) as pool:
        squares = []
        for name in reading:
            squares.append(pool.submit(read_photo, tmp_path / name, 32))
            assert reading[name].wait(SOON)
        for name, square in zip(go_on, squares, strict=True):
            go_on[name].set()
            assert square.result(10).shape == (32, 32, 3)
    assert len(warnings.filters) <= before + 1
    with pytest.raises(UserWarning, match="still heard"):
        warnings.warn("still heard", stacklevel=1)


@pytest.mark.parametrize("size", [31, 0, -5, 64.0, "64", True, None])
def test_a_wrong_size_is_told(tmp_path, size):
    with pytest.raises(ValueError, match="at least 32"):
        read_photo(tmp_path / "photo.jpg", image_size=size)


def test_a_photo_is_never_changed(tmp_path):
    file = tmp_path / "photo.jpg"
    file.write_bytes(as_bytes("JPEG"))
    before = (file.read_bytes(), file.stat().st_mtime_ns)
    read_photo(file)
    assert (file.read_bytes(), file.stat().st_mtime_ns) == before


def test_augmented_views_are_crops_and_mirror_images_of_the_photo():
    photo = gradient(64, 64)
    views = augment(np.repeat(photo[None], 200, axis=0), np.random.default_rng(0))
    assert views.shape == (200, 64, 64, 3)
    assert views.dtype == np.uint8
    # Across, red runs from 0 to 255: up in a plain view, down in a mirrored one. Its span is the crop's width.
    red = views[:, 32, :, 0].astype(float)
    span = red[:, -1] - red[:, 0]
    assert 70 < (span < 0).sum() < 130
    assert np.abs(span).min() > 0.72 * 255
    assert np.abs(span).max() <= 255
    assert np.ptp(np.abs(span)) > 0.2 * 255


def test_crops_can_be_smaller():
    photo = gradient(64, 64)
    views = augment(np.repeat(photo[None], 200, axis=0), np.random.default_rng(0), smallest_crop=0.3)
    span = views[:, 32, -1, 0].astype(float) - views[:, 32, 0, 0]
    assert 0.27 * 255 < np.abs(span).min() < 0.4 * 255


def test_how_small_a_crop_may_be_is_told_by_the_setting():
    assert smallest_crop_of(True) == smallest_crop_of(np.True_) == config.AUGMENT_SMALLEST_CROP
    assert smallest_crop_of(0.4) == 0.4
    assert smallest_crop_of(np.float32(0.5)) == 0.5


@pytest.mark.parametrize("wrong", ["no", None, 0, -0.5, 1.5, float("nan"), [0.5]])
def test_a_crop_that_is_no_share_is_refused_wherever_it_is_set(wrong, flowers):
    for call in (smallest_crop_of, lambda it: TrainingSettings(augment=it), lambda it: flowers.train.batches(8, it)):
        with pytest.raises(ValueError, match="Expected augment to be True, False, or the side"):
            call(wrong)


def test_augmentation_is_decided_by_its_generator_and_leaves_its_input_alone():
    photos = np.random.default_rng(1).integers(0, 256, (6, 32, 32, 3), dtype=np.uint8)
    before = photos.copy()
    first, second = (augment(photos, np.random.default_rng(7)) for _ in range(2))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, augment(photos, np.random.default_rng(8)))
    assert np.array_equal(photos, before)
    assert augment(photos[:0], np.random.default_rng(0)).shape == (0, 32, 32, 3)
