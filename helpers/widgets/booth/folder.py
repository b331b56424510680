"""The folder that a photo booth fills: a sub-folder per class, numbered photos, nothing overwritten or removed."""

import re
from pathlib import Path

import numpy as np

from helpers import checks
from helpers.activations.whole_files import write_whole
from helpers.photos.names import printable
from helpers.photos.opening import KINDS, SUFFIXES
from helpers.photos.parts import part_named
from helpers.photos.photo import PhotoError, decode_photo
from helpers.photos.walking import files_below, folders_in

_NUMBERED = re.compile(r"(?P<label>.+)_(?P<hold>\d{3,})_(?P<number>\d{3,})", flags=re.DOTALL)
_PIECES = 4  # a class's only hold is divided into so many, one of which becomes the validation photos


class BoothFolder:
    """A folder with one sub-folder of photos per class. Photos are added to it; what is there stays as it is.

    A photo is named after its class, the hold it was taken in, and its place in that hold: `mug/mug_002_014.jpg`.

    Args:
        folder: Path. It is made with the first photo.

    Raises:
        ValueError: If it is a file, or divided into train, val and test.
    """

    def __init__(self, folder: str | Path) -> None:
        self.path = Path(folder).absolute()  # a cell may change the working folder
        if self.path.exists() and not self.path.is_dir():
            raise ValueError(
                f"Expected folder to be a folder of photos, or a new name. Received: '{printable(folder)}', a file."
            )
        parts = [name for name in self.class_names() if part_named(name)]
        if parts:
            raise ValueError(
                f"Expected a folder with one sub-folder of photos per class. Received: '{printable(folder)}', where "
                f"{', '.join(map(printable, parts))} would count as parts of a divided set. Choose another folder."
            )

    def class_names(self) -> list[str]:
        """Return the names of the sub-folders, in order."""
        return [path.name for path in folders_in(self.path, self.path)[0]] if self.path.is_dir() else []

    def photos_of(self, name: str) -> list[Path]:
        """Return the files of a class that may be photos, the newest of the booth's own last."""
        if not (self.path / name).is_dir():
            return []
        files = files_below(self.path / name, self.path)[0]
        return sorted((path for path in files if path.suffix.lower() in SUFFIXES), key=_by_hold)

    def new_hold(self, name: str) -> int:
        """Return a number that no hold of a class has yet."""
        return max((_hold_of(path) or 0 for path in self.photos_of(name)), default=0) + 1

    def keep(self, name: str, data: bytes, hold: int, suffix: str = ".jpg") -> Path:
        """Write a photo, whole or not at all, and return its path.

        Args:
            name: Its class.
            data: The file's bytes.
            hold: From `new_hold`.
            suffix: The file's ending.

        Raises:
            ValueError: If the ending is no photo's.
            OSError: If nothing can be written here.
        """
        if suffix.lower() not in SUFFIXES:
            raise ValueError(f"Expected a {KINDS} file. Received: one that ends in '{printable(suffix)}'.")
        place, number = self.path / name, 1
        taken = {path.stem for path in place.glob(f"*_{hold:03d}_*")} if place.is_dir() else set()
        while f"{name}_{hold:03d}_{number:03d}" in taken:
            number += 1
        return write_whole(place / f"{name}_{hold:03d}_{number:03d}{suffix.lower()}", data)

    def remove_empty(self, name: str) -> None:
        """Remove the folder of a class if nothing is in it.

        Raises:
            ValueError: If something is.
        """
        place = self.path / name
        if not place.is_dir():
            return
        try:
            place.rmdir()
        except OSError:
            raise ValueError(
                f"Expected a class without photos. Received: '{printable(name)}', whose folder isn't empty. Photos are "
                f"never deleted here: to leave the class out, move its folder out of '{printable(self.path.name)}'."
            ) from None


@checks.checked(folder=checks.path)
def groups_in(folder: str | Path) -> dict[str, tuple]:
    """Return which photos of a booth's folder belong together, for `load_photos(folder, groups=…)`.

    The frames of one hold are near-copies of each other, so a hold is a group. Where a class has one hold only, its
    frames are divided into four groups by time, so that the photos can be split at all.

    Args:
        folder: What a booth has filled; other photos in it belong to no group.

    Returns:
        Dict from the paths of photos within the folder, with forward slashes, to the names of their groups.

    Raises:
        FileNotFoundError: If there is no such folder.

    Example:
        >>> photos = load_photos("my_photos", groups=groups_in("my_photos"))
    """
    if not Path(folder).is_dir():
        raise FileNotFoundError(
            f"Expected a folder that a photo booth has filled. Received: '{printable(folder)}', which doesn't exist. "
            "Take photos first, or check the path."
        )
    booth, groups = BoothFolder(folder), {}
    for name in booth.class_names():
        photos = booth.photos_of(name)
        held = [path for path in photos if _hold_of(path) is not None]
        alone = len(held) == len(photos) and len({_hold_of(path) for path in held}) == 1
        for place, path in enumerate(held):
            piece = (place * _PIECES // len(held),) if alone else ()
            groups[path.relative_to(booth.path).as_posix()] = (name, _hold_of(path), *piece)
    return groups


def read_square(data: bytes, image_size: int, name: str = "") -> np.ndarray:
    """Return a photo's pixels, `(image_size, image_size, 3)`, `uint8`.

    Args:
        data: The file's bytes.
        image_size: Side of the square in pixels.
        name: What to call the photo in a message.

    Raises:
        ValueError: If it can't be read as a photo; the message says why.
    """
    try:
        return decode_photo(data, image_size)
    except PhotoError as error:
        told = printable(name or "the camera's picture")
        raise ValueError(f"{told} cannot be read: {error}. Expected a {KINDS} photo.") from None


def _hold_of(path: Path) -> int | None:
    found = _NUMBERED.fullmatch(path.stem)
    return int(found["hold"]) if found and found["label"] == path.parent.name else None


def _by_hold(path: Path) -> tuple[int, int, str]:
    found = _NUMBERED.fullmatch(path.stem)
    if found is None or _hold_of(path) is None:
        return 0, 0, path.name
    return int(found["hold"]), int(found["number"]), path.name
