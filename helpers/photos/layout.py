"""How a folder is laid out: which files may be photos, of which class, and of which part if it is divided already."""

import unicodedata
from dataclasses import dataclass
from pathlib import Path

from helpers.photos.entries import Refusals
from helpers.photos.labels import find_table, read_labels
from helpers.photos.names import printable
from helpers.photos.opening import SUFFIXES
from helpers.photos.parts import NAMES, check_parts, part_named
from helpers.photos.walking import files_below, folders_in

EXPECTED = "Expected a folder with one sub-folder of photos per class"


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


def layout_of(folder: Path, labels: str | Path | None = None) -> Layout:
    """Return how a folder is laid out.

    Args:
        folder: Path of a folder with one sub-folder per class; or with `train`, `val` and `test`, each with such
            sub-folders; or, with `labels`, of any folder.
        labels: A CSV file with the class of each photo.

    Raises:
        FileNotFoundError: If there is no such folder, or the table names files that aren't there.
        ValueError: If it is unclear what is a class, or there are fewer than two.
    """
    if not folder.exists():
        what = EXPECTED if labels is None else "Expected a folder of photos"
        raise FileNotFoundError(f"{what}. Received: '{printable(folder)}', which does not exist. Check the path.")
    if not folder.is_dir():
        raise ValueError(f"{EXPECTED}. Received: '{printable(folder)}', which is a file.")
    return _of_folders(folder) if labels is None else _of_table(folder, find_table(labels, folder))


def _of_folders(folder: Path) -> Layout:
    inside, refused = folders_in(folder, folder)
    refused += _files_outside(folder)
    places: list[FoundFile] = []  # folders, each with all photos of one class, or of one class in one part
    if _is_divided(folder, inside):
        for part in inside:
            classes, left_out = folders_in(part, folder)
            places += [FoundFile(path, _class_name(path), part_named(part.name) or "") for path in classes]
            refused += left_out + _files_outside(part)
        _check_one_each(folder, inside)
    else:
        places, beside = _classes_with_parts(inside, folder)
        refused += beside
        places = places or [FoundFile(path, _class_name(path)) for path in inside]
    _check_same_classes(folder, places)
    class_names = _class_names(folder, places)
    found: list[FoundFile] = []
    for place in places:
        files, left_out = files_below(place.path, folder)
        refused += left_out
        for path in files:
            if reason := _reason_to_refuse(path):
                refused.append((path, reason))
            else:
                found.append(FoundFile(path, place.label, place.part))
    return Layout(found, refused, class_names)


def _of_table(folder: Path, table: Path) -> Layout:
    files, refused = files_below(folder, folder)
    files = [path for path in files if not (path.exists() and path.samefile(table))] if table.exists() else files
    labels = read_labels(table, folder, files)
    parts = {
        path: part_named(path.relative_to(folder).as_posix().split("/")[0]) or ""
        for path in labels
        if path.parent != folder
    }
    divided = len(parts) == len(labels) and all(parts.values()) and len(set(parts.values())) > 1
    found = []
    for path in files:
        reason = _reason_to_refuse(path) or ("" if path in labels else f"has no label in '{printable(table.name)}'")
        if reason:
            refused.append((path, reason))
        else:
            found.append(FoundFile(path, _shown(labels[path]), parts[path] if divided else ""))
    class_names = tuple(sorted({_shown(label) for label in labels.values()}))
    _check_same_classes(folder, found)
    if len(class_names) < 2:
        received = ", ".join(f"only '{name}'" for name in class_names) or "no label"
        raise ValueError(
            f"Expected at least two classes in '{printable(table.name)}'. Received: {received}. Add photos of others."
        )
    return Layout(found, refused, class_names)


def _is_divided(folder: Path, inside: list[Path]) -> bool:
    """Return whether a folder's sub-folders are parts of a divided set; raise `ValueError` where it is unclear."""
    named = [path for path in inside if part_named(path.name)]
    deep = [path for path in named if folders_in(path, folder)[0]]
    if len(deep) == len(inside) > 1:
        return True
    deep = [path for path in deep if not _holds_photos(path)]
    names = {part_named(path.name) for path in named}
    if deep and len(inside) > 1:
        others = _names([path for path in inside if path not in deep])
        raise ValueError(
            f"{EXPECTED}, or with train, val and test, each with such sub-folders. Received: '{printable(folder)}', "
            f"where {_names(deep)} would be {'a part' if len(deep) == 1 else 'parts'} of a divided set, "
            f"which {others} would not be. Move {others} elsewhere, or rename what is a class and no part."
        )
    if len(names) > 1 and len(named) == len(inside):
        raise ValueError(
            f"{EXPECTED}. Received: '{printable(folder)}', whose sub-folders {_names(named)} are named like the parts "
            "of a divided set but hold photos without classes. Put a sub-folder per class into each, pass labels= with "
            "a table of the photos' classes, or rename them if they are classes."
        )
    return False


def _classes_with_parts(inside: list[Path], folder: Path) -> tuple[list[FoundFile], Refusals]:
    """Return the places where each class is divided, as in `daisy/train` and `daisy/test`, and the files beside them.

    There are none where no class is divided. It is unclear, and a `ValueError`, where only some are, or a class has
    other folders beside its parts: the split that was given would be lost without a word.
    """
    parts = {path: folders_in(path, folder)[0] for path in inside}
    names = {path: [part_named(part.name) for part in parts[path]] for path in inside}
    divided = [path for path in inside if len(set(names[path]) - {None}) > 1]
    others = [
        path
        for path in inside
        if not names[path] or None in names[path] or (path not in divided and _holds_photos(path))
    ]
    if divided and others:
        one = others[0]
        raise ValueError(
            f"{EXPECTED}, or with train, val and test inside each of them. Received: '{printable(folder)}', where "
            f"'{printable(divided[0].name)}' has parts of a divided set, but '{printable(one.name)}' "
            f"{'has other folders, too' if one in divided else 'has no such parts'}. Divide each class in the same way."
        )
    places = [
        FoundFile(part, _class_name(path), part_named(part.name) or "") for path in inside for part in parts[path]
    ]
    if others or len({place.part for place in places}) < 2:
        return [], []
    return places, [each for path in inside for each in _files_outside(path, "train, val and test")]


def _check_one_each(folder: Path, parts: list[Path]) -> None:
    if len({part_named(path.name) for path in parts}) < len(parts):
        raise ValueError(
            f"Expected one folder each for train, val and test. Received: '{printable(folder)}' with {_names(parts)}, "
            "of which two mean the same. Put their photos together."
        )


def _check_same_classes(folder: Path, places: list[FoundFile]) -> None:
    classes: dict[str, set[str]] = {}
    for place in places:
        if place.part:
            classes.setdefault(place.part, set()).add(place.label)
    if classes:
        check_parts(classes, f"'{printable(folder)}'")


def _class_names(folder: Path, places: list[FoundFile]) -> tuple[str, ...]:
    if len({(place.label, place.part) for place in places}) < len(places):
        raise ValueError(f"{EXPECTED}. Received: '{printable(folder)}', where two look the same. Rename one of them.")
    names = sorted({place.label for place in places})
    if len(names) < 2:
        held = f"one class only, '{names[0]}'" if names else "no sub-folders"
        hint = ""
        if len(places) == 1 and len(folders_in(places[0].path, folder)[0]) > 1:
            hint = f" If the classes are inside it, pass '{printable(places[0].path)}'."
        raise ValueError(f"{EXPECTED}, at least two of them. Received: '{printable(folder)}', which has {held}.{hint}")
    return tuple(names)


def _class_name(path: Path) -> str:
    return _shown(path.name)


def _shown(name: str) -> str:
    # It ends up in figures, files and terminals. Macs write é as two characters, others as one: both look the same.
    return unicodedata.normalize("NFC", printable(name))


def _files_outside(folder: Path, where: str = "the class folders") -> Refusals:
    return [(path, f"is outside {where}") for path in sorted(folder.iterdir()) if not path.is_dir()]


def _reason_to_refuse(path: Path) -> str | None:
    if path.suffix.lower() not in SUFFIXES:
        return f"not a photo, judging by its ending '{printable(path.suffix)}'"
    if not path.is_file():  # reading a named pipe would never end
        return "not an ordinary file"
    return None


def _holds_photos(folder: Path) -> bool:
    return any(path.suffix.lower() in SUFFIXES and path.is_file() for path in folder.iterdir())


def _names(paths: list[Path]) -> str:
    return ", ".join(f"'{printable(path.name)}'" for path in paths)
