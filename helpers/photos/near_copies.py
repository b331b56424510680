"""Near-copies: a photo saved smaller or at another quality. Which ones the splits separate, and how to keep them."""

from collections.abc import Hashable, Iterable
from dataclasses import replace
from pathlib import Path

from helpers.photos.entries import ReadPhoto
from helpers.photos.split import Split

REPORT, TOGETHER = "report", "together"

Pairs = tuple[tuple[Path, Path], ...]


def with_near_copies(read: list[ReadPhoto], pairs: Iterable[tuple[Path, Path]]) -> list[ReadPhoto]:
    """Return the photos, with `alike` set for those that look like another one of their class.

    Args:
        read: Photos that could be read.
        pairs: Those that look alike.
    """
    labels = {photo.path: photo.label for photo in read}
    above: dict[Path, Path] = {}  # a forest (union-find); a tree is what is linked

    def root(path: Path) -> Path:
        while above.setdefault(path, path) != path:
            above[path] = path = above[above[path]]
        return path

    for one, other in pairs:
        if one in labels and labels[one] == labels.get(other):
            above[root(one)] = root(other)
    names: dict[Path, Hashable] = {path: root(path) for path in list(above)}
    return [replace(photo, alike=names.get(photo.path)) for photo in read]


def divided(pairs: Iterable[tuple[Path, Path]], photos: Iterable[ReadPhoto], splits: Iterable[Split]) -> Pairs:
    """Return the pairs of near-copies that are in different splits or in different classes.

    Args:
        pairs: Files that look alike.
        photos: The photos that are in the splits. Those with the same pixels are no near-copies but the same photo.
        splits: Train, val and test.
    """
    side = {path: number for number, split in enumerate(splits) for path in split.paths}
    known = {photo.path: photo for photo in photos if photo.path in side}
    return tuple(
        (one, other) if side[one] <= side[other] else (other, one)
        for one, other in pairs
        if one in known
        and other in known
        and known[one].content != known[other].content
        and (side[one] != side[other] or known[one].label != known[other].label)
    )


def still_there(pairs: Pairs, splits: Iterable[Split]) -> Pairs:
    """Return the pairs of which both photos are in the splits."""
    paths = {path for split in splits for path in split.paths}
    return tuple(pair for pair in pairs if paths.issuperset(pair))
