"""What a bundle is to be made from, and the steps of its training: what decides the model, and nothing else."""

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import keras

from helpers import config
from helpers.network.base import load_base, which_base
from helpers.network.blocks import blocks
from helpers.photos.dataset import Photos
from helpers.photos.loading import load_photos
from helpers.photos.split import count_by_class
from helpers.training.recipe import Step
from helpers.training.settings import GENTLY

HEAD = Step(until="top", epochs=30, learning_rate=3e-3, **GENTLY)
UPPER_BLOCKS = Step(epochs=10, learning_rate=1e-3, **GENTLY)
_STAGE = 5  # of seven: the blocks above it are fine-tuned
_UNEVEN = 1.5  # classes are weighted if the largest has this many times the photos of the smallest


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a model is to be made from.

    Attributes:
        folder: The photos, see `load_photos`.
        image_size: Side of the square photos in pixels.
        per_class: Training photos per class; `None` takes all.
        base: As for `load_base`.
        seed: Decides the split, the head and the order of the photos.
        groups: A regular expression; photos in whose paths within the folder it finds the same text belong together.
            If it has a group in brackets, that part counts.
        head, upper_blocks: The two steps of the training; where the second one begins depends on the base.

    Example:
        >>> Plan(folder="my/flowers", groups=r"plant\\d+").photos(seed=0)
    """

    folder: str | Path
    image_size: int = config.IMAGE_SIZE
    per_class: int | None = None
    base: str = "auto"
    seed: int = config.SEED
    groups: str | None = None
    head: Step = field(default=HEAD)
    upper_blocks: Step = field(default=UPPER_BLOCKS)

    def photos(self, seed: int) -> Photos:
        """Return the photos, split by a seed."""
        return load_photos(self.folder, self.image_size, seed, self.per_class, groups=by_pattern(self.groups))

    def load_base(self) -> keras.Model:
        """Return the base."""
        return load_base(self.base, image_size=self.image_size)

    def steps(self, photos: Photos, base: keras.Model) -> tuple[Step, Step]:
        """Return how the head is trained, and then the upper blocks with it."""
        weight = class_weight_for(photos)
        boundary = self.upper_blocks.until if self.upper_blocks.until != "top" else boundary_of(base)
        return replace(self.head, class_weight=weight), replace(self.upper_blocks, class_weight=weight, until=boundary)

    def record(self) -> dict[str, Any]:
        """Return all that decides the model as plain values, with the versions of the libraries."""
        base = " ".join(map(str, which_base(self.base, "auto")))
        own = {"folder": str(Path(self.folder).resolve()), "base": base, "versions": config.versions()}
        return asdict(self) | own


def boundary_of(base: keras.Model) -> str:
    """Return the highest block to freeze in fine-tuning: the last of the fifth stage, as in lesson 5.

    Args:
        base: From `load_base`. One with fewer stages is frozen up to its middle.
    """
    found = blocks(base)
    return next((block.name for block in reversed(found) if block.stage == _STAGE), found[len(found) // 2].name)


def class_weight_for(photos: Photos) -> str | None:
    """Return `"balanced"` if some class has half as many training photos again as another, else `None`."""
    counts = count_by_class(photos.train).values()
    return "balanced" if max(counts) > _UNEVEN * min(counts) else None


def by_pattern(pattern: str | None) -> Callable[[Path], str | None] | None:
    """Return a function that `load_photos` takes as `groups`: it names a photo's group by what a pattern finds.

    Raises:
        ValueError: If it is no regular expression.
    """
    if pattern is None:
        return None
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise ValueError(
            f"Expected groups to be a regular expression, such as 'plant[0-9]+'. Received: {pattern!r} ({error})."
        ) from None

    def name_of(path: Path) -> str | None:
        found = compiled.search(path.as_posix())
        return None if found is None else found.group(1 if compiled.groups else 0)

    return name_of
