"""Photos with labels, divided into train, val and test: what `load_photos` returns."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from helpers import config
from helpers.photos import sources, splitting
from helpers.photos.colours import GreyRange
from helpers.photos.entries import digest
from helpers.photos.near_copies import Pairs, still_there
from helpers.photos.split import Split, rows_of


@dataclass(frozen=True, eq=False, repr=False)
class Photos:
    """Photos split into `train`, `val` and `test`. Made by `load_photos` and `load_flowers`.

    Attributes:
        train, val, test: The three `Split`s. No two of them share a photo's content.
        class_names: Tuple of the classes' names, in alphabetical order; labels index it.
        image_size: Side of the square pictures in pixels.
        skipped: Tuple of `(path, reason)`, one for each file that was refused.
        licence: Who made the photos and what you may do with them.
        source: `"bundled"`, `"photos"` or `"own folder"`.
        fingerprint: Changes whenever a split does.
        loading: The call that loads these photos again, as code. Where they were loaded with `groups`, it says
            `groups=groups`, and you supply them.
        grouped: Whether they were loaded with `groups`.
        near_copies: Tuple of pairs of files that look the same, such as a photo and a smaller version of it, but are in
            different splits or classes: the first in the earlier split. A photo is paired with twenty others at most.
            `load_photos(…, near_copies="together")` keeps those of one class in one split.
        parts: The parts that the folder is divided into, such as `("train", "test")`, and that were used as the split;
            empty where the photos were dealt out.
        grey_range: The lowest and the highest value, from 0 to 255, of the photos in 16-bit grey; `None` without such
            photos. They are read by their depth, so a folder that uses 12 of 16 bits reaches 16, and looks black;
            `load_photos(…, stretch=True)` changes that.
        stretch: The two values of 16-bit grey that became black and white, if they were stretched. `read_photo` takes
            them for other photos, and a bundle keeps them.
    """

    train: Split
    val: Split
    test: Split
    class_names: tuple[str, ...]
    image_size: int
    skipped: tuple[tuple[Path, str], ...]
    licence: sources.Licence
    source: str
    fingerprint: str
    loading: str
    grouped: bool = False
    near_copies: Pairs = ()
    parts: tuple[str, ...] = ()
    grey_range: tuple[int, int] | None = None
    stretch: GreyRange | None = None

    @property
    def uses_few_greys(self) -> bool:
        """Whether the photos in 16-bit grey use less than a quarter of their range."""
        return self.grey_range is not None and self.grey_range[1] - self.grey_range[0] < 64

    def with_per_class(self, per_class: int | None) -> "Photos":
        """Return the same photos with at most `per_class` training photos per class; nothing is read again.

        The result is the same as loading with this `per_class`.

        Args:
            per_class: At least 1; `None` keeps all of them.

        Returns:
            `Photos`, with `val` and `test` as they are.

        Example:
            >>> len(photos.with_per_class(10).train)
            50
        """
        splitting.check_split(config.SPLIT, per_class)
        rows = _first_of_each(self.train.labels, per_class)
        if len(rows) == len(self.train):
            return self
        train = rows_of(self.train, rows)
        loading = f"{self.loading}.with_per_class({per_class})"
        splits = (train, self.val, self.test)
        near_copies = still_there(self.near_copies, splits)
        prints = fingerprint_of(*splits)
        return replace(self, train=train, fingerprint=prints, loading=loading, near_copies=near_copies)

    def with_licence(self, name: str, made_by: str, note: str = "", url: str = "") -> "Photos":
        """Return the same photos with a licence. A folder doesn't say what it is; only you can.

        Args:
            name: Such as `"CC BY 4.0"`.
            made_by: The photographers.
            note: What is allowed or required.
            url: Where to read more.

        Returns:
            `Photos`.

        Raises:
            ValueError: If `name` or `made_by` is blank.

        Example:
            >>> photos = load_photos("my/flowers").with_licence("CC BY 4.0", made_by="me, in my own garden")
        """
        if not name.strip() or not made_by.strip():
            raise ValueError(
                f"Expected the name of a licence and who made the photos. Received: {name!r}, {made_by!r}. State both."
            )
        return replace(self, licence=sources.Licence(name, made_by, note, url))

    def __repr__(self) -> str:
        counts = f"{len(self.train)} train, {len(self.val)} val, {len(self.test)} test"
        counts += f" ({', '.join(self.parts)} as in the folder)" if self.parts else ""
        skipped = f", {len(self.skipped)} files skipped" if self.skipped else ""
        leaks = len(self.near_copies)
        told = f", {leaks} pair{'s' * (leaks != 1)} of near-copies" if leaks else ""
        told += ", few grey levels" if self.uses_few_greys else ""
        return f"<Photos: {', '.join(self.class_names)}; {counts}; {self.image_size} px; {self.source}{skipped}{told}>"


def fingerprint_of(*parts: Split) -> str:
    """Return a short text that changes whenever a split does."""
    return digest("".join(part.fingerprint for part in parts).encode())


def _first_of_each(labels: np.ndarray, count: int | None) -> np.ndarray:
    rows = [np.flatnonzero(labels == label)[:count] for label in np.unique(labels)]
    return np.sort(np.concatenate([np.zeros(0, int), *rows]))
