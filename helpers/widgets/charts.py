"""Figures that only widgets draw: a run's curves, accuracy against photos, coverage, and predictions.

Like `plots`, without pyplot: a widget's callbacks run in other threads.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.experiments.race import METHODS
from helpers.plots import DARK, LIGHT, LINES, MIDDLE, lines_by_epoch
from helpers.widgets.class_marks import mark_of


def curve(history: pd.DataFrame, measure: str, ax: Axes) -> Axes:
    """Draw a measure of one run from epoch to epoch, in training and on validation photos.

    Args:
        history: `run.history`, or its first rows.
        measure: `"accuracy"` or `"loss"`.
        ax: Axes to draw on.
    """
    columns = {"training": measure, "validation": f"val_{measure}"}
    lines_by_epoch(ax, {name: (history.epoch, history[column]) for name, column in columns.items()}, measure)
    ax.legend(frameon=False, fontsize=9)
    return ax


def against_photos(results: pd.DataFrame, ax: Axes, marked: int | None = None) -> Axes:
    """Draw accuracy against photos per class: each method's mean as a line, its lowest to highest seed as a band.

    Args:
        results: Columns `method`, `per_class`, `seed`, `accuracy`; one row per run.
        ax: Axes to draw on.
        marked: Photos per class at which to draw a vertical line.
    """
    # In the race's order, so that a method has the same line in both.
    methods = sorted(results.method.unique(), key=lambda name: (*METHODS, name).index(name))
    for method, (colour, marker, line) in zip(methods, LINES, strict=False):
        rows = results[results.method == method]
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
    ax.set(xlabel="photos per class", ylabel="test accuracy")
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, fontsize=9)
    return ax


def coverage(confidences: np.ndarray, right: np.ndarray, threshold: float, ax: Axes) -> Axes:
    """Draw how accurate the answers above a confidence are, and how many of the photos get one.

    Args:
        confidences: One per answer, 0 to 1.
        right: Whether each answer is right.
        threshold: Where to draw a vertical line.
        ax: Axes to draw on.
    """
    order = np.argsort(-confidences, kind="stable")
    answered = np.arange(1, len(order) + 1)
    ax.plot(confidences[order], np.cumsum(right[order]) / answered, color=DARK, label="accuracy of the answers")
    ax.plot(confidences[order], answered / len(order), color=LIGHT, linestyle="--", label="share answered")
    ax.axvline(threshold, color="#000000", linewidth=1, linestyle=":")
    ax.set(xlabel="confidence threshold", ylim=(0, 1.02))
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, fontsize=9, loc="center right")
    return ax


def by_block(shares: pd.DataFrame, at: str, chance: float, ax: Axes, title: str) -> Axes:
    """Draw a share from block to block, with a vertical line at one block and chance level as a dotted line.

    Args:
        shares: Indexed by block, a column for each line.
        at: The block to mark.
        chance: Chance level.
        ax: Axes to draw on.
        title: What the share is.
    """
    names = [block.removeprefix("block") for block in shares.index]
    for column, (colour, marker, line) in zip(shares, LINES, strict=False):
        ax.plot(names, shares[column], color=colour, marker=marker, linestyle=line, markersize=5, label=column)
    ax.axhline(chance, color=MIDDLE, linewidth=1, linestyle=":", label="chance level")
    ax.axvline(shares.index.get_loc(at), color="#000000", linewidth=1, linestyle=":")
    ax.set_title(title, loc="left", fontsize=10)
    ax.set(ylim=(0, 1.02))
    ax.tick_params(labelsize=9)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, fontsize=9, loc="upper left", ncols=len(shares.columns) + 1)
    return ax


def by_seconds(curves: pd.DataFrame, methods: Sequence[str], seconds: float, chance: float, ax: Axes) -> Axes:
    """Draw how accurate several methods are after so many seconds each, with chance level as a dotted line.

    Args:
        curves: Columns `method`, `seconds`, `val_accuracy`; may be empty.
        methods: Their names, in the order of the lines; at most four.
        seconds: How many each may use.
        chance: Chance level.
        ax: Axes to draw on.
    """
    for method, (colour, marker, line) in zip(methods, LINES, strict=False):
        rows = curves[curves["method"] == method] if len(curves) else pd.DataFrame(columns=["seconds", "val_accuracy"])
        ax.plot(
            rows["seconds"], rows["val_accuracy"], color=colour, marker=marker, linestyle=line, markersize=4,
            label=method,
        )  # fmt: skip
    ax.axhline(chance, color="#000000", linewidth=1, linestyle=":", label="chance level")
    ax.set(xlabel="seconds of computing time that each has used", ylabel="validation accuracy")
    ax.set(xlim=(0, 1.02 * max([seconds, *curves.get("seconds", [])])), ylim=(0, 1.02))
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, fontsize=9, loc="upper left", bbox_to_anchor=(1, 1))
    return ax


def photo_points(drawn: pd.DataFrame, class_names: Sequence[str], ax: Axes) -> Axes:
    """Draw photos as points, with a colour and a marker for each class.

    Args:
        drawn: From `photo_map`.
        class_names: Names of all classes.
        ax: Axes to draw on.
    """
    for label, name in enumerate(class_names):
        colour, marker = mark_of(label)
        rows = drawn[drawn.label == name]
        ax.scatter(rows.x, rows.y, s=28, c=colour, marker=marker, label=name, edgecolors="#ffffff", linewidths=0.5)
    across, up = (f"{share:.0%} of the variance" for share in drawn.attrs["explained_variance"])
    ax.set(xlabel=across, ylabel=up, xticks=[], yticks=[])
    ax.set_aspect("equal", adjustable="datalim")
    return ax


def numbered_points(across: Sequence[float], up: Sequence[float], x_label: str, y_label: str, ax: Axes) -> Axes:
    """Draw points with their numbers in them, from 1."""
    ax.plot(across, up, linestyle="", marker="o", markersize=17, color=MIDDLE)
    for number, place in enumerate(zip(across, up, strict=True), start=1):
        ax.annotate(str(number), place, ha="center", va="center", fontsize=9, color="white")
    ax.set(xlabel=x_label, ylabel=y_label)
    ax.margins(x=0.08, y=0.3)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def marked_line(
    low: float, high: float, guess: float | None, truth: float | None = None, seeds: Sequence[float] | None = None
) -> Axes:
    """Draw a number line with the guess above it, the truth below it, and a tick for each of several seeds."""
    ax = Figure(figsize=(6.5, 1.3)).subplots()
    known = [value for value in (low, high, guess, truth, *(seeds or ())) if value is not None]
    left, right = min(known), max(known)
    ax.hlines(0, left, right, color="#9a9a9a", linewidth=1)
    if guess is not None:
        ax.plot(guess, 0, "v", color=LIGHT, markeredgecolor=DARK, markersize=11)
        ax.annotate(f"you predicted {guess:.3g}", (guess, 0), (0, 12), textcoords="offset points", ha="center")
    if truth is not None:
        for value in seeds or ():
            ax.plot(value, 0, "|", color=MIDDLE, markersize=20, markeredgewidth=1.5)
        ax.plot(truth, 0, "D", color=DARK, markersize=7)
        ax.annotate(f"measured {truth:.3g}", (truth, 0), (0, -22), textcoords="offset points", ha="center")
    ax.set_ylim(-1, 1)
    ax.set_yticks([])
    ax.spines[["top", "right", "left", "bottom"]].set_visible(False)
    if seeds and truth is not None:
        ax.set_xlabel("each tick is a run with another seed and the lesson's default settings", loc="left", fontsize=9)
    ax.margins(x=0.12)
    return ax


def marked_choices(choices: Sequence[str], guess: str | None, truth: str | None = None) -> Axes:
    """Draw choices as a list, with marks at the one that was guessed and the one that is true."""
    ax = Figure(figsize=(6.5, 0.3 * len(choices) + 0.4)).subplots()
    for row, choice in enumerate(choices):
        ax.text(0.3, -row, choice, va="center", weight="bold" if choice == truth else "normal")
        if guess is truth is None:
            ax.plot(0.15, -row, "o", color="none", markeredgecolor=DARK, markersize=7)  # still to be chosen
        if choice == guess:
            ax.plot(0.05, -row, ">", color=LIGHT, markeredgecolor=DARK, markersize=10)
        if choice == truth:
            ax.plot(0.2, -row, "D", color=DARK, markersize=7)
    marks = [word for word, shown in (("▷ you predicted", guess), ("◆ measured", truth)) if shown is not None]
    ax.set_title("   ".join(marks), loc="left", fontsize=9)
    ax.set_xlim(0, 3)
    ax.set_ylim(-len(choices) + 0.4, 0.6)
    ax.axis("off")
    return ax
