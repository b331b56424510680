"""One photo file in, one square of RGB pixels out; and the augmentation of such squares."""

import io
import warnings
from contextlib import suppress
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from helpers import config

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif"}
_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF")


class PhotoError(ValueError):
    """A file that cannot be used as a photo. Its message is the reason, ready to be shown."""


def read_photo(path: str | Path, image_size: int = config.IMAGE_SIZE) -> np.ndarray:
    """Read a photo as the square of pixels that a model takes.

    Photos are prepared in the same way for training and for prediction: the camera's rotation is applied; grey,
    palette, CMYK and 16-bit pictures become RGB; transparent pixels become white; the picture is resized by its short
    side with antialiasing and cropped to its centre. A GIF's first frame is used. The file is never changed.

    Args:
        path: A JPEG, PNG, WebP, BMP or GIF file.
        image_size: Side of the square in pixels.

    Returns:
        Array of shape `(image_size, image_size, 3)`, `uint8`, 0 to 255.

    Raises:
        FileNotFoundError: If there is no such file.
        PhotoError: If the file isn't a readable photo; the message says why. It is a `ValueError`.

    Example:
        >>> read_photo("daisy.jpg", image_size=128).shape
        (128, 128, 3)
    """
    check_image_size(image_size)
    return decode_photo(Path(path).read_bytes(), image_size)


def decode_photo(data: bytes, image_size: int) -> np.ndarray:
    """Do the work of `read_photo` on a file's bytes. Many threads may call it at once."""
    if not data:
        raise PhotoError("the file is empty")
    _ignore_pillows_warnings()
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
            return _square(picture, image_size)
    except UnidentifiedImageError:
        raise PhotoError("not a JPEG, PNG, WebP, BMP or GIF picture, whatever its name says") from None
    except Image.DecompressionBombError:
        raise PhotoError(f"more than {2 * (Image.MAX_IMAGE_PIXELS or 0) // 1_000_000} megapixels") from None
    except (OSError, SyntaxError, ValueError, EOFError, OverflowError, MemoryError) as error:
        raise PhotoError(f"damaged: {error}") from None


def _ignore_pillows_warnings() -> None:
    # Pillow warns of odd but readable files, in PIL's own modules. Python's filters belong to the whole process, and
    # catch_warnings() would put them back while other threads still decode. So one filter is added and stays; it is
    # looked for each time, because others (notebooks, pytest) do put filters back.
    present = [(action, getattr(module, "pattern", None)) for action, _, _, module, _ in list(warnings.filters)]
    if ("ignore", "PIL") not in present:
        warnings.filterwarnings("ignore", module="PIL")


def check_image_size(image_size: int) -> None:
    """Raise `ValueError` unless `image_size` is a whole number of pixels that the bases can take."""
    whole = isinstance(image_size, (int, np.integer)) and not isinstance(image_size, bool)
    if not whole or image_size < config.MIN_IMAGE_SIZE:
        raise ValueError(
            f"Expected image_size to be a whole number of pixels, at least {config.MIN_IMAGE_SIZE}. "
            f"Received: {image_size!r}."
        )


def _square(picture: Image.Image, size: int) -> np.ndarray:
    wanted = int(size * config.DECODE_MARGIN)
    picture.draft(None, (wanted, wanted))  # JPEGs only: decodes at a half, quarter or eighth where that is enough
    picture.load()
    with suppress(Exception):  # a damaged EXIF block says nothing about the pixels; the photo just isn't rotated
        ImageOps.exif_transpose(picture, in_place=True)
    picture = _rgb(picture)
    side = min(picture.size)
    left, top = (picture.width - side) / 2, (picture.height - side) / 2
    box = (left, top, left + side, top + side)
    square = picture.resize((size, size), Image.Resampling.BILINEAR, box=box, reducing_gap=config.DECODE_MARGIN)
    return np.asarray(square)


def _rgb(picture: Image.Image) -> Image.Image:
    if picture.mode == "RGB":
        return picture
    if picture.mode.startswith(("I", "F")):
        return _from_deep_grey(picture)
    if "A" in picture.mode or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(white, picture).convert("RGB")
    return picture.convert("RGB")


def _from_deep_grey(picture: Image.Image) -> Image.Image:
    # Pillow's own conversion clips 16-bit values at 255, which turns such pictures white.
    values = np.asarray(picture, dtype=np.float64)
    scaled = values / 257 if values.max(initial=0) > 255 else values
    return Image.fromarray(np.clip(scaled, 0, 255).round().astype(np.uint8)).convert("RGB")


def augment(
    images: np.ndarray, rng: np.random.Generator, smallest_crop: float = config.AUGMENT_SMALLEST_CROP
) -> np.ndarray:
    """Return a new view of each photo: a random square part of it, enlarged, and mirrored half of the time.

    Args:
        images: Array of shape `(photos, size, size, 3)`, `uint8`.
        rng: NumPy random generator that decides.
        smallest_crop: Side of the smallest part, as a share of the photo's, above 0 and at most 1.

    Returns:
        Array of the same shape and type.

    Example:
        >>> augment(photos.train.images()[:8], np.random.default_rng(0)).shape
        (8, 128, 128, 3)
    """
    if not 0 < smallest_crop <= 1:
        raise ValueError(f"Expected smallest_crop to be above 0 and at most 1. Received: {smallest_crop!r}.")
    return np.stack([_view(image, rng, smallest_crop) for image in images]) if len(images) else images.copy()


def _view(image: np.ndarray, rng: np.random.Generator, smallest_crop: float) -> np.ndarray:
    size = image.shape[0]
    side = size * rng.uniform(smallest_crop, 1.0)
    left, top = rng.uniform(0, size - side, size=2)
    picture = Image.fromarray(image)
    view = picture.resize((size, size), Image.Resampling.BILINEAR, box=(left, top, left + side, top + side))
    return np.asarray(view)[:, ::-1] if rng.random() < 0.5 else np.asarray(view)
