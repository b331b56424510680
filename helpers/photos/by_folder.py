"""Classes told by folders: one for each class, or such folders in train, val and test, or the other way round."""

from pathlib import Path

from helpers.photos.entries import Refusals
from helpers.photos.found import FoundFile, Layout, check_same_classes, class_name, reason_to_refuse
from helpers.photos.names import printable
from helpers.photos.opening import SUFFIXES
from helpers.photos.parts import part_named, part_within, parts_among
from helpers.photos.walking import files_below, files_in, folders_in

EXPECTED = "Expected a folder with one sub-folder of photos per class"
_MOST = 6  # names in a sentence


def layout_by_folder(folder: Path) -> Layout:
    """Return how a folder is laid out whose sub-folders tell the classes.

    Raises:
        ValueError: If it is unclear what is a class, or there are fewer than two, or the folder can't be read.
    """
    inside, refused = folders_in(folder, folder)
    _check_readable(folder, folder)
    refused += _files_outside(folder)
    parts = parts_among([path.name for path in inside])
    if _is_divided(folder, inside, parts):
        _check_one_each(folder, inside, parts)
        places, beside = _parts_with_classes(folder, inside, parts)
    else:
        places, beside = _classes_with_parts(inside, folder)
        places = places or [FoundFile(path, class_name(path.name)) for path in inside]
    check_same_classes(folder, places)
    class_names = _class_names(folder, inside, places)
    found, left_out = _files_of(places, folder)
    return Layout(found, refused + beside + left_out, class_names)


def _files_of(places: list[FoundFile], folder: Path) -> tuple[list[FoundFile], Refusals]:
    """Return the files in folders that each hold all photos of one class, or of one class in one part."""
    found: list[FoundFile] = []
    refused: Refusals = []
    for place in places:
        files, left_out = files_below(place.path, folder)
        refused += left_out
        for path in files:
            if reason := reason_to_refuse(path):
                refused.append((path, reason))
            else:
                found.append(FoundFile(path, place.label, place.part))
    return found, refused


def _parts_with_classes(folder: Path, inside: list[Path], parts: dict[str, str]) -> tuple[list[FoundFile], Refusals]:
    """Return the places where each part has a folder per class, as in `train/daisy`, and the files beside them."""
    places: list[FoundFile] = []
    refused: Refusals = []
    for part in inside:
        home = _home_of(part, folder, parts)
        classes, left_out = folders_in(home, folder)
        left_out += folders_in(part, folder)[1] if home != part else []
        places += [FoundFile(path, class_name(path.name), parts[part.name]) for path in classes]
        refused += left_out + _files_outside(part) + (_files_outside(home) if home != part else [])
    return places, refused


def _home_of(part: Path, folder: Path, parts: dict[str, str]) -> Path:
    """Return where the classes of a part lie: in its folder, or in one of the same name inside it, as archives have."""
    inner = folders_in(part, folder)[0]
    alone = len(inner) == 1 and not _holds_photos(part)
    same = alone and (inner[0].name == part.name or part_named(inner[0].name) == parts[part.name])
    return inner[0] if same else part


def _is_divided(folder: Path, inside: list[Path], parts: dict[str, str]) -> bool:
    """Return whether a folder's sub-folders are parts of a divided set; raise `ValueError` where it is unclear."""
    named = [path for path in inside if path.name in parts]
    for path in named if len(named) > 1 else []:
        _check_readable(path, folder)
    deep = [path for path in named if folders_in(_home_of(path, folder, parts), folder)[0]]
    if len(deep) == len(inside) > 1:
        return True
    if len({parts[path.name] for path in deep}) < 2:  # one alone may be a class that is called train
        deep = [path for path in deep if not _holds_photos(path)]
    if deep and len(inside) > 1:
        others = _names([path for path in inside if path not in deep])
        raise ValueError(
            f"{EXPECTED}, or with train, val and test, each with such sub-folders. Received: '{printable(folder)}', "
            f"where {_names(deep)} would be {'a part' if len(deep) == 1 else 'parts'} of a divided set, "
            f"which {others} would not be. Move {others} elsewhere, or rename what is a class and no part."
        )
    if len(set(parts.values())) > 1 and len(named) == len(inside):
        raise ValueError(
            f"{EXPECTED}. Received: '{printable(folder)}', whose sub-folders {_names(named)} are named like the parts "
            "of a divided set but hold photos without classes. Put a sub-folder per class into each, pass labels= with "
            "a table of the photos' classes, or rename them if they are classes."
        )
    _check_not_nearly_divided(folder, [path for path in inside if part_within(path.name)])
    return False


def _check_readable(path: Path, folder: Path) -> None:
    for left_out, reason in folders_in(path, folder)[1]:
        if left_out == path:
            raise ValueError(f"{EXPECTED}. Received: '{printable(path)}', {reason}. Check its permissions.")


def _check_not_nearly_divided(folder: Path, worded: list[Path]) -> None:
    """Raise `ValueError` for folders such as `flowers_train` and `flower_test` with the same classes in them."""
    inner = [{path.name.casefold() for path in folders_in(each, folder)[0]} for each in worded]
    if len({part_within(path.name) for path in worded}) > 1 and len(set.intersection(*inner)) > 1:
        raise ValueError(
            f"{EXPECTED}, or with train, val and test, each with such sub-folders. Received: '{printable(folder)}', "
            f"where {_names(worded)} hold the same sub-folders. Call them train, val and test if the photos are "
            "divided; otherwise give the sub-folders other names."
        )


def _classes_with_parts(inside: list[Path], folder: Path) -> tuple[list[FoundFile], Refusals]:
    """Return the places where each class is divided, as in `daisy/train` and `daisy/test`, and the files beside them.

    There are none where no class is divided. It is unclear, and a `ValueError`, where only some are, or a class has
    other folders beside its parts: the split that was given would be lost without a word.
    """
    parts = {path: folders_in(path, folder)[0] for path in inside}
    named = {path: parts_among([part.name for part in parts[path]]) for path in inside}
    divided = [path for path in inside if len(set(named[path].values())) > 1]
    others = [
        path
        for path in inside
        if not parts[path] or len(named[path]) < len(parts[path]) or (path not in divided and _holds_photos(path))
    ]
    if divided and others:
        one = others[0]
        raise ValueError(
            f"{EXPECTED}, or with train, val and test inside each of them. Received: '{printable(folder)}', where "
            f"'{printable(divided[0].name)}' has parts of a divided set, but '{printable(one.name)}' "
            f"{'has other folders, too' if one in divided else 'has no such parts'}. Divide each class in the same way."
        )
    places = [
        FoundFile(part, class_name(path.name), named[path].get(part.name, ""))
        for path in inside
        for part in parts[path]
    ]
    if others or len({place.part for place in places}) < 2:
        return [], []
    beside = [each for path in inside for each in _files_outside(path, "train, val and test")]
    return places, beside + [each for path in inside for each in folders_in(path, folder)[1]]


def _check_one_each(folder: Path, inside: list[Path], parts: dict[str, str]) -> None:
    if len({parts[path.name] for path in inside}) < len(inside):
        raise ValueError(
            f"Expected one folder each for train, val and test. Received: '{printable(folder)}' with {_names(inside)}, "
            "of which two mean the same. Put their photos together."
        )


def _class_names(folder: Path, inside: list[Path], places: list[FoundFile]) -> tuple[str, ...]:
    if len({(place.label, place.part) for place in places}) < len(places):
        raise ValueError(f"{EXPECTED}. Received: '{printable(folder)}', where two look the same. Rename one of them.")
    names = sorted({place.label for place in places})
    if len(names) < 2:
        held = f"one class only, '{names[0]}'" if names else "no sub-folders"
        within = _first_with_several(inside, folder)
        hint = f" If the classes are inside it, pass '{printable(within)}'." if within else ""
        raise ValueError(f"{EXPECTED}, at least two of them. Received: '{printable(folder)}', which has {held}.{hint}")
    return tuple(names)


def _first_with_several(inside: list[Path], folder: Path) -> Path | None:
    """Return the folder to which single folders within each other lead, if it has several."""
    within = None
    while len(inside) == 1:
        within = inside[0]
        inside = folders_in(within, folder)[0]
    return within if inside else None


def _files_outside(folder: Path, where: str = "the class folders") -> Refusals:
    return [(path, f"is outside {where}") for path in files_in(folder)]


def _holds_photos(folder: Path) -> bool:
    return any(path.suffix.lower() in SUFFIXES for path in files_in(folder))


def _names(paths: list[Path]) -> str:
    return ", ".join(f"'{printable(path.name)}'" for path in paths[:_MOST]) + (", …" if len(paths) > _MOST else "")
