"""The layer microscope: any channel of any block on a photo, and the patches that excite it most."""

import html
from collections.abc import Mapping

import ipywidgets
import keras
import numpy as np

from helpers import plots
from helpers.activations.feature_maps import activations
from helpers.judging import patches, strongest_places
from helpers.judging.explain import overlay
from helpers.judging.heat_colours import HEAT
from helpers.judging.liveliest_maps import liveliest_maps, stretched
from helpers.network.blocks import block_named, blocks
from helpers.photos.loading import Photos
from helpers.photos.split import Split
from helpers.widgets import controls, pictures
from helpers.widgets.frame import Newest, WidgetFrame
from helpers.widgets.strip import block_picker
from helpers.widgets.tiles import Tiles, photo_tiles

_PHOTOS = 8  # to choose from
_SIDE = 150
_ROW_SIDE = 72


class LayerMicroscope(WidgetFrame):
    """Choose a photo, a block and a channel; see the feature map, and what excites the channel most.

    Without the widget: `activations(base, image, at)` and `strongest_patches(base, photos, at, channel)`.

    Args:
        photos: Photos to look at; the patches come from all three splits.
        bases: One base, or several by name to compare side by side.
        split: The photos to choose from; `photos.val` by default.
        at: The block that is open at first.
        channel: The channel that is shown at first. By default, here and in every block opened later, the one whose
            answers vary most over the photos to choose from.

    Example:
        >>> LayerMicroscope(photos, {"pre-trained": base, "random": untrained}, at="block2b")
    """

    def __init__(
        self,
        photos: Photos,
        bases: keras.Model | Mapping[str, keras.Model],
        split: Split | None = None,
        at: str = "block2b",
        channel: int | None = None,
    ) -> None:
        super().__init__()
        self.photos = photos
        self.bases = dict(bases) if isinstance(bases, Mapping) else {bases.name: bases}
        base = next(iter(self.bases.values()))
        self.blocks = blocks(base)
        self.names = [block.name for block in self.blocks]
        opened = block_named(base, at, "at")
        self.worker, self.indexer = Newest(self.tell), Newest(self.tell)
        self._indices: dict[str, strongest_places.StrongestIndex | None] = {}
        self._patches_of: tuple[str, int] | None = None
        self._make_photos(photos.val if split is None else split)
        self.strip = block_picker(self.blocks, opened.name)
        channel = self.telling_channel(opened.name) if channel is None else channel
        self.channel = controls.whole("Channel", 0, opened.output_shape[-1] - 1, channel, width="360px")
        self.maps, self.said, self.row = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        self.said.add_class("graft-said")
        self.found = {name: Tiles(selectable=False, columns=strongest_places.KEPT, side=72) for name in self.bases}
        self.tiles.observe(self.guarded(lambda change: self._other_photo()), "chosen")
        self.strip.observe(self.guarded(lambda change: self._other_block()), "boundary")
        self.channel.observe(self.guarded(lambda change: self.update()), "value")
        self._other_photo()
        self.show(
            self.tiles,
            self.strip,
            self.channel,
            self.maps,
            *self.found.values(),
            self.said,
            self.row,
            call="activations(base, image, at); strongest_patches(base, photos, at, channel)",
        )

    def _make_photos(self, split: Split) -> None:
        rows = [np.flatnonzero(split.labels == label)[:2] for label in range(len(split.class_names))]
        self.rows = np.concatenate(rows)[:_PHOTOS]
        self.split = split
        names = [split.class_names[label] for label in split.labels[self.rows]]
        self.tiles = Tiles(label="Photo", side=64, tiles=photo_tiles(split.images(self.rows), names, names))
        self.tiles.chosen = 0

    @property
    def image(self) -> np.ndarray:
        """The chosen photo."""
        return self.split.images([int(self.rows[self.tiles.chosen])])[0]

    @property
    def at(self) -> str:
        """Name of the block that is open."""
        return self.names[max(1, self.strip.boundary) - 1]

    def _other_photo(self) -> None:
        self._activations: dict[tuple[str, str], np.ndarray] = {}
        self._row_of = None
        self.update()

    def _draw_row(self, image: np.ndarray) -> None:
        shown = [
            (
                stretched(values, _ROW_SIDE),
                f"{block} · {channel}",
                f"{block}, channel {channel}, the one that varies most",
            )
            for block, channel, values in liveliest_maps(next(iter(self.bases.values())), image)
        ]
        title = "<p>One channel of each block, in order: the one that varies most over this photo.</p>"
        self.row.value = title + pictures.side_by_side(*shown, side=_ROW_SIDE)

    def _other_block(self) -> None:
        block = self.blocks[max(1, self.strip.boundary) - 1]
        last, telling = block.output_shape[-1] - 1, self.telling_channel(block.name)
        with self.channel.hold_trait_notifications():
            self.channel.max, self.channel.value = max(last, self.channel.value), telling
            self.channel.max = last
        self.update()

    def telling_channel(self, at: str) -> int:
        """Return the channel of a block whose mean answer varies most over the photos to choose from.

        It is measured in the first base, against the channel's own mean and the block's: a channel that is nearly
        silent tells nothing.
        """
        base, images = next(iter(self.bases.values())), self.split.images(self.rows)
        answers = activations(base, images, at).mean(axis=(1, 2))
        usual = np.abs(answers).mean(axis=0)
        return int((answers.std(axis=0) / (usual + usual.mean() + 1e-9)).argmax())

    def feature_map(self, name: str) -> np.ndarray:
        """Return the channel's feature map of the chosen photo in the base of this name."""
        key = (name, self.at)
        if key not in self._activations:
            self._activations[key] = activations(self.bases[name], self.image, self.at)
        return self._activations[key][:, :, self.channel.value]

    def update(self) -> None:
        """Draw the feature map at once, and the patches as soon as they have been found."""
        self.strip.spoken = f"{self.at} is open"
        image, shown = self.image, [(self.image, "the photo", "The chosen photo")]
        for name in self.bases:
            values = self.feature_map(name)
            where = f"{self.at}, channel {self.channel.value}"
            tall, wide = values.shape
            caption = f"{name}: {where}, {tall} × {wide}"
            shown.append((stretched(values, _SIDE), caption, f"Feature map of {name}, {where}: bright means strong"))
            shown.append(
                (self._over(image, values), "over the photo", f"The photo in grey, coloured where {name} responds")
            )
        scale = pictures.colour_scale(HEAT, "over the photo: weakest response", "strongest")
        self.maps.value = pictures.side_by_side(*shown, side=_SIDE) + scale
        self._look_for_patches()

    @staticmethod
    def _over(image: np.ndarray, values: np.ndarray) -> np.ndarray:
        low, high = float(values.min()), float(values.max())
        heat = (values - low) / (high - low) if high > low else np.zeros_like(values)
        times = -(-image.shape[0] // heat.shape[0])
        large = heat.repeat(times, axis=0).repeat(times, axis=1)[: image.shape[0], : image.shape[1]]
        return overlay(image, large.astype(np.float32))

    def _look_for_patches(self) -> None:
        at, channel, chosen, image = self.at, self.channel.value, self.tiles.chosen, self.image
        if self._patches_of != (at, channel):
            self._patches_of = None
            for tiles in self.found.values():
                tiles.tiles = []
        self.worker.ask(lambda: self._find(at, channel, chosen, image))

    def _find(self, at: str, channel: int, chosen: int, image: np.ndarray) -> None:
        if self._row_of != chosen:
            self._row_of = chosen
            self._draw_row(image)
        if self._patches_of == (at, channel):
            return
        for name, base in self.bases.items():
            if name not in self._indices:
                self._indices[name] = strongest_places.stored_index(base, self.photos)
            index = self._indices[name]
            if index is None:
                self.indexer.ask(self._index_the_rest)
                continue
            found = patches.strongest_patches(base, self.photos, at, channel, index=index)
            if self.worker.outdated():
                return
            alts = [f"{patch.label}, a {patch.picture.shape[0]}-pixel patch that excites it" for patch in found]
            self.found[name].label = f"What excites channel {channel} of {at} most, {name}"
            self.found[name].tiles = photo_tiles([patch.picture for patch in found], [p.label for p in found], alts)
        if all(self._indices.get(name) is not None for name in self.bases):
            self._patches_of = (at, channel)
            names = " and ".join(self.bases)
            told = f"The patches of all photos that excite channel {channel} of {at} most ({names}, one row each)."
            self.said.value = f"<p>{html.escape(told)}</p>"

    def _index_the_rest(self) -> None:
        for name, base in self.bases.items():
            if self._indices.get(name) is None:
                self._indices[name] = strongest_places.index_of(base, self.photos, self._progress)
        self._look_for_patches()

    def _progress(self, done: int, total: int) -> None:
        self.said.value = f"<p>Looking through all photos once: {done} of {total}</p>"

    def summary(self) -> str:
        return f"{self.at}, channel {self.channel.value}, in {' and '.join(self.bases)}"

    def picture(self) -> plots.Picture:
        responses = [self._over(self.image, self.feature_map(name)) for name in self.bases]
        axes = plots.photo_grid([self.image, *responses], ["the photo", *self.bases], side=2.2)
        words = "The photo, and where each responds to it, in colour."
        return plots.described(axes, f"The layer microscope: {self.summary()}. {words}")
