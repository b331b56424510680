"""One part of the photos, train, val or test: what it holds, its pixels on request, its batches."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from helpers import config
from helpers.photos.colours import GreyRange
from helpers.photos.entries import digest
from helpers.photos.limits import read_file
from helpers.photos.names import printable
from helpers.photos.parallel import threads
from helpers.photos.photo import PhotoError, augment, decode_photo, smallest_crop_of


@dataclass(frozen=True, eq=False, repr=False)
class Split:
    """One part of the photos (train, val or test): paths, labels, and pixels on request.

    Attributes:
        name: `"train"`, `"val"` or `"test"`.
        paths: Tuple of files, one per photo.
        labels: Array of shape `(photos,)`, integers that index `class_names`.
        class_names: Tuple of the classes' names.
        image_size: Side of the square pictures in pixels.
        fingerprint: Changes whenever a photo, a label, their order or the size changes.
        digests: Tuple of short texts, one per photo, that differ where the content does.
        stretch: The two values of 16-bit grey that became black and white, if they are not the lowest and highest.
    """

    name: str
    paths: tuple[Path, ...]
    labels: np.ndarray
    class_names: tuple[str, ...]
    image_size: int
    fingerprint: str
    digests: tuple[str, ...] = ()
    stretch: GreyRange | None = None
    _pixels: np.ndarray | None = field(default=None)

    def __len__(self) -> int:
        return len(self.paths)

    def __repr__(self) -> str:
        return f"<Split {self.name}: {len(self)} photos of {len(self.class_names)} classes, {self.image_size} px>"

    @property
    def in_memory(self) -> bool:
        """Whether the decoded photos are kept in memory (they are, up to 400 MB)."""
        return self._pixels is not None

    def images(self, rows: Iterable[int] | None = None) -> np.ndarray:
        """Return photos as pixels.

        Args:
            rows: Which photos, as indices. All of them by default.

        Returns:
            Array of shape `(photos, image_size, image_size, 3)`, `uint8`, 0 to 255, in the order of `paths`.

        Raises:
            ValueError: If a photo was changed, damaged or removed since it was loaded.
        """
        if self._pixels is not None:
            return self._pixels if rows is None else self._pixels[np.asarray(rows, dtype=int)]
        rows = range(len(self)) if rows is None else list(rows)
        with ThreadPoolExecutor(threads()) as pool:
            squares = list(pool.map(self._decode, rows))
        return np.stack(squares) if squares else np.zeros((0, self.image_size, self.image_size, 3), np.uint8)

    def _decode(self, row: int) -> np.ndarray:
        path = self.paths[row]
        try:
            data = read_file(path)
            # Another photo under the same name would get this one's label, and its activations this one's key.
            if self.digests and digest(data) != self.digests[row]:
                raise PhotoError("a file that was changed in between")
            return decode_photo(data, self.image_size, self.stretch)
        except (PhotoError, OSError) as error:
            raise ValueError(
                f"Expected to read '{printable(path.name)}' again, as it was when the photos were loaded. Received: "
                f"{getattr(error, 'strerror', None) or error}. Load the photos again."
            ) from None

    def batches(
        self, batch_size: int = config.BATCH_SIZE, augment: bool | float = False, seed: int | None = None
    ) -> "Batches":
        """Return the photos in batches, which you can iterate over as often as you like.

        Args:
            batch_size: Photos per batch; the last batch may be smaller.
            augment: Whether to show a new view of each photo (mirrored, cropped) in every pass; a number is the side of
                the smallest crop, as a share of the photo's.
            seed: `None` keeps the order of `paths`. A number shuffles them, differently in every pass; the same
                number gives the same passes again. It also decides the augmentation.

        Returns:
            An iterable of `(images, labels)`: `uint8` of shape `(batch, size, size, 3)`, integers of shape `(batch,)`.

        Example:
            >>> images, labels = next(iter(photos.train.batches(8, augment=True, seed=0)))
        """
        if not isinstance(batch_size, int) or batch_size < 1:
            raise ValueError(f"Expected batch_size to be a whole number of at least 1. Received: {batch_size!r}.")
        return Batches(self, batch_size, augment, seed)


class Batches:
    """An iterable over a split's photos; each pass is a fresh epoch. Made by `Split.batches`."""

    def __init__(self, split: Split, batch_size: int, augment: bool | float, seed: int | None) -> None:
        self.split, self.batch_size, self.augment, self.seed = split, batch_size, augment, seed
        self.smallest_crop = smallest_crop_of(augment)
        self.passes = 0

    def __len__(self) -> int:
        return math.ceil(len(self.split) / self.batch_size)

    def __iter__(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        rng = np.random.default_rng([self.seed or 0, self.passes])
        self.passes += 1
        order = np.arange(len(self.split)) if self.seed is None else rng.permutation(len(self.split))
        for start in range(0, len(order), self.batch_size):
            rows = order[start : start + self.batch_size]
            images = self.split.images(rows)
            yield augment(images, rng, self.smallest_crop) if self.augment else images, self.split.labels[rows]


def make_split(
    name: str,
    paths: tuple[Path, ...],
    labels: np.ndarray,
    class_names: tuple[str, ...],
    image_size: int,
    digests: tuple[str, ...],
    squares: np.ndarray | None,
    stretch: GreyRange | None = None,
) -> Split:
    """Return a split with read-only arrays and a fingerprint of its content.

    Args:
        name, paths, labels, class_names, image_size, digests: As in `Split`.
        squares: Pixels of all photos, or `None` if they are read only when needed.
        stretch: As in `Split`.
    """
    for array in (labels, squares):
        if array is not None:
            array.setflags(write=False)
    told = [f"{content} {class_names[label]}" for content, label in zip(digests, labels, strict=True)]
    size = f"{image_size}" if stretch is None else f"{image_size} {stretch}"
    fingerprint = digest("\n".join([size, *class_names, *told]).encode(errors="surrogateescape"))
    return Split(name, paths, labels, class_names, image_size, fingerprint, digests, stretch, squares)


def rows_of(split: Split, rows: np.ndarray) -> Split:
    """Return a split with some of a split's photos, given by their indices."""
    paths, digests = (tuple(each[row] for row in rows) for each in (split.paths, split.digests))
    squares = split.images(rows) if split.in_memory else None
    return make_split(
        split.name, paths, split.labels[rows], split.class_names, split.image_size, digests, squares, split.stretch
    )


def count_by_class(split: Split) -> dict[str, int]:
    """Return how many photos of each class a split holds."""
    counted = Counter(split.labels.tolist())
    return {name: counted[index] for index, name in enumerate(split.class_names)}
