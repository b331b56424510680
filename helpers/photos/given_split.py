"""A folder that is divided already: its own split is used, checked for leaks, and completed where val is missing."""

from collections import defaultdict
from collections.abc import Hashable

from helpers import config
from helpers.photos.entries import ReadPhoto, Refusals
from helpers.photos.names import printable
from helpers.photos.parts import NAMES
from helpers.photos.splitting import deal_out, in_order

Sides = tuple[list[ReadPhoto], list[ReadPhoto], list[ReadPhoto]]


def refuse_copies_across(read: list[ReadPhoto]) -> tuple[list[ReadPhoto], Refusals]:
    """Return the photos without copies in several parts: the one in test stays, or else the one in val.

    What is tested on must not be trained on; and a test set that stays whole can be compared with other people's.
    """
    last: dict[str, str] = {}
    for photo in sorted(read, key=lambda photo: NAMES.index(photo.part or "train")):
        last[photo.content] = photo.part
    kept = [photo for photo in read if photo.part == last[photo.content]]
    refused = [
        (photo.path, f"the same photo is in {last[photo.content]}, so it is left out of {photo.part}")
        for photo in read
        if photo.part != last[photo.content]
    ]
    return kept, refused


def deal_given(
    read: list[ReadPhoto],
    class_names: tuple[str, ...],
    split: tuple[float, float, float],
    seed: int,
    per_class: int | None,
    skipped: Refusals,
) -> Sides:
    """Deal photos out as their folder says.

    Without a part for validation, it is taken from the training photos, in the proportion of `split`. Without a part
    for test, there is no test set.

    Args:
        read: Photos, each with its part.
        class_names, split, seed, per_class, skipped: As for `deal_out`.

    Raises:
        ValueError: If a split was asked for that the folder doesn't leave open, a class has no readable photo in a
            part, or a group is in several parts.
    """
    parts = {name: [photo for photo in read if photo.part == name] for name in NAMES}
    _check_open(split, parts)
    _check_groups(read)
    _check_enough(parts, class_names, skipped)
    if not parts["val"]:
        both = split[0] + split[1]
        shares = (split[0] / both, split[1] / both, 0.0)
        train, val, _ = deal_out(parts["train"], class_names, shares, seed, per_class, skipped)
        return train, val, in_order(parts["test"], seed)
    train = in_order(parts["train"], seed)
    first = [photo for name in class_names for photo in [each for each in train if each.label == name][:per_class]]
    return in_order(first, seed), in_order(parts["val"], seed), in_order(parts["test"], seed)


def _check_open(split: tuple[float, float, float], parts: dict[str, list[ReadPhoto]]) -> None:
    if tuple(split) != config.SPLIT and (parts["val"] or not split[0]):
        found = ", ".join(name for name, photos in parts.items() if photos)
        raise ValueError(
            f"Expected no split for a folder that is divided into {found}. Received: split={tuple(split)!r}. Leave it "
            "out; or, to divide the photos anew, put those of each class into one folder."
        )


def _check_groups(read: list[ReadPhoto]) -> None:
    found: dict[Hashable, set[str]] = defaultdict(set)
    for photo in read:
        if photo.group is not None:
            found[photo.group].add(photo.part)
    for group, parts in found.items():
        if len(parts) > 1:
            raise ValueError(
                f"Expected each group of photos to be in one part of a divided folder. Received: group {group!r} in "
                f"{' and '.join(sorted(parts))}. Move its photos into one part, or load without groups."
            )


def _check_enough(parts: dict[str, list[ReadPhoto]], class_names: tuple[str, ...], skipped: Refusals) -> None:
    empty = [
        f"none of '{name}' in {part}"
        for part, photos in parts.items()
        for name in class_names
        if photos and not any(photo.label == name for photo in photos)
    ]
    if not parts["train"] or not (parts["val"] or parts["test"]):
        empty = empty or ["no photos in " + next(name for name, photos in parts.items() if not photos)]
    if empty:
        reasons = [f"{printable(path.name)}: {reason}" for path, reason in skipped][:3]
        raise ValueError(
            f"Expected at least one readable photo of each class in each part. Received: {'; '.join(empty[:5])}. Add "
            "photos or leave the class out." + (f" Skipped: {'; '.join(reasons)}." if reasons else "")
        )
