"""The photo map: photos as points by what a block makes of them; later blocks keep the classes further apart."""

import html
from collections.abc import Mapping

import ipywidgets
import keras
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers import plots
from helpers.judging.photo_map import mirrored_like, photo_maps
from helpers.network.blocks import block_named, blocks
from helpers.photos.split import Split, rows_of
from helpers.widgets import charts, pictures
from helpers.widgets.frame import WidgetFrame
from helpers.widgets.scatter import Scatter, described_classes, described_map, described_photos
from helpers.widgets.strip import block_picker

_MOST_MODELS = 2


class PhotoMap(WidgetFrame):
    """Photos as points: the more alike a block finds two photos, the nearer they lie. Choose the block with a slider.

    The places are those of `photo_map`: a block's activations, averaged over all places, on the two axes along which
    they vary most. Two models, such as one before and after fine-tuning, are shown side by side with the same photos.
    All blocks are computed when the widget is made, in one pass over the photos per model: about three seconds for 200
    photos of 128 pixels on two cores.

    (A *feature map* is something else: the output of one channel for one photo. `LayerMicroscope` shows those.)

    Without the widget: `photo_map(model, split, block)`.

    Args:
        split: The photos, such as `photos.val`; at least three.
        models: A base or a model on one; or one or two of them by name, with the same blocks.
        at: The block that is open at first.
        per_class: At most so many photos of each class are shown, its first ones; `None` shows all.

    Attributes:
        maps: For each model's name, the `photo_map` of every block by its name.

    Raises:
        ValueError: If there are too few photos, more than two models, models with different blocks, or no such block.

    Example:
        >>> PhotoMap(photos.val, base, at="block5c")
        >>> PhotoMap(photos.val, {"before": start, "after": model})
    """

    def __init__(
        self,
        split: Split,
        models: keras.Model | Mapping[str, keras.Model],
        at: str = "top",
        per_class: int | None = 60,
    ) -> None:
        super().__init__()
        named = dict(models) if isinstance(models, Mapping) else {models.name: models}
        first = _checked(named, at)
        self.split = _first_of_each(split, per_class)
        self.blocks = blocks(first)
        self.names = [block.name for block in self.blocks]
        self.maps: dict[str, dict[str, pd.DataFrame]] = {}
        for name, model in named.items():
            self._place(name, model)
        self.strip = block_picker(self.blocks, at)
        self.scatter = Scatter(photos=described_photos(self.split), classes=described_classes(self.split.class_names))
        self.told, self.curve, self.hint = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        self.told.add_class("graft-said")
        self.hint.value = (
            '<p class="graft-quiet">Point at a photo, or move from photo to photo with the arrow keys. The dashed line '
            "leads to the photo that is nearest in all features.</p>"
        )
        self.strip.observe(self.guarded(lambda change: self.update()), "boundary")
        self.update()
        self.show(
            self.strip,
            self.told,
            self.scatter,
            self.hint,
            self.curve,
            call="drawn = photo_map(model, photos.val, block); drawn.attrs",
        )

    def _place(self, name: str, model: keras.Model) -> None:
        drawn = photo_maps(model, self.split)
        for other in self.maps.values():
            drawn = {block: mirrored_like(each, other[block]) for block, each in drawn.items()}
        self.maps[name] = drawn

    @property
    def at(self) -> str:
        """Name of the block that is open."""
        return self.names[max(1, self.strip.boundary) - 1]

    @property
    def accuracies(self) -> pd.DataFrame:
        """For each block, a row, and model, a column: the share of photos whose nearest is of the same class."""
        return pd.DataFrame(
            {
                name: {block: each.attrs["neighbour_accuracy"] for block, each in drawn.items()}
                for name, drawn in self.maps.items()
            }
        )

    def update(self) -> None:
        """Draw the maps of the open block."""
        self.strip.spoken = f"{self.at} is open"
        alone = len(self.maps) == 1
        self.scatter.label = f"Map of the photos at {self.at}"
        self.scatter.maps = [described_map(drawn[self.at], "" if alone else name) for name, drawn in self.maps.items()]
        self.told.value = f"<p>{self._in_words()}</p>"
        figure = Figure(figsize=(8, 2.3), layout="constrained")
        title = "share of photos whose nearest is of the same class, by block"
        charts.by_block(self.accuracies, self.at, self._facts()[0]["chance_level"], figure.subplots(), title)
        self.curve.value = pictures.drawing(figure, self._curve_in_words())

    def _facts(self) -> list[dict]:
        return [drawn[self.at].attrs for drawn in self.maps.values()]

    def _in_words(self) -> str:
        facts = self._facts()
        right = self._listed([f"<b>{each['neighbour_accuracy']:.0%}</b>" for each in facts])
        held = self._listed([f"{sum(each['explained_variance']):.0%}" for each in facts])
        return (
            f"At <b>{self.at}</b>, the nearest other photo is of the same class for {right} of the photos (chance "
            f"level {facts[0]['chance_level']:.0%}). It is the nearest in all {facts[0]['features']:,} features; the "
            f"map's two axes hold {held} of their variance."
        )

    def _listed(self, numbers: list[str]) -> str:
        if len(numbers) == 1:
            return numbers[0]
        return " and ".join(f"{number} ({html.escape(name)})" for number, name in zip(numbers, self.maps, strict=True))

    def _curve_in_words(self) -> str:
        return "Share of photos whose nearest is of the same class, by block. " + "; ".join(
            f"{name}: {', '.join(f'{block} {share:.2f}' for block, share in shares.items())}"
            for name, shares in self.accuracies.items()
        )

    def summary(self) -> str:
        reached = [f"{each['neighbour_accuracy']:.0%}" for each in self._facts()]
        shares = self._listed(reached)
        return f"{len(self.split)} photos at {self.at}; for {shares} the nearest neighbour is of the same class"

    def picture(self) -> plots.Picture:
        figure = Figure(figsize=(4.6 * len(self.maps) + 1, 4), layout="constrained")
        axes = figure.subplots(1, len(self.maps), squeeze=False)[0]
        for ax, (name, drawn) in zip(axes, self.maps.items(), strict=True):
            charts.photo_points(drawn[self.at], self.split.class_names, ax)
            ax.set_title(f"{name}, at {self.at}", loc="left", fontsize=10)
        axes[-1].legend(frameon=False, fontsize=9, loc="upper left", bbox_to_anchor=(1, 1))
        return plots.described(axes, f"The photo map: {self.summary()}.")


def _checked(models: dict[str, keras.Model], at: str) -> keras.Model:
    if not 1 <= len(models) <= _MOST_MODELS:
        raise ValueError(
            f"Expected one or two models. Received: {len(models)}. Pass a dict such as {{'before': model}}."
        )
    first, *others = models.values()
    block_named(first, at, "at")
    names = [block.name for block in blocks(first)]
    for other in others:
        if [block.name for block in blocks(other)] != names:
            raise ValueError(
                f"Expected two models with the same blocks. Received: '{first.name}' and '{other.name}', whose blocks "
                "differ. Compare a model with its copy, before and after training."
            )
    return first


def _first_of_each(split: Split, per_class: int | None) -> Split:
    if per_class is None:
        return split
    if not isinstance(per_class, (int, np.integer)) or per_class < 1:
        raise ValueError(f"Expected per_class to be a whole number of at least 1, or None. Received: {per_class!r}.")
    rows = [np.flatnonzero(split.labels == label)[:per_class] for label in range(len(split.class_names))]
    kept = np.sort(np.concatenate(rows))
    return split if len(kept) == len(split) else rows_of(split, kept)
