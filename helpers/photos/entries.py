"""What is known of a photo once its file was read, or that it can't be; and the digest that tells contents apart."""

import hashlib
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

Refusals = list[tuple[Path, str]]


class PhotoError(ValueError):
    """A file that cannot be used as a photo. Its message is the reason, ready to be shown."""


@dataclass(frozen=True, eq=False)
class ReadPhoto:
    """A photo that could be read.

    Attributes:
        path: Its file.
        label: Its class.
        digest: Of the file's bytes.
        square: Its pixels, if they are kept.
        group: Its group, if it has one.
        size: The picture's sides in pixels, the shorter one first.
        look: From `look_of`.
        same_as: Digest of the file that stands for all files with the same picture; empty if there is no other.
        alike: Name of the photos that look like it and have to stay with it, if there are any.
        part: `"train"`, `"val"` or `"test"` where the folder is divided already.
        greys: The lowest and the highest value of its square if the file is 16-bit grey.
    """

    path: Path
    label: str
    digest: str
    square: np.ndarray | None
    group: Hashable = None
    size: tuple[int, int] = (0, 0)
    look: np.ndarray | None = None
    same_as: str = ""
    alike: Hashable = None
    part: str = ""
    greys: tuple[int, int] | None = None

    @property
    def content(self) -> str:
        """What the photo shows: equal for files with the same pixels, whatever their bytes."""
        # A photo without a second file goes by its bytes, as photos always did: their splits must not change.
        return self.same_as or self.digest


def digest(data: bytes) -> str:
    """Return a short text that differs for different bytes."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()
