"""One photo file in, one square of RGB pixels out; and the augmentation of such squares."""

from pathlib import Path

import numpy as np
from PIL import Image

from helpers import checks, config
from helpers.photos.colours import GreyRange, grey_range, is_deep, rgb
from helpers.photos.entries import PhotoError as PhotoError
from helpers.photos.limits import is_jpeg, memory, memory_to_decode, read_file
from helpers.photos.names import printable
from helpers.photos.opening import SUFFIXES as SUFFIXES
from helpers.photos.opening import opened, turn_upright
from helpers.photos.profiles import in_srgb
from helpers.photos.strips import upright_reduced, upright_size, without_ends

_LARGE = 4_000_000  # pixels from which a picture is made smaller before its colours are converted


@checks.checked(path=checks.path, image_size=checks.image_size, stretch=checks.or_none(grey_range))
def read_photo(path: str | Path, image_size: int = config.IMAGE_SIZE, stretch: GreyRange | None = None) -> np.ndarray:
    """Read a photo as the square of pixels that a model takes.

    Photos are prepared in the same way for training and for prediction: the camera's rotation is applied; grey,
    palette, CMYK and 16-bit pictures become RGB; transparent pixels become white; the picture is resized by its short
    side with antialiasing and cropped to its centre; colours become sRGB's if the file has another profile, such as
    Display P3. Of several frames or pages the first is used. The file is never changed.

    Args:
        path: A JPEG, PNG, WebP, HEIC, AVIF, TIFF, BMP or GIF file. HEIC needs the package `pillow-heif`, which
            `make lab` installs.
        image_size: Side of the square in pixels.
        stretch: Which two values of 16-bit grey become black and white, such as `photos.stretch`, if the model was
            trained on stretched photos; by default 0 and the highest value of the file's depth, such as 65,535. It
            makes no difference to other pictures.

    Returns:
        Array of shape `(image_size, image_size, 3)`, `uint8`, 0 to 255.

    Raises:
        FileNotFoundError: If there is no such file.
        PhotoError: If the file isn't a readable photo; the message says why. It is a `ValueError`.

    Example:
        >>> read_photo("daisy.jpg", image_size=128).shape
        (128, 128, 3)
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f"Expected a photo. Received: '{printable(path)}', which isn't a file. Check the path.")
    return decode_photo(read_file(Path(path)), image_size, stretch)


def decode_photo(data: bytes, image_size: int, stretch: GreyRange | None = None) -> np.ndarray:
    """Do the work of `read_photo` on a file's bytes. Many threads may call it at once."""
    return decode(data, image_size, stretch)[0]


def decode(data: bytes, image_size: int, stretch: GreyRange | None = None) -> tuple[np.ndarray, tuple[int, int], bool]:
    """Return what `decode_photo` returns, the picture's sides, the shorter one first, and whether it is 16-bit grey."""
    with opened(data) as picture:
        full = picture.size
        # JPEGs only: decoded at a half, quarter or eighth of the size where that is enough. Of a HEIC this would be the
        # preview in it, which may show anything.
        if is_jpeg(picture):
            wanted = int(image_size * config.DECODE_MARGIN)
            picture.draft(None, (wanted, wanted))
        with memory.held(memory_to_decode(picture, full, data)):
            return _square(picture, image_size, stretch), (min(full), max(full)), is_deep(picture)


def _square(picture: Image.Image, size: int, stretch: GreyRange | None) -> np.ndarray:
    picture.load()
    info = {} if is_deep(picture) else picture.info
    factor = int(min(picture.size) / size / config.DECODE_MARGIN)
    if factor > 1 and picture.width * picture.height > _LARGE:
        width, height = upright_size(picture)
        picture = upright_reduced(picture, factor, stretch)
    else:
        picture = without_ends(picture)
        turn_upright(picture)
        picture, factor, (width, height) = rgb(picture, stretch), 1, picture.size
    side = min(width, height)
    left, top = (width - side) / 2, (height - side) / 2
    box = (left / factor, top / factor, (left + side) / factor, (top + side) / factor)
    square = picture.resize((size, size), Image.Resampling.BILINEAR, box=box, reducing_gap=config.DECODE_MARGIN)
    return np.asarray(in_srgb(square, info))


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


def smallest_crop_of(augment: bool | float) -> float:
    """Return the side of the smallest part that augmentation cuts out, as a share of the photo's.

    Args:
        augment: As for `fit`: that share itself; or `True` for the course's own, which `False` is given as well.

    Raises:
        ValueError: If it is neither true or false nor a share.

    Example:
        >>> smallest_crop_of(True), smallest_crop_of(0.4)
        (0.75, 0.4)
    """
    if isinstance(augment, (bool, np.bool_)):
        return config.AUGMENT_SMALLEST_CROP
    if not isinstance(augment, (int, float, np.number)) or not 0 < augment <= 1:
        raise ValueError(
            "Expected augment to be True, False, or the side of the smallest crop as a share of the photo's, above 0 "
            f"and at most 1. Received: {augment!r}."
        )
    return float(augment)


def _view(image: np.ndarray, rng: np.random.Generator, smallest_crop: float) -> np.ndarray:
    size = image.shape[0]
    side = size * rng.uniform(smallest_crop, 1.0)
    left, top = rng.uniform(0, size - side, size=2)
    picture = Image.fromarray(image)
    view = picture.resize((size, size), Image.Resampling.BILINEAR, box=(left, top, left + side, top + side))
    return np.asarray(view)[:, ::-1] if rng.random() < 0.5 else np.asarray(view)
