"""Whether photos reach a base as it expects them: their pixels, 0 to 255, unchanged."""

from typing import Any

import numpy as np

from helpers.exercises.values import array_in

_NEAR = 0.01  # of 255; dividing and multiplying again in float32 changes less


def pixels_fault(found: Any, photos: np.ndarray) -> str | None:
    """Return what was done to photos that should have stayed as they were, or `None`.

    Args:
        found: What a learner's function returned.
        photos: What it was given: `uint8` of shape `(n, height, width, 3)`.

    Raises:
        AnswerError: If it is no array.

    Example:
        >>> pixels_fault(photos / 255, photos)
        'Divided by 255: the base rescales photos itself. …'
    """
    made = array_in(found, "an array of photos, like those given", photos.shape)
    given = photos.astype(float)
    if np.allclose(made, given, rtol=0, atol=_NEAR):
        return None
    for sentence, changed in _changes(given):
        if np.allclose(made, changed, rtol=0, atol=max(_NEAR * np.ptp(changed) / 255, 1e-6)):
            return sentence
    return (
        f"Your values, from {made.min():.3g} to {made.max():.3g}, are no longer those of the photos. The base expects "
        "them unchanged, 0 to 255: it does all of the scaling itself."
    )


def _changes(photos: np.ndarray) -> list[tuple[str, np.ndarray]]:
    return [
        ("Divided by 255: the base rescales photos itself. Doing it twice leaves it nearly blind.", photos / 255),
        ("Scaled to -1 to 1, as for MobileNet elsewhere. A base from load_base expects 0 to 255.", photos / 127.5 - 1),
        ("Multiplied by 255: the photos are 0 to 255 already.", photos * 255),
        ("Red and blue are swapped. A base from load_base expects red first.", photos[..., ::-1]),
        ("Mirrored. The base expects the photos as they are.", photos[:, :, ::-1]),
        ("Upside down. The base expects the photos as they are.", photos[:, ::-1]),
    ]
