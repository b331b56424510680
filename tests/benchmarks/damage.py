"""Picture files with damage: bytes flipped, cut off, repeated or swapped, at random but from a seed."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from helpers import config

_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "AVIF")


def formats() -> tuple[str, ...]:
    """Return the formats that can be written here: HEIC only where pillow-heif is installed."""
    try:
        import pillow_heif  # noqa: F401
    except ImportError:
        return _FORMATS
    return (*_FORMATS, "HEIC")


def mutated(seed: int, number: int) -> bytes:
    """Return a picture's file with one to four kinds of damage."""
    rng = np.random.default_rng([seed, number])
    files = sorted(config.BUNDLED_FLOWERS.glob("*/*.jpg"))
    data = bytearray(saved(files[rng.integers(len(files))], formats()[number % len(formats())]))
    for _ in range(rng.integers(1, 5)):
        start, length = int(rng.integers(len(data) + 1)), int(rng.integers(1, 40))
        match rng.integers(6):
            case 0:  # bits flipped anywhere
                for place in rng.integers(0, max(1, len(data)), size=length):
                    data[place : place + 1] = bytes([data[place] ^ (1 << int(rng.integers(8)))]) if data else b""
            case 1:  # bits flipped in the first bytes, where sizes and kinds are written
                for place in rng.integers(0, max(1, min(len(data), 64)), size=3):
                    data[place : place + 1] = bytes([int(rng.integers(256))])
            case 2:
                del data[start:]
            case 3:
                del data[start : start + length]
            case 4:
                data[start:start] = data[start : start + length] * int(rng.integers(1, 50))
            case _:
                data[start:start] = rng.bytes(length)
    return bytes(data)


def saved(file: Path, kind: str) -> bytes:
    """Return a JPEG file in another format, smaller; as it is where that is JPEG."""
    if kind == "JPEG":
        return file.read_bytes()
    out = io.BytesIO()
    with Image.open(file) as picture:
        small = picture.convert("RGB").resize((48, 40))
    if kind != "HEIC":
        small.save(out, kind)
        return out.getvalue()
    # Without registering it with Pillow: what is tested is how the course reads such a file.
    import pillow_heif

    pillow_heif.from_pillow(small).save(out)
    return out.getvalue()
