"""A folder with one sub-folder of photos per class: which files are photos, and why the others aren't."""

import hashlib
import os
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from tqdm import tqdm

from helpers import config
from helpers.photos.photo import SUFFIXES, PhotoError, decode_photo

Refusals = list[tuple[Path, str]]

_Entry = TypeVar("_Entry")
_Result = TypeVar("_Result")


@dataclass(frozen=True, eq=False)
class ReadPhoto:
    """A photo that could be read: the digest of its content, its pixels if they are kept, its group if it has one."""

    path: Path
    label: str
    digest: str
    square: np.ndarray | None
    group: Hashable = None


def read_folder(folder: Path, image_size: int) -> tuple[list[ReadPhoto], Refusals, tuple[str, ...]]:
    """Read every photo below `folder`, in parallel.

    Args:
        folder: Path of a folder with one sub-folder per class.
        image_size: Side of the square pictures in pixels.

    Returns:
        The photos that could be read, the files that were refused with the reason for each, and the class names.

    Raises:
        FileNotFoundError: If there is no such folder.
        ValueError: If it holds fewer than two sub-folders.
    """
    class_names = _class_names(folder)
    found, refused = _find_files(folder, class_names)
    read, unreadable = _read_all(found, image_size)
    read, ambiguous = _refuse_two_labels(read)
    return read, sorted(refused + unreadable + ambiguous), class_names


def _class_names(folder: Path) -> tuple[str, ...]:
    layout = "Expected a folder with one sub-folder of photos per class"
    if not folder.exists():
        raise FileNotFoundError(f"{layout}. Received: '{folder}', which does not exist. Check the path.")
    if not folder.is_dir():
        raise ValueError(f"{layout}. Received: '{folder}', which is a file.")
    names = sorted(entry.name for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    if len(names) < 2:
        held = f"one class only, '{names[0]}'" if names else "no sub-folders"
        raise ValueError(f"{layout}, at least two of them. Received: '{folder}', which has {held}.")
    return tuple(names)


def _find_files(folder: Path, class_names: tuple[str, ...]) -> tuple[list[tuple[Path, str]], Refusals]:
    refused = [(path, "is outside the class folders") for path in sorted(folder.iterdir()) if not path.is_dir()]
    found = []
    for name in class_names:
        for path in sorted(_files_below(folder / name)):
            if path.suffix.lower() not in SUFFIXES:
                refused.append((path, f"not a photo, judging by its ending '{path.suffix}'"))
            elif not path.is_file():  # reading a named pipe would never end
                refused.append((path, "not an ordinary file"))
            else:
                found.append((path, name))
    return found, refused


def _files_below(folder: Path) -> Iterator[Path]:
    seen: set[str] = set()
    for place, folders, names in os.walk(folder, followlinks=True):
        if os.path.realpath(place) in seen:  # a link that leads back up would never end
            folders.clear()
            continue
        seen.add(os.path.realpath(place))
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(place) / name for name in names)


def _read_all(found: list[tuple[Path, str]], image_size: int) -> tuple[list[ReadPhoto], Refusals]:
    keep = len(found) * image_size * image_size * 3 <= config.IMAGES_IN_MEMORY

    def read(entry: tuple[Path, str]) -> ReadPhoto | tuple[Path, str]:
        path, label = entry
        try:
            data = path.read_bytes()
            square = decode_photo(data, image_size)
        except (PhotoError, OSError) as error:
            return path, getattr(error, "strerror", None) or str(error)
        return ReadPhoto(path, label, digest(data), square if keep else None)

    results = _in_parallel(read, found)
    return [r for r in results if isinstance(r, ReadPhoto)], [r for r in results if isinstance(r, tuple)]


def _in_parallel(read: Callable[[_Entry], _Result], entries: list[_Entry]) -> list[_Result]:
    with ThreadPoolExecutor(threads()) as pool:
        progress = tqdm(
            pool.map(read, entries),
            total=len(entries),
            desc="Reading photos",
            unit=" photos",
            delay=config.PROGRESS_AFTER,
            leave=False,
        )
        return list(progress)


def threads() -> int:
    """Return how many photos are decoded at a time: one per core, as Pillow works outside Python's lock."""
    return os.cpu_count() or 2


def _refuse_two_labels(read: list[ReadPhoto]) -> tuple[list[ReadPhoto], Refusals]:
    labels: dict[str, set[str]] = {}
    for photo in read:
        labels.setdefault(photo.digest, set()).add(photo.label)
    kept = [photo for photo in read if len(labels[photo.digest]) == 1]
    refused = [
        (photo.path, f"the same file is in several classes: {', '.join(sorted(labels[photo.digest]))}")
        for photo in read
        if len(labels[photo.digest]) > 1
    ]
    return kept, refused


def digest(data: bytes) -> str:
    """Return a short text that differs for different bytes."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()
