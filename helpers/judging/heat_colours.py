"""Colours for heat maps: steps that look as large as they are, and a grey photo behind them that stays bright."""

import numpy as np

# Lightness rises evenly from dark to light (anchors of matplotlib's inferno, without its black end, which would hide
# the photo: what counts for nothing stays grey).
HEAT = ("#781c6d", "#bc3754", "#ed6925", "#fbb61a", "#fcffa4")
# From one answer to the other, by way of a light grey (after ColorBrewer's PuOr, from blue).
DIFFERENCE = ("#08519c", "#6baed6", "#f0f0f0", "#f4a261", "#b35806")
_MOST = 0.8  # how much of the photo the strongest colour hides


def coloured(values: np.ndarray, colours: tuple[str, ...] = HEAT) -> np.ndarray:
    """Return a colour for each number.

    Args:
        values: Any shape, 0 to 1.
        colours: `"#rrggbb"` at equal steps from 0 to 1.

    Returns:
        `float32` of shape `(…, 3)`, 0 to 255.
    """
    anchors = np.array([[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in colours], np.float32)
    places = np.linspace(0, 1, len(colours))
    return np.stack([np.interp(values, places, anchors[:, channel]) for channel in range(3)], axis=-1)


def laid_over(image: np.ndarray, colours: np.ndarray, strength: np.ndarray) -> np.ndarray:
    """Return a photo in grey with colours on it.

    Args:
        image: `uint8`, `(height, width, 3)`.
        colours: `(height, width, 3)`, 0 to 255.
        strength: How much of the photo they hide, `(height, width)`, 0 to 1.
    """
    grey = np.asarray(image, np.float32).mean(axis=-1, keepdims=True)
    share = _MOST * strength[:, :, None]
    return np.clip(grey * (1 - share) + colours * share, 0, 255).astype(np.uint8)
