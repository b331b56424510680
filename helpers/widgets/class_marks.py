"""How widgets mark classes: a colour and a shape each, so that no class is told by its colour alone."""

import numpy as np
from matplotlib.markers import MarkerStyle

from helpers import plots

# matplotlib's names; the page gets the same shapes as SVG paths.
MARKERS = ("o", "s", "^", "D", "P", "v", "X", "*", "h")
# On white paper; look.css gives the same for the page, in both themes.
COLOURS = (plots.DARK, "#c2571a", plots.MIDDLE, "#5b3a8c", "#b3195f", "#806a00", "#2f6db5")
_AREA = 60.0  # of a mark on the page, in square pixels: as large as each other, whatever the shape


def mark_of(label: int) -> tuple[str, str]:
    """Return the colour and matplotlib's marker of a class: no two of the first 63 classes share both."""
    return COLOURS[label % len(COLOURS)], MARKERS[label % len(MARKERS)]


def page_mark(label: int) -> dict[str, str]:
    """Return the colour and the shape of a class for the page: `colour`, a variable of look.css; `path`, for SVG."""
    _, marker = mark_of(label)
    return {"colour": f"var(--graft-class-{label % len(COLOURS)})", "path": _svg_path(marker)}


def _svg_path(marker: str) -> str:
    style = MarkerStyle(marker)
    (corners,) = style.get_path().transformed(style.get_transform()).to_polygons()
    x, y = np.asarray(corners).T
    area = abs(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])) / 2  # the shoelace formula
    across, down = x * np.sqrt(_AREA / area), -y * np.sqrt(_AREA / area)
    return "M" + "L".join(f"{a:.2f},{b:.2f}" for a, b in zip(across, down, strict=True)) + "Z"
