"""Which files show the same picture: pixel for pixel, once upright, whatever their format, name and metadata."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from hashlib import blake2b

import numpy as np
from PIL import Image

from helpers.photos.colours import DEEPEST, deep_values, full_range, is_deep, rgb
from helpers.photos.entries import PhotoError, ReadPhoto, Refusals
from helpers.photos.limits import memory, memory_to_decode, read_file
from helpers.photos.opening import opened
from helpers.photos.parallel import in_parallel
from helpers.photos.strips import upright_size, upright_strips


def with_contents(read: list[ReadPhoto], pairs: Sequence[tuple[int, int]]) -> list[ReadPhoto]:
    """Return the photos, with `same_as` set wherever several different files hold the same picture.

    Only files whose pictures look alike and have the same sides are decoded in full, so a folder without copies costs
    nothing.

    Args:
        read: Photos that could be read.
        pairs: Those that look alike, from `alike`.
    """
    asked = sorted(_worth_decoding(read, pairs))
    files = list({read[row].digest: read[row] for row in asked}.values())
    decoded = in_parallel(pixels_digest, files, "Comparing photos")
    same: dict[str, list[str]] = defaultdict(list)
    for photo, pixels in zip(files, decoded, strict=True):
        same[pixels or photo.digest].append(photo.digest)
    stands_for = {each: min(members) for members in same.values() if len(members) > 1 for each in members}
    return [replace(photo, same_as=stands_for.get(photo.digest, "")) for photo in read]


def refuse_two_labels(read: list[ReadPhoto]) -> tuple[list[ReadPhoto], Refusals]:
    """Return the photos without those that are in several classes, and these with the reason."""
    labels: dict[str, set[str]] = defaultdict(set)
    for photo in read:
        labels[photo.content].add(photo.label)
    kept = [photo for photo in read if len(labels[photo.content]) == 1]
    refused = [
        (photo.path, f"the same photo is in several classes: {', '.join(sorted(labels[photo.content]))}")
        for photo in read
        if len(labels[photo.content]) > 1
    ]
    return kept, refused


def pixels_digest(photo: ReadPhoto) -> str | None:
    """Return a short text that is the same for files with the same picture; `None` if it can't be read any more."""
    try:
        data = read_file(photo.path)
        with opened(data) as picture, memory.held(memory_to_decode(picture, picture.size, data)):
            picture.load()
            seen = blake2b(repr(upright_size(picture)).encode(), digest_size=16)
            for strip in upright_strips(picture):
                seen.update(_plain_bytes(strip))
            return seen.hexdigest()
    except (PhotoError, OSError):
        return None


def _plain_bytes(strip: Image.Image) -> bytes:
    if is_deep(strip):
        values, (_, highest) = deep_values(strip), full_range(strip)
        if highest != DEEPEST or (values % 257).any():
            return b"deep%d" % highest + values.astype(values.dtype.newbyteorder("<")).tobytes()  # in one byte order
        strip = Image.fromarray((values // 257).astype(np.uint8))  # 8 bits, kept as 16
    return rgb(strip).tobytes()


def _worth_decoding(read: list[ReadPhoto], pairs: Sequence[tuple[int, int]]) -> set[int]:
    flat: dict[tuple[int, int], list[int]] = defaultdict(list)  # nothing can be seen on them to tell them apart by
    for row, photo in enumerate(read):
        if photo.look is None and photo.size != (0, 0):
            flat[photo.size].append(row)
    together = [*pairs, *((rows[0], row) for rows in flat.values() for row in rows[1:])]
    return {
        row
        for one, other in together
        if read[one].size == read[other].size and read[one].digest != read[other].digest
        for row in (one, other)
    }
