"""Reading photos, against what `tf.io` can do at best: `python -m tests.benchmarks.decoding`.

Small photos: all files of a folder, read, decoded, made square. Large ones: photos as phones take them, twelve
megapixels, made by enlarging. TensorFlow's best is a parallel `tf.data` pipeline that lets the JPEG decoder shrink as
far as it may, with the fast transform. It resizes with antialiasing, as Graft does, and also without, which is faster
and leaves jagged pictures.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import tensorflow as tf
from PIL import Image

from helpers import config
from helpers.photos.folder import read_folder
from tests import shared

PHONE = (4000, 3000)


def graft(folder: Path, size: int) -> int:
    """Read a folder as `load_photos` does."""
    return len(read_folder(folder, size).photos)


def pillow_in_full(folder: Path, size: int) -> int:
    """Decode every pixel, then resize: what `Image.open(…).resize(…)` does."""
    files = sorted(folder.glob("*/*.jpg"))
    for file in files:
        with Image.open(file) as picture:
            np.asarray(picture.convert("RGB").resize((size, size)))
    return len(files)


def tensorflow(folder: Path, size: int, ratio: int = 1, antialias: bool = False) -> int:
    """Read a folder with `tf.io`."""

    def decode(path):
        data = tf.io.read_file(path)
        picture = tf.io.decode_jpeg(data, 3, ratio=ratio, fancy_upscaling=False, dct_method="INTEGER_FAST")
        return tf.image.resize(picture, (size, size), antialias=antialias)

    files = [str(file) for file in sorted(folder.glob("*/*.jpg"))]
    pipeline = tf.data.Dataset.from_tensor_slices(files).map(decode, num_parallel_calls=tf.data.AUTOTUNE)
    return sum(len(batch) for batch in pipeline.batch(32).prefetch(tf.data.AUTOTUNE))


def rate(read: Callable[[], int]) -> float:
    """Return photos a second, the better of three tries; the first also warms the disk's cache."""
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        count = read()
        seconds.append(time.perf_counter() - began)
    return count / min(seconds)


def enlarged(photos: Path, folder: Path, count: int) -> None:
    """Write photos of twelve megapixels."""
    for number, file in enumerate(sorted(photos.glob("*/*.jpg"))[: 100 * count : 100]):
        (folder / "ab"[number % 2]).mkdir(exist_ok=True)
        with Image.open(file) as picture:
            large = picture.convert("RGB").resize(PHONE, Image.Resampling.BICUBIC)
        large.save(folder / "ab"[number % 2] / f"{number}.jpg", quality=90)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=shared.PHOTOS)
    parser.add_argument("--image-size", type=int, default=224)
    parser.add_argument("--large", type=int, default=8, help="how many photos of twelve megapixels")
    options = parser.parse_args()
    size = options.image_size
    print(f"{size} px, {os.cpu_count()} cores, photos a second")
    jagged = rate(lambda: tensorflow(options.folder, size))
    smooth = rate(lambda: tensorflow(options.folder, size, antialias=True))
    ours = rate(lambda: graft(options.folder, size))
    print(f"small photos: Graft {ours:.0f}, tf.io {smooth:.0f} ({ours / smooth:.2f} of it), ", end="")
    print(f"tf.io without antialiasing {jagged:.0f} ({ours / jagged:.2f} of it)")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        enlarged(options.folder, folder, options.large)
        ratio = max(each for each in (1, 2, 4, 8) if min(PHONE) / each >= size * config.DECODE_MARGIN)
        full, best = rate(lambda: pillow_in_full(folder, size)), rate(lambda: tensorflow(folder, size, ratio))
        ours = rate(lambda: graft(folder, size))
    print(f"12 megapixels: in full, one thread {full:.1f}, tf.io at best {best:.1f}, Graft {ours:.1f}: ", end="")
    print(f"{ours / full:.1f} times the full decode, {ours / best:.2f} of tf.io")


if __name__ == "__main__":
    main()
