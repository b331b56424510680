"""Which photos must stay on one side of a split: copies of a photo, and photos that you say belong together."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from pathlib import Path

from helpers.photos.entries import ReadPhoto
from helpers.photos.names import printable

Groups = Callable[[Path], Hashable] | Mapping[str, Hashable]  # from a photo's path within its folder to its group


def check_groups(groups: Groups | None) -> None:
    """Raise `TypeError` unless groups are `None`, a function or a mapping."""
    if not (groups is None or callable(groups) or isinstance(groups, Mapping)):
        raise TypeError(
            "Expected groups to be None, a function from a photo's path to the name of its group, or a dict from paths "
            f"to names. Received: {type(groups).__name__}."
        )


def with_groups(read: list[ReadPhoto], folder: Path, groups: Groups | None) -> list[ReadPhoto]:
    """Return the photos with the group of each.

    Args:
        read: Photos below `folder`.
        folder: What their paths are made relative to.
        groups: As for `load_photos`.

    Raises:
        TypeError: If a group's name can't be hashed.
        ValueError: If no photo has a group, or a group has photos in several classes.
    """
    if groups is None:
        return read
    inside = [photo.path.relative_to(folder) for photo in read]
    names = [groups.get(path.as_posix()) if isinstance(groups, Mapping) else _ask(groups, path) for path in inside]
    _check_names(names, inside)
    named = [replace(photo, group=name) for photo, name in zip(read, names, strict=True)]
    _check_one_class_each(named)
    return named


def kept_together(photos: list[ReadPhoto]) -> list[list[ReadPhoto]]:
    """Return the photos in lists that must not be divided, each list where its first photo was.

    Two photos are in one list if they show the same picture, have the same group or are near-copies that have to stay
    together, or if others link them: where a photo of one group is a copy of one of another, both groups stay together.

    Args:
        photos: With their groups; a photo whose group is `None` belongs to no other, except to its copies.

    Example:
        >>> [len(together) for together in kept_together(photos)]
        [12, 1, 7]
    """
    above: dict[Hashable, Hashable] = {}  # a forest of contents and groups (union-find); a tree is what is linked

    def root(key: Hashable) -> Hashable:
        while above.setdefault(key, key) != key:
            key = above[key]
        return key

    for photo in photos:
        for kind, name in (("group", photo.group), ("alike", photo.alike)):
            if name is not None:
                above[root(("content", photo.content))] = root((kind, name))
    lists: dict[Hashable, list[ReadPhoto]] = {}
    for photo in photos:
        lists.setdefault(root(("content", photo.content)), []).append(photo)
    return list(lists.values())


def _ask(groups: Callable[[Path], Hashable], path: Path) -> Hashable:
    try:
        return groups(path)
    except Exception as error:
        error.add_note(f"It was raised by the function given as groups, for '{printable(path.as_posix())}'.")
        raise


def _check_names(names: list[Hashable], inside: list[Path]) -> None:
    for name, path in zip(names, inside, strict=True):
        try:
            hash(name)
        except TypeError:
            raise TypeError(
                "Expected the name of a group to be hashable, such as a word, a number or a tuple of them. "
                f"Received: {name!r}, for '{printable(path.as_posix())}'."
            ) from None
    if inside and all(name is None for name in names):
        raise ValueError(
            f"Expected groups to name the group of at least one photo. Received: None for each of {len(inside)}. A "
            "function must return the name; the keys of a dict are paths within the folder, with forward slashes, such "
            f"as '{printable(min(inside).as_posix())}'."
        )


def _check_one_class_each(photos: list[ReadPhoto]) -> None:
    classes: dict[Hashable, set[str]] = {}
    for photo in photos:
        if photo.group is not None:
            classes.setdefault(photo.group, set()).add(photo.label)
    for group, labels in classes.items():
        if len(labels) > 1:
            raise ValueError(
                f"Expected the photos of a group to be of one class. Received: group {group!r}, with photos in "
                f"{', '.join(sorted(labels))}. If these are different plants with the same name, make the class a part "
                "of the name: groups=lambda path: (path.parts[0], …)."
            )
