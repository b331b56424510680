"""Pictures in 16-bit grey that use a small part of their range: which part, one for a whole folder, and its check.

Microscopes and thermal cameras often write 12 of 16 bits, or a few thousand values in the middle. Read by the file's
depth, such photos look black, or all the same grey. Stretched, the lowest value of the folder becomes 0 and its highest
255. The two values belong to the model: whatever it is shown later has to be stretched in the same way.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from helpers.photos.colours import DEEPEST, LOWEST, GreyRange, deep_values, grey_range, is_deep
from helpers.photos.entries import PhotoError
from helpers.photos.limits import memory, memory_to_decode, read_file
from helpers.photos.opening import opened
from helpers.photos.parallel import in_parallel
from helpers.photos.strips import upright_strips


def check_stretch(name: str, value: object) -> None:
    """Expect `True`, `False`, or the two values that are to become black and white; for `checked`."""
    if not isinstance(value, (bool, np.bool_)):
        grey_range(name, value)


def measured_range(files: Sequence[Path]) -> GreyRange | None:
    """Return the lowest and the highest value of all pictures in 16-bit grey; `None` if they have no two values.

    Args:
        files: Files of any kind. Those that can't be read are passed over.
    """
    found = [each for each in in_parallel(_range_of, files, "Measuring grey values") if each is not None]
    lowest, highest = min((low for low, _ in found), default=0), max((high for _, high in found), default=0)
    return (lowest, highest) if lowest < highest else None


def _range_of(file: Path) -> GreyRange | None:
    try:
        data = read_file(file)
        with opened(data) as picture:
            if not is_deep(picture):
                return None
            with memory.held(memory_to_decode(picture, picture.size, data)):
                return _range_within(picture)
    except (PhotoError, OSError):
        return None


def _range_within(picture: Image.Image) -> GreyRange:
    # In strips: as an array, a scan of two hundred million pixels would need as much memory again.
    ranges = [(values.min(), values.max()) for values in map(deep_values, upright_strips(picture))]
    lowest, highest = min(low for low, _ in ranges), max(high for _, high in ranges)
    return int(np.clip(lowest, LOWEST, DEEPEST)), int(np.clip(highest, LOWEST, DEEPEST))
