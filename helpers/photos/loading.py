"""Photos with labels: found in a folder, refused with a reason where unreadable, split without leaks."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from helpers import config
from helpers.photos import sources, splitting
from helpers.photos.folder import ReadPhoto, digest, read_folder
from helpers.photos.grouping import Groups, check_groups, with_groups
from helpers.photos.photo import check_image_size
from helpers.photos.split import Split, make_split, rows_of


@dataclass(frozen=True, eq=False, repr=False)
class Photos:
    """Photos split into `train`, `val` and `test`. Made by `load_photos` and `load_flowers`.

    Attributes:
        train, val, test: The three `Split`s. No two of them share a photo's content.
        class_names: Tuple of the classes' names, in alphabetical order; labels index it.
        image_size: Side of the square pictures in pixels.
        skipped: Tuple of `(path, reason)`, one for each file that was refused.
        licence: Who made the photos and what you may do with them.
        source: `"bundled"`, `"photos"` or `"own folder"`.
        fingerprint: Changes whenever a split does.
        loading: The call that loads these photos again, as code. Where they were loaded with `groups`, it says
            `groups=groups`, and you supply them.
        grouped: Whether they were loaded with `groups`.
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
    grouped: bool = False

    def with_per_class(self, per_class: int | None) -> "Photos":
        """Return the same photos with at most `per_class` training photos per class; nothing is read again.

        The result is the same as loading with this `per_class`.

        Args:
            per_class: At least 1; `None` keeps all of them.

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
        train = rows_of(self.train, rows)
        loading = f"{self.loading}.with_per_class({per_class})"
        return replace(self, train=train, fingerprint=_fingerprint(train, self.val, self.test), loading=loading)

    def with_licence(self, name: str, made_by: str, note: str = "", url: str = "") -> "Photos":
        """Return the same photos with a licence. A folder doesn't say what it is; only you can.

        Args:
            name: Such as `"CC BY 4.0"`.
            made_by: The photographers.
            note: What is allowed or required.
            url: Where to read more.

        Returns:
            `Photos`.

        Raises:
            ValueError: If `name` or `made_by` is blank.

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
    """Load the course's flowers, or a folder of your own instead. Never starts a download.

    Args:
        source: `"auto"` (the real photos if they are on disk, else the bundled pictures; `GRAFT_SOURCE` overrides),
            `"bundled"`, `"photos"`, or the path of a folder with one sub-folder per class.
        image_size: Side of the square pictures in pixels; 128 by default.
        seed: Decides which photo goes into which split.
        per_class: Training photos per class; all by default. `val` and `test` are never limited.

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
    return _load(found, size, seed, per_class, config.SPLIT, None, loading)


def load_photos(
    folder: str | Path,
    image_size: int = config.IMAGE_SIZE,
    seed: int = config.SEED,
    per_class: int | None = None,
    split: tuple[float, float, float] = config.SPLIT,
    groups: Groups | None = None,
) -> Photos:
    """Load a folder of photos with one sub-folder per class.

    Every file is read once, in parallel. A file that cannot be used is skipped and listed in `photos.skipped`. Files
    with identical bytes always land in the same split; if they are in two classes, all of them are skipped. Which
    split a photo goes to depends only on its content, its group and `seed`, not on its name. Photos are never changed.

    Photos of one plant, or of one moment, resemble each other. If some of them are trained on and others tested on, the
    test is too easy (data leakage). With `groups`, all photos of a group land in the same split.

    Args:
        folder: Path. Sub-folders of a class folder are searched too; hidden folders are not.
        image_size: Side of the square pictures in pixels. See `read_photo` for how a photo is prepared.
        seed: Decides which photo goes into which split.
        per_class: Training photos per class; all by default. With the same seed, the first 10 are among the first
            20, and `val` and `test` are those of the full set.
        split: Fractions for train, val and test, for each class separately. Test may be 0.
        groups: Which photos belong together. Either a function, which takes the `pathlib.Path` of a photo within the
            folder (`Path("daisy/plant7_02.jpg")`) and returns the name of its group, or a dict from such paths, as
            text with forward slashes, to the names. A name is anything hashable. A photo without an entry, or whose
            name is `None`, is a group of its own. With groups, the splits can only be about as large as asked.

    Returns:
        `Photos`. Up to 400 MB of pixels are kept in memory; a larger set is read again batch by batch.

    Raises:
        FileNotFoundError: If the folder does not exist.
        TypeError: If `groups` is something else, or a group's name isn't hashable.
        ValueError: If there are fewer than two classes, or too few readable photos or groups in one, or a group has
            photos in several classes, or an argument is wrong.

    Example:
        >>> photos = load_photos("my/flowers", groups=lambda path: path.stem.split("_")[0])  # plant7_02.jpg: plant7
        >>> photos = load_photos("my/flowers", image_size=224, per_class=50)
        >>> photos.skipped
        ((PosixPath('my/flowers/daisy/rose.jpg'), 'the file is empty'),)
    """
    limits = _limit(per_class) + (f", split={tuple(map(float, split))!r}" if tuple(split) != config.SPLIT else "")
    limits += "" if groups is None else ", groups=groups"
    loading = f"load_photos({str(folder)!r}, image_size={image_size}, seed={seed}{limits})"
    own = sources.PhotoSource("own folder", Path(folder), sources.YOUR_OWN)
    return _load(own, image_size, seed, per_class, split, groups, loading)


def _limit(per_class: int | None) -> str:
    return "" if per_class is None else f", per_class={per_class}"


def _load(
    source: sources.PhotoSource,
    image_size: int,
    seed: int,
    per_class: int | None,
    split: tuple[float, float, float],
    groups: Groups | None,
    loading: str,
) -> Photos:
    check_image_size(image_size)
    splitting.check_split(split, per_class)
    check_groups(groups)
    read, skipped, class_names = read_folder(source.folder, image_size)
    read = with_groups(read, source.folder, groups)
    sides = splitting.deal_out(read, class_names, split, seed, per_class, skipped)
    named = zip(("train", "val", "test"), sides, strict=True)
    train, val, test = (_split_of(name, side, class_names, image_size) for name, side in named)
    return Photos(
        train=train,
        val=val,
        test=test,
        class_names=class_names,
        image_size=image_size,
        skipped=tuple(skipped),
        licence=source.licence,
        source=source.name,
        fingerprint=_fingerprint(train, val, test),
        loading=loading,
        grouped=groups is not None,
    )


def _split_of(name: str, side: list[ReadPhoto], class_names: tuple[str, ...], image_size: int) -> Split:
    labels = np.array([class_names.index(photo.label) for photo in side], dtype=np.int64)
    squares = None
    if all(photo.square is not None for photo in side):
        squares = np.array([p.square for p in side], np.uint8).reshape(-1, image_size, image_size, 3)
    paths, digests = tuple(p.path for p in side), tuple(p.digest for p in side)
    return make_split(name, paths, labels, class_names, image_size, digests, squares)


def _fingerprint(*parts: Split) -> str:
    return digest("".join(part.fingerprint for part in parts).encode())


def _first_of_each(labels: np.ndarray, count: int | None) -> np.ndarray:
    rows = [np.flatnonzero(labels == label)[:count] for label in np.unique(labels)]
    return np.sort(np.concatenate(rows))
