"""Photos with labels: found in a folder, refused with a reason where unreadable, split without leaks, in batches."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from helpers import config, pixels, sources, splitting
from helpers.folder import ReadPhoto, digest, read_folder, threads


@dataclass(frozen=True, eq=False, repr=False)
class Split:
    """One part of the photos (train, val or test): paths, labels, and pixels on request.

    Attributes:
        name: `"train"`, `"val"` or `"test"`.
        paths: Tuple of files, one a photo.
        labels: Array of shape `(photos,)`, integers that index `class_names`.
        class_names: Tuple of the classes' names.
        image_size: Side of the square pictures in pixels.
        fingerprint: Changes whenever a photo, a label, their order or the size changes.
        digests: Tuple of a short text a photo that tells its content from any other.
    """

    name: str
    paths: tuple[Path, ...]
    labels: np.ndarray
    class_names: tuple[str, ...]
    image_size: int
    fingerprint: str
    digests: tuple[str, ...] = ()
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
            ValueError: If a photo was damaged or taken away since it was loaded.
        """
        if self._pixels is not None:
            return self._pixels if rows is None else self._pixels[np.asarray(rows, dtype=int)]
        rows = range(len(self)) if rows is None else list(rows)
        with pixels.pillow_quiet(), ThreadPoolExecutor(threads()) as pool:
            squares = list(pool.map(lambda row: self._decode(self.paths[row]), rows))
        return np.stack(squares) if squares else np.zeros((0, self.image_size, self.image_size, 3), np.uint8)

    def _decode(self, path: Path) -> np.ndarray:
        try:
            return pixels.decode_photo(path.read_bytes(), self.image_size)
        except (pixels.PhotoError, OSError) as error:
            raise ValueError(
                f"{path.name} could be read before and cannot now ({error}). Load the photos again."
            ) from None

    def batches(self, batch_size: int = config.BATCH_SIZE, augment: bool = False, seed: int | None = None) -> "Batches":
        """Return the photos in batches, to be iterated over as often as wished.

        Args:
            batch_size: Photos a batch; the last batch may be smaller.
            augment: Whether to show a new view of each photo (mirrored, cropped) in every pass.
            seed: `None` keeps the order of `paths`. A number shuffles, differently in every pass; the same number
                gives the same passes again. It also decides the augmentation.

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

    def __init__(self, split: Split, batch_size: int, augment: bool, seed: int | None) -> None:
        self.split, self.batch_size, self.augment, self.seed = split, batch_size, augment, seed
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
            yield pixels.augment(images, rng) if self.augment else images, self.split.labels[rows]


@dataclass(frozen=True, eq=False, repr=False)
class Photos:
    """Photos split into `train`, `val` and `test`. Made by `load_photos` and `load_flowers`.

    Attributes:
        train, val, test: The three `Split`s. No two of them share a photo's content.
        class_names: Tuple of the classes' names, in alphabetical order; labels index it.
        image_size: Side of the square pictures in pixels.
        skipped: Tuple of `(path, reason)`, one for each file that was refused.
        licence: Who made the photos and what one may do with them.
        source: `"bundled"`, `"photos"` or `"own folder"`.
        fingerprint: Changes whenever anything above does.
        loading: The call that loads these photos again, as code.
    """

    train: Split
    val: Split
    test: Split
    class_names: tuple[str, ...]
    image_size: int
    skipped: tuple[tuple[Path, str], ...]
    licence: sources.Licence
    source: str
    fingerprint: str
    loading: str

    def with_per_class(self, per_class: int | None) -> "Photos":
        """Return the same photos with at most `per_class` training photos a class; nothing is read again.

        They are those that loading with this `per_class` would give.

        Args:
            per_class: At least 1; `None` leaves all that there are.

        Returns:
            `Photos`, with `val` and `test` as they are.

        Example:
            >>> len(photos.with_per_class(10).train)
            50
        """
        splitting.check_split(config.SPLIT, per_class)
        rows = _first_of_each(self.train.labels, per_class)
        if len(rows) == len(self.train):
            return self
        train = _rows_of(self.train, rows)
        loading = f"{self.loading}.with_per_class({per_class})"
        return replace(self, train=train, fingerprint=_fingerprint(train, self.val, self.test), loading=loading)

    def with_licence(self, name: str, made_by: str, note: str = "", url: str = "") -> "Photos":
        """Return the same photos with their licence stated. The folder does not tell it; only you can.

        Args:
            name: Such as `"CC BY 4.0"`.
            made_by: The photographers.
            note: What one may do, or must.
            url: Where that is written.

        Example:
            >>> photos = load_photos("my/flowers").with_licence("CC BY 4.0", made_by="me, in my own garden")
        """
        if not name.strip() or not made_by.strip():
            raise ValueError(
                f"Expected the name of a licence and who made the photos. Received: {name!r}, {made_by!r}. State both."
            )
        return replace(self, licence=sources.Licence(name, made_by, note, url))

    def __repr__(self) -> str:
        counts = f"{len(self.train)} train, {len(self.val)} val, {len(self.test)} test"
        skipped = f", {len(self.skipped)} files skipped" if self.skipped else ""
        return f"<Photos: {', '.join(self.class_names)}; {counts}; {self.image_size} px; {self.source}{skipped}>"


def load_flowers(
    source: str | Path = "auto",
    image_size: int | None = None,
    seed: int = config.SEED,
    per_class: int | None = None,
) -> Photos:
    """Load the course's flowers, or a folder of your own in their place. Never starts a download.

    Args:
        source: `"auto"` (the real photos if they are on disk, else the bundled pictures; `GRAFT_SOURCE` overrides),
            `"bundled"`, `"photos"`, or the path of a folder with one sub-folder per class.
        image_size: Side of the square pictures in pixels; 128 by default.
        seed: Decides which photo goes into which split.
        per_class: Training photos a class; all by default. `val` and `test` are never limited.

    Returns:
        `Photos`.

    Raises:
        FileNotFoundError, ValueError: As `load_photos`; also if `source="photos"` is not on disk.

    Example:
        >>> photos = load_flowers()
        >>> photos.train.images().shape
        (600, 128, 128, 3)
    """
    found = sources.find_photos(source)
    size = config.IMAGE_SIZE if image_size is None else image_size
    again = str(found.folder) if found.name == "own folder" else found.name
    loading = f"load_flowers({again!r}, image_size={size}, seed={seed}{_limit(per_class)})"
    return _load(found, size, seed, per_class, config.SPLIT, loading)


def load_photos(
    folder: str | Path,
    image_size: int = config.IMAGE_SIZE,
    seed: int = config.SEED,
    per_class: int | None = None,
    split: tuple[float, float, float] = config.SPLIT,
) -> Photos:
    """Load a folder of photos with one sub-folder per class.

    Every file is read once, in parallel. A file that cannot be used is skipped and named in `photos.skipped`. Files
    with identical bytes always land in the same split; if they stand in two classes, all of them are refused. Which
    split a photo goes to depends on its content and `seed` alone, not on its name. Photos are never changed.

    Args:
        folder: Path. Sub-folders of a class folder are searched too; hidden folders are not.
        image_size: Side of the square pictures in pixels. See `read_photo` for how a photo is prepared.
        seed: Decides which photo goes into which split.
        per_class: Training photos a class; all by default. For one seed 10 are among 20 are among 50, and `val`
            and `test` stay those of the full set.
        split: Fractions for train, val and test, for each class separately. Test may be 0.

    Returns:
        `Photos`. Up to 400 MB of pixels are kept in memory; a larger set is read again batch by batch.

    Raises:
        FileNotFoundError: If the folder does not exist.
        ValueError: If there are fewer than two classes, or too few readable photos in one, or an argument is wrong.

    Example:
        >>> photos = load_photos("my/flowers", image_size=224, per_class=50)
        >>> photos.skipped
        ((PosixPath('my/flowers/daisy/rose.jpg'), 'the file is empty'),)
    """
    limits = _limit(per_class) + (f", split={tuple(map(float, split))!r}" if tuple(split) != config.SPLIT else "")
    loading = f"load_photos({str(folder)!r}, image_size={image_size}, seed={seed}{limits})"
    own = sources.PhotoSource("own folder", Path(folder), sources.YOUR_OWN)
    return _load(own, image_size, seed, per_class, split, loading)


def _limit(per_class: int | None) -> str:
    return "" if per_class is None else f", per_class={per_class}"


def _load(
    source: sources.PhotoSource,
    image_size: int,
    seed: int,
    per_class: int | None,
    split: tuple[float, float, float],
    loading: str,
) -> Photos:
    pixels.check_image_size(image_size)
    splitting.check_split(split, per_class)
    read, skipped, class_names = read_folder(source.folder, image_size)
    sides = splitting.deal_out(read, class_names, split, seed, per_class, skipped)
    names = ("train", "val", "test")
    parts = [_make_split(name, side, class_names, image_size) for name, side in zip(names, sides, strict=True)]
    return Photos(
        *parts, class_names, image_size, tuple(skipped), source.licence, source.name, _fingerprint(*parts), loading
    )


def _make_split(name: str, side: list[ReadPhoto], class_names: tuple[str, ...], image_size: int) -> Split:
    labels = np.array([class_names.index(photo.label) for photo in side], dtype=np.int64)
    squares = None
    if all(photo.square is not None for photo in side):
        squares = np.array([p.square for p in side], np.uint8).reshape(-1, image_size, image_size, 3)
    paths, digests = tuple(p.path for p in side), tuple(p.digest for p in side)
    return _assemble(name, paths, labels, class_names, image_size, digests, squares)


def _assemble(name, paths, labels, class_names, image_size, digests, squares) -> Split:
    for array in (labels, squares):
        if array is not None:
            array.setflags(write=False)
    told = [f"{content} {class_names[label]}" for content, label in zip(digests, labels, strict=True)]
    fingerprint = digest("\n".join([f"{image_size}", *class_names, *told]).encode(errors="surrogateescape"))
    return Split(name, paths, labels, class_names, image_size, fingerprint, digests, squares)


def _fingerprint(*parts: Split) -> str:
    return digest("".join(part.fingerprint for part in parts).encode())


def _first_of_each(labels: np.ndarray, count: int | None) -> np.ndarray:
    rows = [np.flatnonzero(labels == label)[:count] for label in np.unique(labels)]
    return np.sort(np.concatenate(rows))


def _rows_of(split: Split, rows: np.ndarray) -> Split:
    paths, digests = (tuple(each[row] for row in rows) for each in (split.paths, split.digests))
    squares = split._pixels[rows] if split.in_memory else None
    return _assemble(split.name, paths, split.labels[rows], split.class_names, split.image_size, digests, squares)


def count_by_class(split: Split) -> dict[str, int]:
    """Return how many photos of each class a split holds."""
    counted = Counter(split.labels.tolist())
    return {name: counted[index] for index, name in enumerate(split.class_names)}
