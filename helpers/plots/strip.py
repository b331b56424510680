"""A model as a strip of blocks, which shows how far up it is frozen."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from helpers import checks
from helpers.plots.colours import FREE, FROZEN

_SMALLEST = 8  # type, in points; a picture is shown at 72 dots per inch, so that is also its height in pixels


@checks.checked(table=checks.kind_of(pd.DataFrame), label=checks.text)
def block_strip(
    table: pd.DataFrame, values: Sequence[float] | None = None, label: str = "", ax: Axes | None = None
) -> Axes:
    """Draw a model as a strip of blocks, the wider the more weights; frozen blocks are pale and hatched.

    Args:
        table: `plan.table` or `run.moved` with the columns `block`, `frozen`, and `params` if there is one.
        values: One number per block, written below it, such as `run.moved.weights_moved`.
        label: What the numbers are.
        ax: Axes to draw on.

    Returns:
        The axes.
    """
    ax = ax or Figure(figsize=(10, 2)).subplots()
    params = table["params"] if "params" in table else pd.Series(1.0, index=table.index)
    widths = np.sqrt(params.clip(lower=1).to_numpy(dtype=float))  # roots, or the early blocks would be too thin
    widths = np.maximum(widths / widths.sum(), 0.03)
    left = 0.0
    for number, (block, frozen, width) in enumerate(zip(table["block"], table["frozen"], widths, strict=True)):
        ax.add_patch(Rectangle((left, 0), width * 0.94, 1, linewidth=0.8, **(FROZEN if frozen else FREE)))
        middle = left + width * 0.47
        narrow = width < 0.035
        # The first name is a long one, "stem": it sticks out to the left, where there is no other.
        place, align = (left + width * 0.85, "right") if narrow and number == 0 else (middle, "center")
        size = _SMALLEST if narrow else 9  # so that neighbouring names don't overlap
        ax.text(place, 1.05, block.removeprefix("block"), ha=align, va="bottom", fontsize=size)
        if values is not None:
            ax.text(middle, -0.06, _short(values[number]), ha="center", va="top", fontsize=_SMALLEST, rotation=60)
        left += width
    ax.set(xlim=(-0.002, left), ylim=(-0.03, 1.03))
    ax.axis("off")
    legend = "hatched: frozen, filled: trained" + (f"; below: {label}" if label else "")
    ax.set_title(legend, fontsize=10, loc="left", pad=18)
    return ax


def _short(value: float) -> str:
    return "0" if value == 0 else f"{value:.1%}" if value >= 0.001 else f"{value:.0e}"
