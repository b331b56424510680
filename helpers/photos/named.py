"""Photos as they are named on a command line: files, folders and patterns."""

import glob
from pathlib import Path

from helpers import checks
from helpers.photos.entries import Refusals
from helpers.photos.names import printable
from helpers.photos.opening import SUFFIXES
from helpers.photos.walking import files_below


def photo_files(named: str | Path) -> tuple[list[Path], Refusals]:
    """Return the files that a name stands for, and the folders that are left out, with the reason for each.

    Args:
        named: A file; a folder, which stands for all photos in it and its sub-folders; or a pattern such as
            `"garden/*.jpg"` or `"garden/**/*.jpg"`, which stands for the files that match.

    Returns:
        Paths, in order, and what is left out. A single file is taken as it is named, whether it is there or not.

    Raises:
        ValueError: If it can't be a path.
        FileNotFoundError: If there is no photo in the folder and nothing is left out, or nothing matches the pattern.

    Example:
        >>> photo_files("garden")
        ([PosixPath('garden/balcony.jpg'), PosixPath('garden/roses/one.heic')], [])
    """
    checks.path("photos", named)  # not too long, and without a zero byte
    path = Path(named)
    if path.is_dir():
        files, refused = files_below(path, path)
        photos = _photos(files)
        return (photos if refused else _some(photos, named, "a folder without photos")), refused
    if glob.has_magic(str(named)) and not path.exists():
        found = map(Path, sorted(glob.glob(str(named), recursive=True)))
        photos = _photos([each for each in found if each.is_file()])
        return _some(photos, named, "a pattern that matches no photo"), []
    return [path], []


def _photos(files: list[Path]) -> list[Path]:
    return [file for file in files if file.suffix.lower() in SUFFIXES]


def _some(files: list[Path], named: str | Path, received: str) -> list[Path]:
    if not files:
        raise FileNotFoundError(f"Expected photos. Received: '{printable(named)}', {received}. Check the path.")
    return files
