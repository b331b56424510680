"""Numbers as bars, lines over epochs, and a confusion table."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from helpers import checks
from helpers.plots.colours import DARK, LINES, MIDDLE


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


@checks.checked(points=checks.kind_of(Mapping), across=checks.text, up=checks.text)
def named_points(points: Mapping[str, tuple[float, float]], across: str, up: str) -> Axes:
    """Draw two shares of each of a few things as a point with its name.

    Args:
        points: For each name two shares, 0 to 1: one for the horizontal axis, one for the vertical axis.
        across: What the horizontal axis shows.
        up: What the vertical axis shows.

    Returns:
        The axes.

    Example:
        >>> named_points({"frozen": (1.0, 0.83), "fine-tuned": (0.1, 0.88)}, "old answers kept", "accuracy")
    """
    ax = Figure(figsize=(6, 3.6)).subplots()
    for name, (x, y) in points.items():
        ax.plot(x, y, marker="o", color=DARK, markersize=8, clip_on=False)
        away, start = (9, "left") if x < 0.5 else (-9, "right")  # towards the middle, so that no name leaves the axes
        ax.annotate(name, (x, y), (away, 0), textcoords="offset points", va="center", ha=start)
    ax.set(xlabel=across, ylabel=up, xlim=(-0.03, 1.03), ylim=(0, 1))
    ax.spines[["top", "right"]].set_visible(False)
    return ax


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
