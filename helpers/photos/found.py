"""The files of a folder that may be photos: which class and which part each belongs to, and which files can't be."""

import os
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from helpers.photos.entries import Refusals
from helpers.photos.names import printable
from helpers.photos.opening import SUFFIXES
from helpers.photos.parts import NAMES, check_parts


@dataclass(frozen=True)
class FoundFile:
    """A file that may be a photo, its class, and its part (`"train"`, `"val"`, `"test"`) or an empty text."""

    path: Path
    label: str
    part: str = ""


@dataclass(frozen=True)
class Layout:
    """The files of a folder that may be photos, those that can't be, with the reason, and the names of all classes."""

    found: list[FoundFile]
    refused: Refusals
    class_names: tuple[str, ...]

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that the folder is divided into, in order; empty where it isn't."""
        return tuple(name for name in NAMES if any(file.part == name for file in self.found))


def check_same_classes(folder: Path, files: list[FoundFile]) -> None:
    """Raise `ValueError` unless a divided folder has the same classes in each of its parts."""
    classes: dict[str, set[str]] = {}
    for file in files:
        if file.part:
            classes.setdefault(file.part, set()).add(file.label)
    if classes:
        check_parts(classes, f"'{printable(folder)}'")


def class_name(name: str) -> str:
    """Return the name of a class as figures, files and terminals can show it."""
    # Macs write é as two characters, others as one: both look the same.
    return unicodedata.normalize("NFC", printable(name))


def reason_to_refuse(path: Path) -> str | None:
    """Return why a file can't be a photo, judging by its name and kind, or `None`."""
    if path.suffix.lower() not in SUFFIXES:
        return f"not a photo, judging by its ending '{printable(path.suffix)}'"
    if not os.path.isfile(path):  # reading a named pipe would never end
        return "not an ordinary file"
    return None
