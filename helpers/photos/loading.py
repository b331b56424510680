"""Photos with labels: found in a folder, refused with a reason where unreadable, split without leaks."""

from pathlib import Path

import numpy as np

from helpers import checks, config
from helpers.photos import sources, splitting
from helpers.photos.colours import GreyRange
from helpers.photos.dataset import Photos, fingerprint_of
from helpers.photos.entries import ReadPhoto
from helpers.photos.environment import check_environment
from helpers.photos.folder import ReadFolder, read_folder
from helpers.photos.given_split import deal_given
from helpers.photos.grouping import Groups, check_groups, with_groups
from helpers.photos.near_copies import REPORT, TOGETHER, divided, with_near_copies
from helpers.photos.split import Split, make_split
from helpers.photos.stretching import check_stretch


@checks.checked(
    source=checks.path,
    image_size=checks.or_none(checks.image_size),
    seed=checks.seed,
    per_class=checks.or_none(checks.whole(1)),
)
def load_flowers(
    source: str | Path = "auto",
    image_size: int | None = None,
    seed: int = config.SEED,
    per_class: int | None = None,
) -> Photos:
    """Load the course's flowers, or a folder of your own instead. Never starts a download.

    Args:
        source: `"auto"` (the real photos if they are on disk, else the bundled pictures; `GRAFT_SOURCE` overrides),
            `"bundled"`, `"photos"`, or the path of a folder with one sub-folder per class. Where a folder of your own
            has one of these names, write `"./photos"`.
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
    again = sources.own_folder(found.folder) if found.name == "own folder" else found.name
    loading = f"load_flowers({again!r}, image_size={size}, seed={seed}{_limit(per_class)})"
    return _load(found, size, seed, per_class, config.SPLIT, None, REPORT, None, loading)


@checks.checked(
    folder=checks.path,
    image_size=checks.image_size,
    seed=checks.seed,
    per_class=checks.or_none(checks.whole(1)),
    split=checks.fractions,
    near_copies=checks.one_of(REPORT, TOGETHER),
    labels=checks.or_none(checks.path),
    stretch=check_stretch,
)
def load_photos(
    folder: str | Path,
    image_size: int = config.IMAGE_SIZE,
    seed: int = config.SEED,
    per_class: int | None = None,
    split: tuple[float, float, float] = config.SPLIT,
    groups: Groups | None = None,
    near_copies: str = REPORT,
    labels: str | Path | None = None,
    stretch: bool | GreyRange = False,
) -> Photos:
    """Load a folder of photos: one sub-folder per class, or such folders below train, val and test, or a table.

    A folder that is divided already keeps its split. It has a folder to train on (`train`, `training`), and one for
    validation (`val`, `valid`, `validation`) or test (`test`, `testing`) or both, in any case, each with one sub-folder
    per class; or each class has such folders inside. Longer names such as `flowers_train` and `flowers_test` count if
    they're the same but for the part. Without one for validation, it is taken from the training photos;
    without one for test, `photos.test` is empty. Where the same photo is in several parts, it stays in test, or else in
    val. `photos.parts` says which parts were found.

    Files are read in parallel. A file that cannot be used is skipped and listed in `photos.skipped`. Files with the
    same picture, pixel for pixel once they are turned upright, always land in the same split, whatever their format,
    metadata and names; if they are in two classes, all of them are skipped. Which split a photo goes to depends only on
    its content, its group and `seed`, not on its name. Photos are never changed.

    Photos of one plant, or of one moment, resemble each other. If some of them are trained on and others tested on, the
    test is too easy (data leakage). With `groups`, all photos of a group land in the same split.

    Args:
        folder: Path. Sub-folders of a class folder are searched too; hidden folders are not.
        image_size: Side of the square pictures in pixels. See `read_photo` for how a photo is prepared.
        seed: Decides which photo goes into which split.
        per_class: Training photos per class; all by default. With the same seed, the first 10 are among the first
            20, and `val` and `test` are those of the full set.
        split: Fractions for train, val and test, for each class separately. Test may be 0. `(0, 0, 1)` puts all photos
            into test, to judge a trained model on: then one photo of a class is enough. Where the folder is divided
            already, only the share of val can be asked for, and only if the folder leaves it open.
        groups: Which photos belong together. Either a function, which takes the `pathlib.Path` of a photo within the
            folder (`Path("daisy/plant7_02.jpg")`) and returns the name of its group, or a dict from such paths, as
            text with forward slashes, to the names. A name is anything hashable. A photo without an entry, or whose
            name is `None`, is a group of its own. With groups, the splits can only be about as large as asked.
        near_copies: What to do with photos that look the same and aren't, pixel for pixel, such as a photo and a
            smaller version of it. `"report"` lists in `photos.near_copies` those that are in different splits or
            classes; `"together"` also keeps those of one class in one split, as a group.
        labels: A CSV file with the class of each photo, here or within the folder, instead of one sub-folder per class.
            Its first line names the columns: one with the files' paths within the folder (`file`, `filename`, `image`,
            …) and one with their classes (`label`, `class`, …). Photos that it doesn't name are skipped. A third column
            (`split`, `subset`, …) may say which part each photo belongs to; without it, folders named `train`, `val`
            and `test` at any depth do.
        stretch: Whether photos in 16-bit grey that use a small part of their range, as `photos.uses_few_greys` tells,
            are stretched: the lowest value in the folder becomes black, the highest white. Two values, such as
            `(0, 4095)`, are taken as they are, which also keeps single faulty pixels from deciding. A bundle stretches
            the photos that it is asked about in the same way.

    Returns:
        `Photos`. Up to 400 MB of pixels are kept in memory; a larger set is read again batch by batch.

    Raises:
        FileNotFoundError: If the folder or the table does not exist, or the table names files that aren't there.
        TypeError: If `groups` is something else, or a group's name isn't hashable.
        ValueError: If there are fewer than two classes, or too few readable photos or groups in one, or a group has
            photos in several classes, or it can't be told whether sub-folders are classes or parts, or the table or
            another argument is wrong.

    Example:
        >>> photos = load_photos("my/flowers", groups=lambda path: path.stem.split("_")[0])  # plant7_02.jpg: plant7
        >>> photos = load_photos("my/flowers", image_size=224, per_class=50)
        >>> photos = load_photos("my/flowers", labels="labels.csv")
        >>> photos.skipped
        ((PosixPath('my/flowers/daisy/rose.jpg'), 'the file is empty'),)
    """
    limits = _limit(per_class) + (f", split={tuple(map(float, split))!r}" if tuple(split) != config.SPLIT else "")
    limits += "" if groups is None else ", groups=groups"
    limits += "" if labels is None else f", labels={str(labels)!r}"
    limits += "" if near_copies == REPORT else f", near_copies={near_copies!r}"
    loading = f"load_photos({str(folder)!r}, image_size={image_size}, seed={seed}{limits})"
    own = sources.PhotoSource("own folder", Path(folder), sources.YOUR_OWN)
    return _load(own, image_size, seed, per_class, split, groups, near_copies, labels, loading, stretch)


def _limit(per_class: int | None) -> str:
    return "" if per_class is None else f", per_class={per_class}"


def _load(
    source: sources.PhotoSource,
    image_size: int,
    seed: int,
    per_class: int | None,
    split: tuple[float, float, float],
    groups: Groups | None,
    near_copies: str,
    labels: str | Path | None,
    loading: str,
    stretch: bool | GreyRange = False,
) -> Photos:
    check_environment()
    splitting.check_split(split, per_class)
    check_groups(groups)
    found = read_folder(source.folder, image_size, labels, stretch)
    read = with_groups(found.photos, source.folder, groups)
    if near_copies == TOGETHER:
        read = with_near_copies(read, found.alike)
    greys = [photo.greys for photo in read if photo.greys is not None]
    deal = deal_given if found.parts else splitting.deal_out
    sides = deal(read, found.class_names, split, seed, per_class, found.skipped)
    named = zip(("train", "val", "test"), sides, strict=True)
    train, val, test = (_split_of(name, side, found, image_size) for name, side in named)
    return Photos(
        train=train,
        val=val,
        test=test,
        class_names=found.class_names,
        image_size=image_size,
        skipped=tuple(found.skipped),
        licence=source.licence,
        source=source.name,
        fingerprint=fingerprint_of(train, val, test),
        loading=loading if found.stretch is None else f"{loading[:-1]}, stretch={found.stretch})",
        grouped=groups is not None,
        parts=found.parts,
        grey_range=(min(low for low, _ in greys), max(high for _, high in greys)) if greys else None,
        stretch=found.stretch,
        near_copies=divided(found.alike, read, (train, val, test)),
    )


def _split_of(name: str, side: list[ReadPhoto], found: ReadFolder, image_size: int) -> Split:
    labels = np.array([found.class_names.index(photo.label) for photo in side], dtype=np.int64)
    squares = None
    if all(photo.square is not None for photo in side):
        squares = np.array([p.square for p in side], np.uint8).reshape(-1, image_size, image_size, 3)
    paths, digests = tuple(p.path for p in side), tuple(p.digest for p in side)
    return make_split(name, paths, labels, found.class_names, image_size, digests, squares, found.stretch)
