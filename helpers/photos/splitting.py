"""Which photo goes into which split: by content and seed alone, each class in the same proportions, no leaks."""

import math

import numpy as np

from helpers.photos.folder import ReadPhoto, Refusals, digest


def check_split(split: tuple[float, float, float], per_class: int | None) -> None:
    """Raise `ValueError` unless the fractions and the limit make sense."""
    fits = len(split) == 3 and math.isclose(sum(split), 1.0, abs_tol=1e-6) and min(split[:2]) > 0 and split[2] >= 0
    if not fits:
        raise ValueError(
            "Expected split to be three fractions for train, val and test that add up to 1, the first two above 0. "
            f"Received: {split!r}."
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
    identical bytes go to the same side.
    """
    train: list[ReadPhoto] = []
    val: list[ReadPhoto] = []
    test: list[ReadPhoto] = []
    for name in class_names:
        ranked = sorted((p for p in read if p.label == name), key=lambda p: (_rank(p, seed), p.path))
        _check_enough(name, ranked, split, skipped)
        counts = [max(1, round(fraction * len(ranked))) if fraction else 0 for fraction in split]
        groups = _same_content_together(ranked)
        test += _take(groups, counts[2])
        val += _take(groups, counts[1], leave=1)
        rest = [photo for group in groups for photo in group]
        train += rest[:per_class]
    # The classes are mixed, in an order that depends only on content and seed.
    train, val, test = (sorted(side, key=lambda p: (_rank(p, seed), p.path)) for side in (train, val, test))
    return train, val, test


def _check_enough(name: str, photos: list[ReadPhoto], split: tuple[float, float, float], skipped: Refusals) -> None:
    distinct, needed = len({photo.digest for photo in photos}), sum(fraction > 0 for fraction in split)
    if distinct < needed:
        reasons = [f"{path.name}: {reason}" for path, reason in skipped if name in path.parts][:3]
        raise ValueError(
            f"Expected at least {needed} different readable photos in class '{name}', one for each split. "
            f"Received: {distinct}. Add photos or leave the class out."
            + (f" Skipped there: {'; '.join(reasons)}." if reasons else "")
        )


def _same_content_together(ranked: list[ReadPhoto]) -> list[list[ReadPhoto]]:
    groups: dict[str, list[ReadPhoto]] = {}
    for photo in ranked:
        groups.setdefault(photo.digest, []).append(photo)
    return list(groups.values())


def _take(groups: list[list[ReadPhoto]], count: int, leave: int = 2) -> list[ReadPhoto]:
    taken: list[ReadPhoto] = []
    while len(taken) < count and len(groups) > leave:
        taken += groups.pop(0)
    return taken


def _rank(photo: ReadPhoto, seed: int) -> str:
    return digest(f"{seed} {photo.digest}".encode())
