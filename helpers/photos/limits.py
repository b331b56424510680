"""What a photo's file may cost before it is decoded: bytes, pixels, memory and time, told from its header."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from PIL import ExifTags, Image

from helpers.photos.entries import PhotoError
from helpers.photos.heif import check_decoded, pixels_at_once
from helpers.photos.tiff import bits_of, is_compressed_from_the_high_byte, is_signed, piece_bytes, scanned_pixels

MOST_BYTES = 200_000_000  # of a file: photos of the largest cameras are smaller
MOST_PIXELS = 202_000_000  # phones have up to 16,384 x 12,288
# Of all pictures that are being decoded at a time, and so of one. Beside it there are up to 400 MB of decoded photos.
MOST_MEMORY = 820_000_000
# Pixels times passes over them. Progressive JPEGs have about ten passes; half a billion pixels take a second.
_MOST_WORK = 3_000_000_000
# Pixels, or bytes, of a BMP with run-length coding, which Pillow decodes in Python: two to four million a second; and
# the copies that it makes of each pixel.
_MOST_RUN_LENGTH, _RUN_LENGTH_BYTES = 8_000_000, 3

EMPTY = "the file is empty"
NO_MEMORY = "there is not enough memory to open it"

# Per pixel. WebP's library keeps two canvases; those of HEIC and AVIF keep the picture as it is coded, up to 16 bits
# deep, and in RGB; Pillow copies the result twice.
_LIBRARY_BYTES = {"WEBP": 16, "HEIF": 16, "AVIF": 16}
_MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])")
_SOI, _EOI, _SOS, _TEM = 0xD8, 0xD9, 0xDA, 0x01


def read_file(path: Path) -> bytes:
    """Return a file's bytes; its size is looked at first, and no more is read.

    Raises:
        PhotoError: If it is empty or too large, or grows.
        OSError: If it can't be read.
    """
    size = path.stat().st_size
    if not size:  # the system's own files, such as /proc/kmsg, say so as well, and reading some of them never ends
        raise PhotoError(EMPTY)
    if size > MOST_BYTES:
        raise PhotoError(f"the file has {size / 1e6:,.0f} MB, more than {MOST_BYTES // 1_000_000}")
    try:
        with path.open("rb") as file:
            data = file.read(size + 1)
    except MemoryError:
        raise PhotoError(NO_MEMORY) from None
    if len(data) > size:
        raise PhotoError("the file is still being written; try again once it is complete")
    return data


def check_pixels(size: tuple[int, int]) -> None:
    """Raise `PhotoError` for a picture with too many pixels."""
    if size[0] * size[1] > MOST_PIXELS:
        raise PhotoError(f"more than {MOST_PIXELS // 1_000_000} megapixels")


def check_time(picture: Image.Image, data: bytes) -> None:
    """Raise `PhotoError` for a picture that takes far longer than others of its size.

    These are JPEGs that describe their pixels over and over, also in a TIFF; AVIFs with more pixels than they say; and
    large BMPs with run-length coding.

    Args:
        picture: Just opened.
        data: The file's bytes.
    """
    if picture.format == "AVIF":
        check_decoded("AVIF", data)
    if picture.format == "TIFF" and scanned_pixels(picture, data) > _MOST_WORK:
        raise PhotoError("a TIFF of JPEGs in many passes, which takes too long")
    pixels = picture.width * picture.height
    if _is_run_length(picture) and max(pixels, len(data)) > _MOST_RUN_LENGTH:
        raise PhotoError(
            f"a BMP with run-length coding of more than {_MOST_RUN_LENGTH // 1_000_000} megapixels or MB, which takes "
            "too long; save it without, or as PNG"
        )
    if not is_jpeg(picture) or pixels * data.count(b"\xff\xda") <= _MOST_WORK:
        return  # other places with these two bytes, such as a video behind the photo, only make the count larger
    passes = _passes(data)
    if pixels * passes > _MOST_WORK:
        raise PhotoError(f"a JPEG of {passes} passes over {pixels / 1e6:,.0f} megapixels, which takes too long")


def check_depth(picture: Image.Image) -> None:
    """Raise `PhotoError` for a TIFF of measured values, whose black and white nobody can tell."""
    if picture.format == "TIFF" and max(bits_of(picture)) > 16:
        raise PhotoError(f"a TIFF of {max(bits_of(picture))} bits per value; save it with 8 or 16")
    if picture.format == "TIFF" and is_signed(picture):
        if bits_of(picture) == (8,):
            raise PhotoError("a TIFF of 8-bit values with a sign; save it without, or with 16 bits")
        if is_compressed_from_the_high_byte(picture):  # Pillow mixes their bytes up
            raise PhotoError("a TIFF of values with a sign, compressed and written high byte first; save it as PNG")


def memory_to_decode(picture: Image.Image, full: tuple[int, int], data: bytes) -> int:
    """Return how many bytes a picture takes while it is decoded, about.

    Args:
        picture: Opened, and set to a reduced scale if it is to be decoded at one.
        full: Its sides in pixels at full scale.
        data: The file's bytes.
    """
    pixels = picture.width * picture.height
    if picture.format in _LIBRARY_BYTES:
        decoded = pixels_at_once(data) if picture.format in ("HEIF", "AVIF") else 0
        return _LIBRARY_BYTES[picture.format] * max(pixels, decoded)
    per_pixel = {"1": 1, "L": 1, "P": 1, "I;16": 2}.get(picture.mode, 4)
    if picture.format == "TIFF":
        return per_pixel * pixels * (2 if _is_turned(picture) else 1) + piece_bytes(picture, data)
    if _is_run_length(picture):
        return (per_pixel + _RUN_LENGTH_BYTES) * pixels
    return per_pixel * pixels + (_coefficients(picture, full, data) if is_jpeg(picture) else 0)


def is_jpeg(picture: Image.Image) -> bool:
    """Return whether a file is a JPEG, or one with further pictures behind it, as some phones write it (MPO)."""
    return picture.format in ("JPEG", "MPO")


class _Memory:
    """Memory that threads share: whoever wants more than is left waits for the others."""

    def __init__(self, total: int) -> None:
        self.total = self.left = total
        self._changed = threading.Condition()

    @contextmanager
    def held(self, wanted: int) -> Iterator[None]:
        """Hold some of the memory while the block runs.

        Args:
            wanted: Bytes.

        Raises:
            PhotoError: If it is more than there is.
        """
        if wanted > self.total:
            raise PhotoError(f"decoding it takes {wanted / 1e9:.1f} GB of memory")
        with self._changed:
            self._changed.wait_for(lambda: self.left >= wanted)
            self.left -= wanted
        try:
            yield
        finally:
            with self._changed:
                self.left += wanted
                self._changed.notify_all()


memory = _Memory(MOST_MEMORY)


def _is_run_length(picture: Image.Image) -> bool:
    return picture.format == "BMP" and picture.info.get("compression") in (1, 2)


def _is_turned(picture: Image.Image) -> bool:
    # Pillow turns a TIFF upright as soon as it is decoded, from one copy to another.
    with suppress(Exception):  # damaged EXIF data say nothing about the pixels
        return picture.getexif().get(ExifTags.Base.Orientation, 1) != 1
    return False


def _coefficients(picture: Image.Image, full: tuple[int, int], data: bytes) -> int:
    # A JPEG of several passes is kept whole, as two bytes for each coefficient of each component.
    several = picture.info.get("progressive") or (data.count(b"\xff\xda") > 1 and _passes(data) > 1)
    layers = getattr(picture, "layer", None)
    if not several or not layers:
        return 0
    shares = [across * down for _, across, down, *_ in layers]
    return int(2 * full[0] * full[1] * sum(shares) / max(shares))


def _passes(data: bytes) -> int:
    """Return how often a JPEG describes its pixels, wholly or in part: the number of its scans."""
    count, place = 0, 2
    while found := _MARKER.search(data, place):
        code, place = found[1][0], found.end()
        if code == _EOI:
            break
        count += code == _SOS
        if code not in (_SOI, _TEM):
            place += int.from_bytes(data[place : place + 2], "big")
    return count
