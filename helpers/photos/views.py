"""The order in which the frozen blocks are shown the photos, and the augmented views that are kept of them."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from helpers import config
from helpers.photos.photo import augment
from helpers.photos.split import Split


def batches_of(split: Split, views: int = 0, seed: int = 0) -> Iterator[np.ndarray]:
    """Yield photos in batches, in order, for whatever reads them once.

    Where they have to be decoded or augmented, the next batch is made ready while this one is used.

    Args:
        split: The photos.
        views: 0 for the photos as they are; otherwise how many views of each, all photos' first views first.
        seed: Decides the views.
    """
    count, size = len(split), config.BATCH_SIZE
    wanted = [(range(at, min(at + size, count)), view) for view in range(max(views, 1)) for at in range(0, count, size)]

    def prepare(rows: range, view: int) -> np.ndarray:
        return view_of(split, rows, view, seed) if views else split.images(rows)

    if split.in_memory and not views:
        yield from (prepare(*each) for each in wanted)
        return
    ahead: deque = deque()
    with ThreadPoolExecutor(1) as other:
        for each in wanted:
            ahead.append(other.submit(prepare, *each))
            if len(ahead) > 1:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def views_of(split: Split, rows: Sequence[int], views: int = config.AUGMENT_VIEWS, seed: int = 0) -> np.ndarray:
    """Return the very views of some photos that `fit(…, augment=True, seed=seed)` keeps and draws among.

    Args:
        split: The photos.
        rows: Which of them, as indices.
        views: How many views of each.
        seed: Decides them.

    Returns:
        Array of shape `(views, rows, image_size, image_size, 3)`, `uint8`.

    Example:
        >>> views_of(photos.train, rows=[0, 1]).shape
        (4, 2, 128, 128, 3)
    """
    return np.stack([view_of(split, rows, view, seed) for view in range(views)])


def view_of(split: Split, rows: Iterable[int], view: int, seed: int) -> np.ndarray:
    """Return one view of some photos: shape `(rows, image_size, image_size, 3)`, `uint8`."""
    rows = list(rows)
    chance = [np.random.default_rng([seed, view, row]) for row in rows]
    return np.concatenate([augment(image[None], rng) for image, rng in zip(split.images(rows), chance, strict=True)])
