"""A sheet to draw an idea on, and the few shapes of which all ideas are made."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Ellipse, FancyArrowPatch, FancyBboxPatch, Rectangle

from helpers.plots.colours import DARK, FREE, FROZEN, LIGHT
from helpers.plots.picture import Picture, described

WIDTH = 720  # pixels of the page; JupyterLab gives an output about that much on a laptop
PAPER, GREY, QUIET = "#ffffff", "#eef0ef", "#5f6b66"
_ROUND = "round,pad=0,rounding_size=5"
Point = tuple[float, float]


class Sheet:
    """A sheet of paper: one unit is one pixel of the page, x grows to the right and y downwards.

    Args:
        height: Pixels of the page.
        width: Pixels of the page.
    """

    def __init__(self, height: float, width: float = WIDTH) -> None:
        self.width, self.height = width, height
        self.figure = Figure(figsize=(width / 72, height / 72), dpi=72)
        self.ax = self.figure.add_axes((0, 0, 1, 1))
        self.ax.set(xlim=(0, width), ylim=(height, 0))
        self.ax.axis("off")

    def words(self, x: float, y: float, text: str, size: float = 11, align: str = "left", **look: Any) -> None:
        """Write lines of text, the first at the height `y`; `step` is the distance of two lines."""
        step = look.pop("step", 1.7 * size)
        for number, line in enumerate(text.split("\n")):
            baseline = y + number * step + 0.36 * size  # half of a capital's height below the middle
            self.ax.text(x, baseline, line, ha=align, fontsize=size, **{"color": DARK, **look})

    def box(
        self, x: float, y: float, width: float, height: float, text: str = "", fill: str = PAPER, **look: Any
    ) -> None:
        """Draw a box with rounded corners, and text in its middle."""
        written = {name: look.pop(name) for name in ("size", "weight", "color") if name in look}
        style = {"facecolor": fill, "edgecolor": DARK, "linewidth": 1.2, "boxstyle": _ROUND, **look}
        self.ax.add_patch(FancyBboxPatch((x, y), width, height, **style))
        if text:
            step = 1.4 * written.get("size", 11)
            top = y + height / 2 - step * text.count("\n") / 2
            self.words(x + width / 2, top, text, align="center", step=step, **written)

    def panel(self, x: float, y: float, width: float, height: float, heading: str = "", **look: Any) -> None:
        """Draw a pale ground that holds together what is drawn on it, with a heading in its upper left corner."""
        self.box(x, y, width, height, **{"fill": GREY, "linewidth": 0, **look})
        if heading:
            self.words(x + 12, y + 16, heading, 12, weight="bold")

    def block(self, x: float, y: float, width: float, height: float, state: str = "trained") -> None:
        """Draw a block of a network: `"frozen"` is pale and hatched, `"trained"` filled, `"absent"` dashed."""
        looks: dict[str, dict[str, Any]] = {
            "frozen": FROZEN,
            "trained": FREE,
            "absent": {"edgecolor": QUIET, "linestyle": (0, (3, 3))},
        }
        self.rectangle(x, y, width, height, linewidth=0.9, **looks[state])

    def blocks(
        self, x: float, middle: float, states: Sequence[str], width: float = 34, tall: float = 70
    ) -> list[float]:
        """Draw a base as a row of blocks, each less tall than the one before, as maps get smaller on their way.

        Args:
            x: Left edge of the first.
            middle: Height of their middles.
            states: Of each block, as `block` takes it.
            width: Of each block; a seventh of it is left free after it.
            tall: Height of the first; each following one is 5% less tall.

        Returns:
            The left edge of each.
        """
        lefts = [x + number * width * 8 / 7 for number in range(len(states))]
        for number, (left, state) in enumerate(zip(lefts, states, strict=True)):
            height = tall * (1 - 0.05 * number)
            self.block(left, middle - height / 2, width, height, state)
        return lefts

    def arrow(self, start: Point, end: Point, width: float = 1.6, **look: Any) -> None:
        """Draw an arrow; `curve` bends it."""
        curve = look.pop("curve", 0)
        style = {"color": DARK, "arrowstyle": f"-|>,head_length={2 + width},head_width={1 + width / 1.5}", **look}
        shape = FancyArrowPatch(
            start, end, linewidth=width, shrinkA=0, shrinkB=0, connectionstyle=f"arc3,rad={curve}", **style
        )
        self.ax.add_patch(shape)

    def line(self, *points: Point, **look: Any) -> None:
        """Draw a line through points."""
        x, y = zip(*points, strict=True)
        self.ax.plot(x, y, **{"color": DARK, "linewidth": 1.4, "solid_capstyle": "round", "zorder": 1, **look})

    def rectangle(self, x: float, y: float, width: float, height: float, **look: Any) -> None:
        """Draw a rectangle; `x` and `y` are its upper left corner."""
        self.ax.add_patch(Rectangle((x, y), width, height, **{"facecolor": PAPER, "edgecolor": DARK, **look}))

    def ellipse(self, x: float, y: float, width: float, height: float, **look: Any) -> None:
        """Draw an ellipse around a place."""
        self.ax.add_patch(Ellipse((x, y), width, height, **{"facecolor": PAPER, "edgecolor": DARK, **look}))

    def circle(self, x: float, y: float, radius: float, fill: str = DARK, **look: Any) -> None:
        """Draw a disc."""
        self.ax.add_patch(Circle((x, y), radius, **{"facecolor": fill, "edgecolor": DARK, "linewidth": 1, **look}))

    def flower(self, x: float, y: float, side: float, petals: int = 6, fill: str = LIGHT, **look: Any) -> None:
        """Draw a photo of a flower: a small sheet with a blossom on a stem. `x` and `y` are its upper left corner."""
        self.rectangle(x, y, side, side, **{"linewidth": 1, **look})
        lean = side * 0.05 * (petals % 3 - 1)
        middle, centre, radius = x + side / 2 - lean, y + side * 0.4, side * min(0.14, 0.66 / petals)
        self.line((middle, centre), (middle + 2 * lean, y + side * 0.94), linewidth=max(1, side / 22))
        for angle in 2 * np.pi * np.arange(petals) / petals - np.pi / 2:
            tip = (middle + side * 0.2 * np.cos(angle), centre + side * 0.2 * np.sin(angle))
            self.circle(*tip, radius, fill, linewidth=0.8)
        self.circle(middle, centre, side * 0.11, LIGHT if fill == DARK else DARK)

    def picture(self, text: str) -> Picture:
        """Return what was drawn as a picture, with what it shows in words."""
        return described(self.ax, text)
