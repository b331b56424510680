"""Photos side by side, alone or with what a classifier calls them."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers import checks
from helpers.plots.colours import LIGHT


@checks.checked(columns=checks.whole(1, 1000), side=checks.number(0.1, 100))
def photo_grid(
    images: np.ndarray | Sequence[np.ndarray],
    titles: Sequence[str] = (),
    columns: int = 6,
    side: float = 1.6,
    rows: Sequence[str] = (),
) -> np.ndarray:
    """Draw photos side by side.

    Args:
        images: Array of shape `(photos, height, width, 3)` or `(photos, height, width)`, or a list of photos.
        titles: A line above each photo.
        columns: Photos per row.
        side: Width and height of a photo in inches.
        rows: What each row shows, written on its left.

    Returns:
        Array of axes, one per photo.

    Raises:
        ValueError: If there is no photo.
    """
    if not len(images):
        raise ValueError("Expected at least one photo to draw. Received: none.")
    columns = min(columns, len(images))
    lines = -(-len(images) // columns)
    figure = Figure(figsize=(columns * side, lines * (side + 0.25 * bool(len(titles)))))
    axes = figure.subplots(lines, columns, squeeze=False)
    for ax in axes.flat:
        ax.axis("off")
    for ax, told in zip(axes[:, 0], rows, strict=False):
        ax.text(-0.06, 0.5, told, transform=ax.transAxes, ha="right", va="center", rotation=90, fontsize=9)
    for number, image in enumerate(images):
        axes.flat[number].imshow(image, cmap="gray")
        if number < len(titles):
            axes.flat[number].set_title(titles[number], fontsize=9)
    figure.tight_layout(pad=0.4)
    return axes.flat[: len(images)]


@checks.checked(low=checks.text, high=checks.text)
def heat_scale(
    axes: np.ndarray, overlay: Callable[[np.ndarray, np.ndarray], np.ndarray], low: str = "none", high: str = "most"
) -> Axes:
    """Draw below a grid of photos what the colours of the heat maps on them mean, on a bright and on a dark place.

    The same heat looks paler where the photo is white, because the photo shows through.

    Args:
        axes: From `photo_grid`.
        overlay: The function that laid the heat maps over the photos: takes a photo and a heat map, returns a photo.
        low: What no heat means.
        high: What the most heat means.

    Returns:
        The axes of the scale.

    Example:
        >>> heat_scale(axes, helpers.overlay, "no evidence", "most evidence")
    """
    figure: Figure = axes[0].get_figure(root=True)
    height = figure.get_figheight()
    ax = figure.add_axes((0.3, -0.36 / height, 0.4, 0.3 / height))
    places = np.repeat(np.array([[235], [70]], np.uint8), 256, axis=1)
    heat = np.tile(np.linspace(0, 1, 256, dtype=np.float32), (2, 1))
    image = overlay(np.repeat(places[:, :, None], 3, axis=2), heat)
    ax.imshow(image, aspect="auto", interpolation="nearest", extent=(0, 1, 0, 2))
    ax.set_yticks([1.5, 0.5], ["on a bright place", "on a dark place"], fontsize=9)
    ax.set_xticks([0, 1], [low, high], fontsize=9)
    ax.tick_params(length=0)
    ax.spines[:].set(linewidth=0.5, color="#9a9a9a")
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
