"""Which photos the frozen blocks are shown, in which order, and the augmented views that are kept of them."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from helpers import config
from helpers.photos.photo import augment
from helpers.photos.split import Split


@dataclass(frozen=True)
class PhotoViews:
    """The photos of a split as a network is shown them: unchanged, or as several augmented views of each.

    Attributes:
        split: The photos.
        views: 0 for the photos as they are; otherwise the number of augmented views of each photo.
        seed: Decides the views.
        smallest_crop: As for `augment`.

    Example:
        >>> len(PhotoViews(photos.train, views=4))
        2400
    """

    split: Split
    views: int = 0
    seed: int = config.SEED
    smallest_crop: float = config.AUGMENT_SMALLEST_CROP

    def __len__(self) -> int:
        return len(self.split) * max(self.views, 1)


def batches_of(photos: PhotoViews) -> Iterator[np.ndarray]:
    """Yield pictures in batches, in order, for whatever reads them once: all photos' first views come first.

    Where they have to be decoded or augmented, the next batch is prepared while this one is in use.

    Args:
        photos: Which photos, and how many views of each.
    """
    split, count, size = photos.split, len(photos.split), config.BATCH_SIZE
    wanted = [
        (range(start, min(start + size, count)), view)
        for view in range(max(photos.views, 1))
        for start in range(0, count, size)
    ]

    def prepare(rows: range, view: int) -> np.ndarray:
        return view_of(split, rows, view, photos.seed, photos.smallest_crop) if photos.views else split.images(rows)

    if split.in_memory and not photos.views:
        yield from (prepare(*each) for each in wanted)
        return
    ahead: deque[Future[np.ndarray]] = deque()
    with ThreadPoolExecutor(1) as other:
        for each in wanted:
            ahead.append(other.submit(prepare, *each))
            if len(ahead) > 1:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def views_of(
    split: Split,
    rows: Sequence[int],
    views: int = config.AUGMENT_VIEWS,
    seed: int = 0,
    smallest_crop: float = config.AUGMENT_SMALLEST_CROP,
) -> np.ndarray:
    """Return the views of some photos that `fit(…, augment=True, seed=seed)` keeps and draws from.

    Args:
        split: The photos.
        rows: Which of them, as indices.
        views: Number of views of each photo.
        seed: Decides the views.
        smallest_crop: As for `augment`.

    Returns:
        Array of shape `(views, rows, image_size, image_size, 3)`, `uint8`.

    Example:
        >>> views_of(photos.train, rows=[0, 1]).shape
        (4, 2, 128, 128, 3)
    """
    return np.stack([view_of(split, rows, view, seed, smallest_crop) for view in range(views)])


def view_of(
    split: Split, rows: Iterable[int], view: int, seed: int, smallest_crop: float = config.AUGMENT_SMALLEST_CROP
) -> np.ndarray:
    """Return one view of some photos: shape `(rows, image_size, image_size, 3)`, `uint8`."""
    rows = list(rows)
    generators = [np.random.default_rng([seed, view, row]) for row in rows]
    images = split.images(rows)
    pairs = zip(images, generators, strict=True)
    return np.concatenate([augment(image[None], rng, smallest_crop) for image, rng in pairs])
