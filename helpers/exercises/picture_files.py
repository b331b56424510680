"""Small picture files for checks that compare contents: real ones, so that any way of comparing them works."""

import itertools
import os
import shutil
from pathlib import Path

import numpy as np
from PIL import Image


class PictureFiles:
    """Writes pictures, copies and near-copies into a folder.

    Args:
        folder: An empty folder.

    Example:
        >>> files = PictureFiles(Path(folder))
        >>> photo = files.draw("train/a.bmp", seed=0)
        >>> twin = files.copy(photo, "test/b.bmp")
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self._second = folder, itertools.count(1_700_000_000, 100)

    def draw(self, name: str, seed: int) -> Path:
        """Write a picture of coarse random patches. As a BMP it has no checksum, and all have one size in bytes."""
        # From 128 up no byte is a letter, so that pictures read as text with errors ignored look alike.
        patches = np.random.default_rng(seed).integers(128, 192, (4, 4, 3), dtype=np.uint8)
        return self._save(patches.repeat(10, axis=0).repeat(10, axis=1), name)

    def copy(self, path: Path, name: str) -> Path:
        """Copy a file byte by byte, with another time of change."""
        self._place(name)
        shutil.copyfile(path, self.folder / name)
        return self._dated(self.folder / name)

    def mirror(self, path: Path, name: str) -> Path:
        """Write a picture mirrored: the same bytes in another order."""
        return self._save(np.asarray(Image.open(path))[:, ::-1], name)

    def edit(self, path: Path, name: str) -> Path:
        """Write a picture with one patch in the middle changed: both ends of the file stay the same."""
        pixels = np.array(Image.open(path))
        pixels[10:30, 10:30] = 191 - (pixels[10:30, 10:30] - 128)
        return self._save(pixels, name)

    def _save(self, pixels: np.ndarray, name: str) -> Path:
        self._place(name)
        Image.fromarray(np.ascontiguousarray(pixels)).save(self.folder / name)
        return self._dated(self.folder / name)

    def _place(self, name: str) -> None:
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)

    def _dated(self, path: Path) -> Path:
        # Written within one tick of the clock, files of one size would look the same to filecmp.
        second = next(self._second)
        os.utime(path, (second, second))
        return path
