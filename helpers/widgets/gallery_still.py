"""A drawing of the error gallery, for where widgets don't render."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from helpers import plots

MOST = 2  # photos that are drawn


def drawn_gallery(confusion: pd.DataFrame, cell: tuple[int, int], photos: np.ndarray, told: Sequence[str]) -> Axes:
    """Draw a confusion matrix, a frame around one of its cells, and beside it the first photos of this cell.

    Args:
        confusion: Counts, a row per true class.
        cell: Row and column of the cell.
        photos: Array of shape `(photos, height, width, 3)`, of the cell; at most two are drawn.
        told: Lines to write above each photo.
    """
    figure = Figure(figsize=(6.6, 4.2), layout="constrained")
    matrix, beside = figure.subfigures(1, 2, squeeze=False, width_ratios=(4.6, 2))[0]
    ax = plots.confusion(confusion, matrix.subplots())
    row, column = cell
    ax.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor="none", edgecolor=plots.LIGHT, linewidth=3))
    shown = beside.subplots(MOST, 1)
    for photo in shown:
        photo.axis("off")
    for photo, image, lines in zip(shown, photos, told, strict=False):
        photo.imshow(image)
        photo.set_title(lines, loc="left", fontsize=9, parse_math=False)
    return ax
