"""A drawing of the photo booth, for where widgets don't render."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch, Rectangle

from helpers.plots import DARK, LIGHT, MIDDLE

_MOST = 3  # classes that are drawn
_TILES = 5


def drawn_booth(classes: Sequence[tuple[str, int]]) -> Axes:
    """Draw a camera and beside it the classes, each with as many empty photos as there is room for.

    Args:
        classes: Name and number of photos of each.
    """
    shown = classes[:_MOST]
    ax = Figure(figsize=(6.4, 0.62 * max(len(shown), 2) + 0.4)).subplots()
    height = 1.0 * max(len(shown), 2)
    ax.add_patch(FancyBboxPatch((0.1, 0.1), 1.7, height - 0.2, "round,pad=0,rounding_size=0.1", fc="none", ec=DARK))
    ax.add_patch(Circle((0.95, height / 2 + 0.12), 0.32, fc="none", ec=MIDDLE, linewidth=3))
    ax.text(0.95, 0.3, "your camera", ha="center", fontsize=9)
    for row, (name, count) in enumerate(shown):
        bottom = height - row - 1
        ax.text(2.1, bottom + 0.68, f"{_short(name)}: {count} photos", fontsize=9, va="center")
        for tile in range(_TILES):
            filled = LIGHT if tile < count else "none"
            ax.add_patch(Rectangle((2.1 + 0.42 * tile, bottom + 0.1), 0.36, 0.36, fc=filled, ec=DARK, linewidth=0.8))
    if more := len(classes) - len(shown):
        ax.text(4.6, 0.28, f"and {more} more", fontsize=9, va="center")
    ax.set(xlim=(0, 6), ylim=(0, height))
    ax.set_aspect("equal")
    ax.axis("off")
    return ax


def _short(name: str) -> str:
    return name if len(name) <= 24 else f"{name[:23]}…"
