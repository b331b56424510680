"""A folder of photos, read: which files could be used, which show the same, and why others were refused."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from helpers import config
from helpers.photos.colours import GreyRange
from helpers.photos.contents import refuse_two_labels, with_contents
from helpers.photos.entries import PhotoError, Refusals, digest
from helpers.photos.entries import ReadPhoto as ReadPhoto
from helpers.photos.found import FoundFile
from helpers.photos.given_split import refuse_copies_across
from helpers.photos.layout import layout_of
from helpers.photos.limits import read_file
from helpers.photos.looks import alike, look_of
from helpers.photos.parallel import in_parallel
from helpers.photos.photo import decode
from helpers.photos.stretching import measured_range


@dataclass(frozen=True, eq=False)
class ReadFolder:
    """What a folder holds.

    Attributes:
        photos: Those that could be read.
        skipped: The files that were refused, with the reason for each.
        class_names: Tuple of the classes' names, in alphabetical order.
        parts: Those of train, val and test that the folder is divided into; empty if it isn't.
        alike: Pairs of photos that look alike.
        stretch: The two values of 16-bit grey that became black and white, if they were stretched.
    """

    photos: list[ReadPhoto]
    skipped: Refusals
    class_names: tuple[str, ...]
    parts: tuple[str, ...]
    alike: list[tuple[Path, Path]]
    stretch: GreyRange | None = None


def read_folder(
    folder: Path, image_size: int, labels: str | Path | None = None, stretch: bool | GreyRange = False
) -> ReadFolder:
    """Read every photo below `folder`, in parallel.

    Args:
        folder, labels: As for `layout_of`.
        image_size: Side of the square pictures in pixels.
        stretch: As for `load_photos`.

    Returns:
        A `ReadFolder`.

    Raises:
        FileNotFoundError, ValueError: As `layout_of`.
    """
    layout = layout_of(folder, labels)
    if isinstance(stretch, (bool, np.bool_)):
        used = measured_range([file.path for file in layout.found]) if stretch else None
    else:
        used = (int(stretch[0]), int(stretch[1]))
    read, unreadable = _read_all(layout.found, image_size, used)
    pairs = alike([photo.look for photo in read])
    look_alikes = [(read[one].path, read[other].path) for one, other in pairs]
    read, ambiguous = refuse_two_labels(with_contents(read, pairs))
    read, across = refuse_copies_across(read)
    skipped = sorted({*layout.refused, *unreadable, *ambiguous, *across})
    return ReadFolder(read, skipped, layout.class_names, layout.parts, look_alikes, used)


def _read_all(found: list[FoundFile], image_size: int, stretch: GreyRange | None) -> tuple[list[ReadPhoto], Refusals]:
    keep = len(found) * image_size * image_size * 3 <= config.IMAGES_IN_MEMORY

    def read(file: FoundFile) -> ReadPhoto | tuple[Path, str]:
        try:
            data = read_file(file.path)
            square, sides, deep = decode(data, image_size, stretch)
        except (PhotoError, OSError) as error:
            return file.path, getattr(error, "strerror", None) or str(error)
        kept = square if keep else None
        greys = (int(square.min()), int(square.max())) if deep else None
        return ReadPhoto(
            file.path, file.label, digest(data), kept, size=sides, look=look_of(square), part=file.part, greys=greys
        )

    results = in_parallel(read, found, "Reading photos")
    return [r for r in results if isinstance(r, ReadPhoto)], [r for r in results if isinstance(r, tuple)]
