"""The photo browser: page through the photos, see what was skipped, and change the augmentation."""

import html

import ipywidgets
import numpy as np

from helpers import config, plots
from helpers.photos.loading import Photos
from helpers.photos.photo import augment
from helpers.photos.split import Split, count_by_class
from helpers.widgets import controls, pictures
from helpers.widgets.frame import WidgetFrame
from helpers.widgets.tiles import Tiles, photo_tiles

_PAGE = 18  # photos at a time
_VIEWS = 6
_SIDE = 96


class PhotoBrowser(WidgetFrame):
    """Page through photos by split and class; the chosen one is shown in new views, made by augmentation.

    The test photos stay hidden: whoever has looked at them may choose by what was seen. They are shown only if there
    are no others.

    Without the widget: `photos.train.images()`, `photos.skipped`, and `augment(images, rng, smallest_crop)` in
    `helpers.photos.photo`.

    Args:
        photos: From `load_flowers` or `load_photos`.
        seed: Decides the views.

    Example:
        >>> PhotoBrowser(photos)
    """

    def __init__(self, photos: Photos, seed: int = config.SEED) -> None:
        super().__init__()
        self.photos, self.seed = photos, seed
        splits = [split for split in (photos.train, photos.val) if len(split)] or [photos.test]
        self.split = controls.choice("Split:", [(f"{each.name} ({len(each)})", each) for each in splits], splits[0])
        names = [("all classes", None), *((name, number) for number, name in enumerate(photos.class_names))]
        self.of_class = controls.choice("Class:", names, None)
        self.page = controls.whole("Page", 1, 1, 1)
        self.page.continuous_update = False  # the photos of a large set are read from disk page by page
        self.tiles = Tiles(label="Photos", side=_SIDE)
        self.crop = ipywidgets.FloatSlider(
            value=config.AUGMENT_SMALLEST_CROP, min=0.3, max=1.0, step=0.05, description="Smallest crop",
            style={"description_width": "initial"}, layout={"width": "300px"},
        )  # fmt: skip
        self.views, self.counts, self.refused = (
            Tiles(selectable=False, side=_SIDE),
            ipywidgets.HTML(),
            ipywidgets.HTML(),
        )
        self._connect()
        self.refused.value = self._skipped()
        self.update()
        self.show(
            controls.row(self.split, self.of_class, self.page),
            self.counts,
            self.tiles,
            self.crop,
            self.views,
            self.refused,
            call="photos.train.images(rows); photos.skipped; photos.train.batches(8, augment=True)",
        )

    def _connect(self) -> None:
        afresh = self.guarded(lambda change: self._turn_to_first())
        self.split.observe(afresh, "value")
        self.of_class.observe(afresh, "value")
        self.page.observe(self.guarded(lambda change: self.update()), "value")
        for trait, widget in (("chosen", self.tiles), ("value", self.crop)):
            widget.observe(self.guarded(lambda change: self._show_views()), trait)

    @property
    def rows(self) -> np.ndarray:
        """The photos of the split and class that are chosen, as numbers in the split."""
        split: Split = self.split.value
        everything = np.arange(len(split))
        return everything if self.of_class.value is None else everything[split.labels == self.of_class.value]

    @property
    def shown(self) -> np.ndarray:
        """The photos on the open page, as numbers in the split."""
        return self.rows[(self.page.value - 1) * _PAGE : self.page.value * _PAGE]

    def _turn_to_first(self) -> None:
        self.page.value = 1
        self.update()

    def update(self) -> None:
        """Draw the open page, and the views of its chosen photo."""
        split, rows = self.split.value, self.shown
        self.page.max = max(1, -(-len(self.rows) // _PAGE))
        names = [split.class_names[label] for label in split.labels[rows]]
        alts = [f"{name}, photo {row} of {split.name}" for name, row in zip(names, rows, strict=True)]
        self.tiles.tiles = photo_tiles(split.images(rows), names, alts)
        self.tiles.chosen = 0 if len(rows) else -1
        counted = ", ".join(f"{count} {name}" for name, count in count_by_class(split).items())
        self.counts.value = f"<p>{split.name}: {html.escape(counted)}</p>"
        self._show_views()

    def _show_views(self) -> None:
        views = self.augmented()
        texts = ["the photo", *[f"view {number}" for number in range(1, len(views))]]
        self.views.tiles = photo_tiles(views, texts, texts)
        self.views.label = "The chosen photo, and views of it"

    def augmented(self) -> np.ndarray:
        """Return the chosen photo and new views of it."""
        if self.tiles.chosen < 0:
            return np.zeros((0, _SIDE, _SIDE, 3), np.uint8)
        image = self.split.value.images(self.shown[[self.tiles.chosen]])
        rng = np.random.default_rng([self.seed, int(self.shown[self.tiles.chosen])])
        views = augment(np.repeat(image, _VIEWS, axis=0), rng, self.crop.value)
        return np.concatenate([image, views])

    def _skipped(self) -> str:
        if not self.photos.skipped:
            return "<p>No file was skipped.</p>"
        rows = [{"skipped file": path.name, "why": reason} for path, reason in self.photos.skipped]
        return pictures.table(rows, f"{len(rows)} files were skipped")

    def summary(self) -> str:
        split = self.split.value
        return f"{len(self.rows)} photos of the {split.name} split, {len(self.photos.skipped)} files skipped"

    def picture(self) -> plots.Picture:
        split, rows = self.split.value, self.shown[:12]
        names = [split.class_names[label] for label in split.labels[rows]]
        return plots.described(plots.photo_grid(split.images(rows), names), f"The photo browser: {self.summary()}.")
