"""Figures for the lessons: arrays in, matplotlib axes out; `described` turns them into a picture that a cell shows.

Nothing here loads data, trains or uses pyplot: pyplot keeps the current figure in a global, and widgets call these
functions from other threads. Colours are told apart without hue: they differ in lightness, and lines also in their
markers.
"""

import base64
import html
import io
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from helpers import checks

DARK, MIDDLE, LIGHT, ICE = "#1b4332", "#23877b", "#f4a261", "#dceef8"
_FROZEN: dict[str, Any] = {"facecolor": ICE, "hatch": "///", "edgecolor": "#6c91a8"}
_FREE: dict[str, Any] = {"facecolor": LIGHT, "edgecolor": DARK}
_SMALLEST = 8  # type, in points; a picture is shown at 72 dots per inch, so that is also its height in pixels
# A drawing of lines is inverted where JupyterLab's theme is dark; turned by half a circle, hues stay what they were.
_DARK_THEME = '<style>[data-jp-theme-light="false"] img.graft-lines{filter:invert(0.93) hue-rotate(180deg)}</style>'
LINES = ((DARK, "o", "-"), (LIGHT, "s", "--"), (MIDDLE, "^", ":"), ("#7f5539", "D", "-."))


class Picture:
    """A figure with a text alternative, for notebooks; `described` makes it.

    JupyterLab has no way to give a plain image output a text alternative, so the figure is an `img` element.
    """

    def __init__(self, data: bytes, kind: str, text: str, is_drawing: bool = False) -> None:
        self.data, self.kind, self.text, self.is_drawing = data, kind, text, is_drawing

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        data = base64.b64encode(self.data).decode()
        alt, source = html.escape(self.text, quote=True), f"data:image/{self.kind};base64,{data}"
        lines = ' class="graft-lines"' if self.is_drawing else ""
        image = f'{_DARK_THEME if lines else ""}<img{lines} alt="{alt}" src="{source}">'
        return {"text/html": image, "text/plain": self.text}


@checks.checked(text=checks.text, dpi=checks.whole(1, 1200))
def described(ax: Axes | np.ndarray, text: str, dpi: int = 72) -> Picture:
    """Turn the figure that `ax` belongs to into a `Picture` that says in words what it shows, and close it.

    Args:
        ax: One axes, or an array of them.
        text: What a reader who can't see the picture needs to know.
        dpi: Dots per inch.

    Returns:
        A `Picture`; a cell that ends with it shows it.

    Example:
        >>> described(plots.learning_curves({"head only": run.history}), "Accuracy rises for eight epochs.")
    """
    axes = np.array(ax, dtype=object).flat[0]
    figure: Figure = axes.get_figure(root=True)
    drawn = {}
    for kind, options in (("png", {}), ("webp", {"quality": 85})):  # lines are smaller as PNG, photos as WebP
        file = io.BytesIO()
        figure.savefig(file, format=kind, dpi=dpi, bbox_inches="tight", pil_kwargs=options)
        drawn[kind] = file.getvalue()
    if "matplotlib.pyplot" in sys.modules:  # a reader's own figure would be shown a second time below the cell
        sys.modules["matplotlib.pyplot"].close(figure)
    smaller = min(drawn, key=lambda kind: len(drawn[kind]))
    return Picture(drawn[smaller], smaller, text, _is_drawing(figure))


def _is_drawing(figure: Figure) -> bool:
    # Photos have a colour per pixel, feature maps a grey; both must look the same in every theme.
    shown = [image for ax in figure.axes for image in ax.images]
    return not any(np.ndim(np.asarray(image.get_array())) == 3 or image.get_cmap().name == "gray" for image in shown)


@checks.checked(columns=checks.whole(1, 1000), side=checks.number(0.1, 100))
def photo_grid(
    images: np.ndarray | Sequence[np.ndarray], titles: Sequence[str] = (), columns: int = 6, side: float = 1.6
) -> np.ndarray:
    """Draw photos side by side.

    Args:
        images: Array of shape `(photos, height, width, 3)` or `(photos, height, width)`, or a list of photos.
        titles: A line above each photo.
        columns: Photos per row.
        side: Width and height of a photo in inches.

    Returns:
        Array of axes, one per photo.

    Raises:
        ValueError: If there is no photo.
    """
    if not len(images):
        raise ValueError("Expected at least one photo to draw. Received: none.")
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    figure = Figure(figsize=(columns * side, rows * (side + 0.25 * bool(len(titles)))))
    axes = figure.subplots(rows, columns, squeeze=False)
    for ax in axes.flat:
        ax.axis("off")
    for number, image in enumerate(images):
        axes.flat[number].imshow(image, cmap="gray")
        if number < len(titles):
            axes.flat[number].set_title(titles[number], fontsize=9)
    figure.tight_layout(pad=0.4)
    return axes.flat[: len(images)]


@checks.checked(values=checks.kind_of(Mapping), label=checks.text)
def bars(values: Mapping[str, float], label: str, ax: Axes | None = None) -> Axes:
    """Draw named values as horizontal bars, the first on top, each with its number."""
    ax = ax or Figure(figsize=(6, 0.35 * len(values) + 0.8)).subplots()
    names = list(values)[::-1]
    drawn = ax.barh(names, [values[name] for name in names], color=MIDDLE)
    ax.bar_label(drawn, fmt=lambda value: f"{value:,.0f}" if value >= 1000 else f"{value:.3g}", padding=3, fontsize=9)
    ax.set_xlabel(label, loc="left")
    ax.set_xticks([])  # each bar carries its number
    ax.spines[["top", "right", "bottom"]].set_visible(False)
    ax.margins(x=0.15)
    return ax


@checks.checked(images=checks.pixels(4), answers=checks.kind_of(pd.DataFrame), columns=checks.whole(1, 1000))
def top_answers(images: np.ndarray, answers: pd.DataFrame, columns: int = 3) -> np.ndarray:
    """Draw photos, and below each what a classifier calls it: its likeliest answers as bars.

    Args:
        images: Array of shape `(photos, height, width, 3)`.
        answers: From `source_answers`: `photo`, `rank`, `name`, `probability`.
        columns: Photos per row.

    Returns:
        Array of axes: of each photo and of its bars, shape `(photos, 2)`.
    """
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    kept = answers["rank"].max()
    figure = Figure(figsize=(columns * 2.3, rows * (1.9 + 0.24 * kept)))
    grid = figure.subplots(2 * rows, columns, squeeze=False, height_ratios=[1.9, 0.24 * kept] * rows)
    for ax in grid.flat:
        ax.axis("off")
    pairs = [(grid[2 * (number // columns), number % columns], number) for number in range(len(images))]
    drawn = []
    for (photo, number), image in zip(pairs, images, strict=True):
        below = grid[2 * (number // columns) + 1, number % columns]
        photo.imshow(image)
        said = answers[answers.photo == number]
        below.barh(said["rank"], said.probability, height=0.7, color=LIGHT)
        for rank, name, probability in zip(said["rank"], said.name, said.probability, strict=True):
            below.text(0.01, rank, f"{name}  {probability:.0%}", va="center", fontsize=9)
        below.set(xlim=(0, 1), ylim=(kept + 0.5, 0.5))
        drawn.append((photo, below))
    figure.tight_layout(pad=0.5)
    return np.array(drawn, dtype=object)


def lines_by_epoch(ax: Axes, lines: Mapping[str, tuple[pd.Series, pd.Series]], title: str) -> None:
    """Draw up to four lines over epochs, told apart by colour, marker and dashes.

    Args:
        ax: Axes to draw on.
        lines: The epochs and the values of each line, by its name.
        title: What the values are.
    """
    for (name, (epochs, values)), (colour, marker, line) in zip(lines.items(), LINES, strict=False):
        ax.plot(epochs, values, label=name, color=colour, marker=marker, linestyle=line, markersize=4)
    ax.set(title=title, xlabel="epoch")
    ax.xaxis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 2.5, 5, 10], integer=True))
    ax.spines[["top", "right"]].set_visible(False)


@checks.checked(histories=checks.kind_of(Mapping), measure=checks.text)
def learning_curves(histories: Mapping[str, pd.DataFrame], measure: str = "accuracy") -> np.ndarray:
    """Draw how a measure changed from epoch to epoch: training left, validation right, one line per run.

    Args:
        histories: `run.history` by the name to show; at most four.
        measure: `"accuracy"` or `"loss"`.

    Returns:
        Array of the two axes.
    """
    figure = Figure(figsize=(8, 3))
    axes = figure.subplots(1, 2, sharey=True)
    for ax, column, title in zip(axes, (measure, f"val_{measure}"), ("training", "validation"), strict=True):
        lines_by_epoch(ax, {name: (history.epoch, history[column]) for name, history in histories.items()}, title)
    axes[0].set_ylabel(measure)
    axes[1].legend(frameon=False, fontsize=9)
    figure.tight_layout()
    return axes


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
        ax.add_patch(Rectangle((left, 0), width * 0.94, 1, linewidth=0.8, **(_FROZEN if frozen else _FREE)))
        middle = left + width * 0.47
        size = _SMALLEST if width < 0.035 else 9  # so that neighbouring names don't overlap
        ax.text(middle, 1.05, block.removeprefix("block"), ha="center", va="bottom", fontsize=size)
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


@checks.checked(table=checks.kind_of(pd.DataFrame))
def confusion(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw a confusion table of counts: one row per true class, one column per predicted class."""
    ax = ax or Figure(figsize=(4.6, 4)).subplots()
    counts = table.to_numpy()
    ax.imshow(counts, cmap="Greens")
    for (row, column), count in np.ndenumerate(counts):
        ax.text(column, row, count, ha="center", va="center", color="white" if count > counts.max() / 2 else "black")
    ax.set_xticks(range(len(table)), table.columns, rotation=45, ha="right")
    ax.set_yticks(range(len(table)), table.index)
    ax.set(xlabel="predicted", ylabel="true")
    return ax
