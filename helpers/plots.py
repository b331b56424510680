"""Pictures: arrays in, matplotlib axes out. Nothing here loads data, trains, or shows a window.

Colours are told apart without hue: they differ in lightness, and lines also in their markers.
"""

import base64
import html
import io
from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

DARK, MIDDLE, LIGHT, ICE = "#1b4332", "#23877b", "#f4a261", "#dceef8"
_FROZEN = {"facecolor": ICE, "hatch": "///", "edgecolor": "#6c91a8"}
_FREE = {"facecolor": LIGHT, "edgecolor": DARK}
_LINES = ((DARK, "o", "-"), (LIGHT, "s", "--"), (MIDDLE, "^", ":"), ("#7f5539", "D", "-."))


class Picture:
    """A figure with a text alternative, for notebooks. Made by `described`.

    JupyterLab has no way to give a plain image output a text alternative, so the figure is an `img` element.
    """

    def __init__(self, data: bytes, kind: str, text: str) -> None:
        self.data, self.kind, self.text = data, kind, text

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        data = base64.b64encode(self.data).decode()
        image = f'<img alt="{html.escape(self.text, quote=True)}" src="data:image/{self.kind};base64,{data}">'
        return {"text/html": image, "text/plain": self.text}


def described(ax: Axes | np.ndarray, text: str, dpi: int = 72) -> Picture:
    """Turn the figure that `ax` belongs to into a `Picture` that says in words what it shows, and close it.

    Args:
        ax: One axes, or an array of them.
        text: What a reader who cannot see the picture needs to know.
        dpi: Dots an inch.

    Example:
        >>> described(plots.learning_curves({"head only": run.history}), "Accuracy rises for eight epochs.")
    """
    figure: Figure = np.ravel(ax)[0].figure
    drawn = {}
    for kind, options in (("png", {}), ("webp", {"quality": 85})):  # lines are smaller as PNG, photos as WebP
        file = io.BytesIO()
        figure.savefig(file, format=kind, dpi=dpi, bbox_inches="tight", pil_kwargs=options)
        drawn[kind] = file.getvalue()
    plt.close(figure)
    smaller = min(drawn, key=lambda kind: len(drawn[kind]))
    return Picture(drawn[smaller], smaller, text)


def photo_grid(images: np.ndarray, titles: Sequence[str] = (), columns: int = 6, side: float = 1.6) -> np.ndarray:
    """Draw photos side by side.

    Args:
        images: Array of shape `(photos, height, width, 3)` or `(photos, height, width)`.
        titles: A line above each photo.
        columns: Photos a row.
        side: Side of a photo in inches.

    Returns:
        Array of axes, one a photo.
    """
    if not len(images):
        raise ValueError("Expected at least one photo to draw. Received: none.")
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(columns * side, rows * (side + 0.25 * bool(len(titles)))), squeeze=False
    )
    for ax in axes.flat:
        ax.axis("off")
    for number, image in enumerate(images):
        axes.flat[number].imshow(image, cmap="gray")
        if number < len(titles):
            axes.flat[number].set_title(titles[number], fontsize=9)
    figure.tight_layout(pad=0.4)
    return axes.flat[: len(images)]


def bars(values: Mapping[str, float], label: str, ax: Axes | None = None) -> Axes:
    """Draw named values as horizontal bars, the first on top, each with its number."""
    ax = ax or plt.subplots(figsize=(6, 0.35 * len(values) + 0.8))[1]
    names = list(values)[::-1]
    drawn = ax.barh(names, [values[name] for name in names], color=MIDDLE)
    ax.bar_label(drawn, fmt=lambda value: f"{value:,.0f}" if value >= 1000 else f"{value:.3g}", padding=3, fontsize=9)
    ax.set_xlabel(label, loc="left")
    ax.set_xticks([])  # each bar carries its number
    ax.spines[["top", "right", "bottom"]].set_visible(False)
    ax.margins(x=0.15)
    return ax


def learning_curves(histories: Mapping[str, pd.DataFrame], measure: str = "accuracy") -> np.ndarray:
    """Draw how a measure changed, epoch by epoch: training left, validation right, a line a run.

    Args:
        histories: `run.history` by the name to show. At most four.
        measure: `"accuracy"` or `"loss"`.

    Returns:
        Array of the two axes.
    """
    figure, axes = plt.subplots(1, 2, figsize=(8, 3), sharey=True)
    for ax, column, title in zip(axes, (measure, f"val_{measure}"), ("training", "validation"), strict=True):
        for (name, history), (colour, marker, line) in zip(histories.items(), _LINES, strict=False):
            style = {"color": colour, "marker": marker, "linestyle": line, "markersize": 4}
            ax.plot(history.epoch, history[column], label=name, **style)
        ax.set(title=title, xlabel="epoch")
        ax.xaxis.get_major_locator().set_params(integer=True)
        ax.spines[["top", "right"]].set_visible(False)
    axes[0].set_ylabel(measure)
    axes[1].legend(frameon=False, fontsize=9)
    figure.tight_layout()
    return axes


def curve(history: pd.DataFrame, measure: str, ax: Axes) -> Axes:
    """Draw a measure of one run, epoch by epoch: in training and on validation photos.

    Args:
        history: `run.history`, or the first rows of it.
        measure: `"accuracy"` or `"loss"`.
        ax: Axes to draw on.
    """
    for column, name, (colour, marker, line) in zip(
        (measure, f"val_{measure}"), ("training", "validation"), _LINES, strict=False
    ):
        ax.plot(history.epoch, history[column], label=name, color=colour, marker=marker, linestyle=line, markersize=4)
    ax.set(title=measure, xlabel="epoch")
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, fontsize=9)
    return ax


def against_photos(results: pd.DataFrame, ax: Axes, marked: int | None = None) -> Axes:
    """Draw accuracy against photos a class: a line for each method's mean, a band from its lowest to its highest seed.

    Args:
        results: Columns `method`, `per_class`, `seed`, `accuracy`; one row a run.
        ax: Axes to draw on.
        marked: Photos a class at which to draw an upright line.
    """
    for (method, rows), (colour, marker, line) in zip(results.groupby("method", sort=False), _LINES, strict=False):
        seeds = rows.groupby("per_class").accuracy
        mean = seeds.mean()
        ax.plot(mean.index, mean, color=colour, marker=marker, linestyle=line, markersize=5, label=method)
        ax.fill_between(mean.index, seeds.min(), seeds.max(), color=colour, alpha=0.2, linewidth=0)
    counts = sorted(results.per_class.unique())
    ax.set_xscale("log")
    ax.set_xticks(counts, [str(count) for count in counts])
    ax.minorticks_off()
    if marked is not None:
        ax.axvline(marked, color="#000000", linewidth=1, linestyle=":")
    ax.set(xlabel="photos a class", ylabel="test accuracy")
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, fontsize=9)
    return ax


def coverage(confidences: np.ndarray, right: np.ndarray, threshold: float, ax: Axes) -> Axes:
    """Draw how accurate the answers are, and how many there are, if only those above a confidence are given.

    Args:
        confidences: Of each answer, 0 to 1.
        right: Whether each answer is right.
        threshold: Where to draw an upright line.
        ax: Axes to draw on.
    """
    order = np.argsort(-confidences, kind="stable")
    answered = np.arange(1, len(order) + 1)
    ax.plot(confidences[order], np.cumsum(right[order]) / answered, color=DARK, label="accuracy of the answers")
    ax.plot(confidences[order], answered / len(order), color=LIGHT, linestyle="--", label="share answered")
    ax.axvline(threshold, color="#000000", linewidth=1, linestyle=":")
    ax.set(xlabel="confidence needed", ylim=(0, 1.02))
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, fontsize=9, loc="center right")
    return ax


def numbered_points(across: Sequence[float], up: Sequence[float], x_label: str, y_label: str, ax: Axes) -> Axes:
    """Draw points that carry their numbers, from 1."""
    ax.plot(across, up, linestyle="", marker="o", markersize=17, color=MIDDLE)
    for number, place in enumerate(zip(across, up, strict=True), start=1):
        ax.annotate(str(number), place, ha="center", va="center", fontsize=9, color="white")
    ax.set(xlabel=x_label, ylabel=y_label)
    ax.margins(x=0.08, y=0.3)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def block_strip(
    table: pd.DataFrame, values: Sequence[float] | None = None, label: str = "", ax: Axes | None = None
) -> Axes:
    """Draw a model as a strip of blocks, width by weights; frozen blocks are iced and hatched.

    Args:
        table: `plan.table` or `run.moved` with the columns `block`, `frozen`, and `params` if there is one.
        values: One number a block, written below it, such as `run.moved.weights_moved`.
        label: What the numbers are.
        ax: Axes to draw on.

    Returns:
        The axes.
    """
    ax = ax or plt.subplots(figsize=(9, 1.9))[1]
    params = table["params"] if "params" in table else pd.Series(1.0, index=table.index)
    widths = np.sqrt(params.clip(lower=1).to_numpy(dtype=float))  # the root, or the early blocks could not be seen
    widths = np.maximum(widths / widths.sum(), 0.03)
    left = 0.0
    for number, (row, width) in enumerate(zip(table.itertuples(), widths, strict=True)):
        ax.bar(left, 1, width * 0.94, align="edge", linewidth=0.8, **(_FROZEN if row.frozen else _FREE))
        middle = left + width * 0.47
        size = 6.5 if width < 0.035 else 8  # or neighbours' names run into each other
        ax.text(middle, 1.05, row.block.removeprefix("block"), ha="center", va="bottom", fontsize=size)
        if values is not None:
            ax.text(middle, -0.06, _short(values[number]), ha="center", va="top", fontsize=7, rotation=60)
        left += width
    ax.set(xlim=(-0.002, left), ylim=(-0.03, 1.03))
    ax.axis("off")
    legend = "hatched: frozen, filled: trained" + (f"; below: {label}" if label else "")
    ax.set_title(legend, fontsize=9, loc="left", pad=18)
    return ax


def _short(value: float) -> str:
    return "0" if value == 0 else f"{value:.1%}" if value >= 0.001 else f"{value:.0e}"


def confusion(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw a confusion table of counts: a row a true class, a column a predicted one."""
    ax = ax or plt.subplots(figsize=(4.6, 4))[1]
    counts = table.to_numpy()
    ax.imshow(counts, cmap="Greens")
    for (row, column), count in np.ndenumerate(counts):
        ax.text(column, row, count, ha="center", va="center", color="white" if count > counts.max() / 2 else "black")
    ax.set_xticks(range(len(table)), table.columns, rotation=45, ha="right")
    ax.set_yticks(range(len(table)), table.index)
    ax.set(xlabel="predicted", ylabel="true")
    return ax


def marked_line(
    low: float, high: float, guess: float | None, truth: float | None = None, seeds: Sequence[float] | None = None
) -> Axes:
    """Draw a line of numbers with a guess above it, the truth below it, and what several seeds gave as ticks."""
    ax = plt.subplots(figsize=(6.5, 1.3))[1]
    known = [value for value in (low, high, guess, truth, *(seeds or ())) if value is not None]
    left, right = min(known), max(known)
    ax.hlines(0, left, right, color="#9a9a9a", linewidth=1)
    if guess is not None:
        ax.plot(guess, 0, "v", color=LIGHT, markeredgecolor=DARK, markersize=11)
        ax.annotate(f"your guess {guess:.3g}", (guess, 0), (0, 12), textcoords="offset points", ha="center")
    if truth is not None:
        for value in seeds or ():
            ax.plot(value, 0, "|", color=MIDDLE, markersize=20, markeredgewidth=1.5)
        ax.plot(truth, 0, "D", color=DARK, markersize=7)
        ax.annotate(f"measured {truth:.3g}", (truth, 0), (0, -22), textcoords="offset points", ha="center")
    ax.set_ylim(-1, 1)
    ax.set_yticks([])
    ax.spines[["top", "right", "left", "bottom"]].set_visible(False)
    if seeds and truth is not None:
        ax.set_xlabel("the strokes are several seeds, with the course's own pictures", loc="left", fontsize=9)
    ax.margins(x=0.12)
    return ax


def marked_choices(choices: Sequence[str], guess: str | None, truth: str | None = None) -> Axes:
    """Draw choices as a list, with marks at the one that was guessed and at the one that is true."""
    ax = plt.subplots(figsize=(6.5, 0.3 * len(choices) + 0.4))[1]
    for row, choice in enumerate(choices):
        ax.text(0.3, -row, choice, va="center", weight="bold" if choice == truth else "normal")
        if choice == guess:
            ax.plot(0.05, -row, ">", color=LIGHT, markeredgecolor=DARK, markersize=10)
        if choice == truth:
            ax.plot(0.2, -row, "D", color=DARK, markersize=7)
    marks = [word for word, shown in (("▷ your guess", guess), ("◆ measured", truth)) if shown is not None]
    ax.set_title("   ".join(marks), loc="left", fontsize=9)
    ax.set_xlim(0, 3)
    ax.set_ylim(-len(choices) + 0.4, 0.6)
    ax.axis("off")
    return ax
