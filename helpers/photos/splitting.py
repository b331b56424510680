"""Which photo goes into which split: by content, group and seed, each class in the same proportions, no leaks."""

import math
from collections.abc import Iterable

import numpy as np

from helpers.photos.entries import ReadPhoto, Refusals, digest
from helpers.photos.found import class_name
from helpers.photos.grouping import kept_together
from helpers.photos.names import printable


def check_split(split: tuple[float, float, float], per_class: int | None) -> None:
    """Raise `ValueError` unless the fractions and the limit make sense."""
    whole = len(split) == 3 and math.isclose(sum(split), 1.0, abs_tol=1e-6) and min(split) >= 0
    if not whole or (min(split[:2]) == 0 and tuple(split[:2]) != (0, 0)):
        raise ValueError(
            "Expected split to be three fractions for train, val and test that add up to 1, the first two above 0; or "
            f"(0, 0, 1), for photos that a trained model is tested on. Received: {split!r}."
        )
    if per_class is not None and (not isinstance(per_class, (int, np.integer)) or per_class < 1):
        raise ValueError(f"Expected per_class to be None or a whole number of at least 1. Received: {per_class!r}.")


def deal_out(
    read: list[ReadPhoto],
    class_names: tuple[str, ...],
    split: tuple[float, float, float],
    seed: int,
    per_class: int | None,
    skipped: Refusals,
) -> tuple[list[ReadPhoto], list[ReadPhoto], list[ReadPhoto]]:
    """Deal photos out into train, val and test.

    Photos are ranked by a digest of seed and content. So a photo keeps its rank when others are added or removed, or
    when it is renamed; the first `per_class` training photos are among the first of any larger number; and files with
    the same picture go to the same side.

    So do photos of the same group. A group that would overfill `val` or `test` goes to `train`, and each side gets at
    least one group; so the sides are as large as asked to within half of the largest group, where groups are many.
    """
    train: list[ReadPhoto] = []
    val: list[ReadPhoto] = []
    test: list[ReadPhoto] = []
    _check_enough_photos(read, class_names, split, skipped)
    for name in class_names:
        ranked = in_order((p for p in read if p.label == name), seed)
        # A group is ranked by one of its photos. Were it the first in rank, large groups would always come early.
        together = sorted(kept_together(ranked), key=lambda group: _rank(min(group, key=lambda p: p.content), seed))
        _check_enough_groups(name, together, split)
        if not split[0]:
            test += ranked
            continue
        counts = [max(1, round(fraction * len(ranked))) if fraction else 0 for fraction in split]
        test += _take(together, counts[2])
        val += _take(together, counts[1], leave=1)
        # Photo by photo again, so that the first few training photos are of many groups.
        rest = in_order((photo for group in together for photo in group), seed)
        train += rest[:per_class]
    # The classes are mixed, in an order that depends only on content and seed.
    return in_order(train, seed), in_order(val, seed), in_order(test, seed)


def _check_enough_photos(
    read: list[ReadPhoto], class_names: tuple[str, ...], split: tuple[float, float, float], skipped: Refusals
) -> None:
    needed = sum(fraction > 0 for fraction in split)
    counts = {name: len({photo.content for photo in read if photo.label == name}) for name in class_names}
    small = {name: count for name, count in counts.items() if count < needed}
    if small:
        # With a table, no folder says of which class a file would have been.
        there = [each for each in skipped if small.keys() & set(map(class_name, each[0].parts))]
        reasons = [f"{printable(path.name)}: {why}" for path, why in (there or skipped)[:3]]
        one = next(iter(small)) if len(small) == 1 else None
        where, what = (f"class '{one}'", "the class") if one is not None else ("each class", "these classes")
        received = [str(count) if one is not None else f"{count} in '{name}'" for name, count in small.items()]
        raise ValueError(
            f"Expected at least {needed} different readable photos in {where}, one for each split. Received: "
            f"{', '.join(received)}. Add photos or leave {what} out."
            + (f" Skipped{' there' if there else ''}: {'; '.join(reasons)}." if reasons else "")
        )


def _check_enough_groups(name: str, together: list[list[ReadPhoto]], split: tuple[float, float, float]) -> None:
    photos, needed = [photo for group in together for photo in group], sum(fraction > 0 for fraction in split)
    if len(together) < needed:
        names = sorted({repr(photo.group) for photo in photos if photo.group is not None})[:5]
        sizes = " and ".join(str(len(group)) for group in together)
        raise ValueError(
            f"Expected at least {needed} groups of photos in class '{name}', one for each split. Received: "
            f"{len(together)}, of {sizes} photos ({', '.join(names)}). Groups with a copy of the same photo count as "
            "one. Add photos of other groups, or leave the class out."
        )


def _take(together: list[list[ReadPhoto]], count: int, leave: int = 2) -> list[ReadPhoto]:
    """Remove groups from the list, up to about `count` photos, and return their photos."""
    taken: list[ReadPhoto] = []
    for group in list(together):
        if len(taken) >= count or len(together) <= leave:
            break
        if _fits(group, count - len(taken)):
            together.remove(group)
            taken += group
    if count and not taken:
        smallest = min(together, key=len)
        together.remove(smallest)
        taken += smallest
    return taken


def _fits(group: list[ReadPhoto], room: int) -> bool:
    # Copies of one photo alone are taken as they come, however many they are.
    return len(group) < 2 * room or all(photo.group is None and photo.alike is None for photo in group)


def in_order(photos: Iterable[ReadPhoto], seed: int) -> list[ReadPhoto]:
    """Return photos mixed, in an order that depends only on their content and the seed."""
    return sorted(photos, key=lambda p: (_rank(p, seed), p.digest, p.path))


def _rank(photo: ReadPhoto, seed: int) -> str:
    return digest(f"{seed} {photo.content}".encode())
