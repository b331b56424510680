"""Folders that are divided already: how people spell train, val and test, and what goes wrong with such folders."""

import re

from helpers.photos.names import printable

NAMES = ("train", "val", "test")

_SPELLINGS = {
    "train": "train", "training": "train", "trn": "train",
    "val": "val", "valid": "val", "validation": "val", "validate": "val", "validating": "val", "dev": "val",
    "test": "test", "testing": "test", "tst": "test", "eval": "test", "evaluation": "test",
}  # fmt: skip
_FILLERS = {"set", "data", "dataset", "images", "image", "imgs", "img", "photos", "pictures", "split", "seg"}


def part_named(name: str) -> str | None:
    """Return which part of a divided set a folder's name stands for, or `None`.

    Args:
        name: Such as `"train"`, `"Validation"`, `"test_set"` or `"train2017"`.

    Returns:
        One of `"train"`, `"val"` and `"test"`, or `None` for any other name.

    Example:
        >>> part_named("Training_Set"), part_named("tulips")
        ('train', None)
    """
    words = [word for word in re.split(r"[\W\d_]+", name.casefold()) if word and word not in _FILLERS]
    if len(words) != 1:
        return None
    return _SPELLINGS.get(words[0]) or _SPELLINGS.get(words[0].removesuffix("set"))


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
