"""What a photo looks like in few numbers, and which photos look alike: the same picture saved smaller or anew."""

from collections.abc import Sequence

import numpy as np
from PIL import Image

_SIDE = 32  # pixels of the small grey picture; no photo is prepared smaller
_KEPT = 16  # frequencies across and down; the finer ones differ wherever a picture is saved anew
_FLAT = 16.0  # a picture with weaker structure, half a grey level per pixel, has only noise to compare
_AT_ONCE = 256  # rows of the table of all pairs
_PARTNERS = 20  # of one photo, at most: a thousand frames of a film would be half a million pairs

# Different photos of flowers reach 0.76, drawn pictures less. Copies saved at a quality of 40, at a quarter of the size
# or at twice the size stay above 0.96.
ALIKE = 0.93

_WAVES = np.cos(np.pi * np.outer(np.arange(_KEPT), 2 * np.arange(_SIDE) + 1) / (2 * _SIDE)) * np.sqrt(2 / _SIDE)
_WAVES[0] /= np.sqrt(2)
# In photos, fine structure is weaker in proportion to its frequency. Weighted, all of it counts.
_WEIGHTS = np.hypot(*np.mgrid[:_KEPT, :_KEPT])


def look_of(square: np.ndarray) -> np.ndarray | None:
    """Return what a photo looks like: 256 numbers whose product with those of a photo that looks the same is near 1.

    They are the low frequencies of the discrete cosine transform of its brightness, without the mean: neither size,
    nor compression, nor overall brightness and contrast change them much.

    Args:
        square: Array of shape `(size, size, 3)`, `uint8`.

    Returns:
        Array of shape `(256,)`, `float32`, of length 1; `None` for a picture without structure, such as a black one.

    Example:
        >>> float(look_of(photo) @ look_of(same_photo_saved_smaller))
        0.994
    """
    small = Image.fromarray(square).convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX)
    frequencies = (_WAVES @ np.asarray(small, np.float32) @ _WAVES.T) * _WEIGHTS
    strength = np.linalg.norm(frequencies)
    return None if strength < _FLAT else (frequencies.ravel() / strength).astype(np.float32)


def alike(looks: Sequence[np.ndarray | None]) -> list[tuple[int, int]]:
    """Return the pairs of photos that look alike, as indices, the smaller one first.

    Args:
        looks: From `look_of`, one per photo.
    """
    rows = np.array([row for row, look in enumerate(looks) if look is not None], dtype=int)
    table = np.array([looks[row] for row in rows], np.float32).reshape(len(rows), _KEPT * _KEPT)
    pairs = []
    for start in range(0, len(rows), _AT_ONCE):
        similar = table[start : start + _AT_ONCE] @ table[start:].T >= ALIKE
        for row in np.flatnonzero(np.triu(similar, 1).any(axis=1)):
            partners = row + 1 + np.flatnonzero(similar[row, row + 1 :])[:_PARTNERS]
            pairs += [(int(rows[start + row]), int(rows[start + partner])) for partner in partners]
    return pairs
