"""Folders that are divided already: how people spell train, val and test, and what goes wrong with such folders."""

import re
from collections import defaultdict
from collections.abc import Collection

from helpers.photos.names import printable

NAMES = ("train", "val", "test")

_SPELLINGS = {
    "train": "train", "training": "train", "trn": "train",
    "val": "val", "valid": "val", "validation": "val", "validate": "val", "validating": "val", "dev": "val",
    "test": "test", "testing": "test", "tst": "test", "eval": "test", "evaluation": "test",
}  # fmt: skip
_FILLERS = {"set", "data", "dataset", "images", "image", "imgs", "img", "photos", "pictures", "split", "seg", "x",
            "dir", "folder", "files", "samples"}  # fmt: skip
_GLUED = re.compile(f"({'|'.join(sorted(_SPELLINGS, key=len, reverse=True))})({'|'.join(_FILLERS)})")


def part_named(name: str) -> str | None:
    """Return which part of a divided set a folder's name stands for, or `None`.

    Args:
        name: Such as `"train"`, `"Validation"`, `"test_set"`, `"TrainImages"`, `"testdata"` or `"train2017"`.

    Returns:
        One of `"train"`, `"val"` and `"test"`, or `None` for any other name.

    Example:
        >>> part_named("Training_Set"), part_named("tulips")
        ('train', None)
    """
    words = _words(name)
    return _SPELLINGS.get(words[0]) if len(words) == 1 else None


def parts_among(names: Collection[str]) -> dict[str, str]:
    """Return those of some folders' names that stand for parts of a divided set, and the part that each stands for.

    Beside what `part_named` knows, these are names that are the same but for the part, such as `"asl_train"` and
    `"asl_test"`. One of them alone may be anything: there are classes called `"test tubes"`.

    Args:
        names: Of folders that lie beside each other.

    Example:
        >>> parts_among(["asl_train", "asl_test", "notes"])
        {'asl_train': 'train', 'asl_test': 'test'}
    """
    found = {name: part for name in names if (part := part_named(name))}
    same: dict[tuple[str, ...], dict[str, str]] = defaultdict(dict)
    for name in names:
        if part := part_within(name):
            same[tuple("" if word in _SPELLINGS else word for word in _words(name))][name] = part
    for parts in same.values():
        found |= parts if len(set(parts.values())) > 1 else {}
    return found


def part_within(name: str) -> str | None:
    """Return the part that a name has a word for, whatever its other words are; `None` if it has none, or several.

    Example:
        >>> part_within("asl_train"), part_within("tulips")
        ('train', None)
    """
    told = [_SPELLINGS[word] for word in _words(name) if word in _SPELLINGS]
    return told[0] if len(told) == 1 else None


def _words(name: str) -> list[str]:
    """Return the words of a name, such as `asl` and `train` of `"asl_trainData2"`, without numbers and fillers."""
    apart = re.sub(r"(?<!de)v\d+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).casefold())  # without versions
    words = [word for word in re.split(r"[\W\d_]+", apart) if word and word not in _FILLERS]
    return [glued[1] if (glued := _GLUED.fullmatch(word)) else word for word in words]


def check_parts(parts: dict[str, set[str]], where: str) -> None:
    """Raise `ValueError` unless there is a part to train on, another one, and the same classes are in each.

    Args:
        parts: For each part its classes.
        where: Names the folder in messages.
    """
    if "train" not in parts or len(parts) < 2:
        raise ValueError(
            f"Expected a divided folder to have a part to train on, and one for validation or test. Received: {where}, "
            f"which has {' and '.join(sorted(parts))} only. Add the missing part, or pass a folder with one sub-folder "
            "of photos per class."
        )
    parts = {name: parts[name] for name in NAMES if name in parts}
    known = {name for classes in parts.values() for name in classes}
    missing = [
        f"no '{printable(name)}' in {part}" for part, classes in parts.items() for name in sorted(known - classes)
    ]
    if missing:
        raise ValueError(
            f"Expected the same classes in {', '.join(parts)} of {where}. Received: {'; '.join(missing[:5])}. Add what "
            "is missing, or move the class out of the other parts."
        )
