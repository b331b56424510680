"""Photos as points, on one map or on two side by side; the photo of a point appears on hover and by keyboard."""

from collections.abc import Sequence
from pathlib import Path

import anywidget
import numpy as np
import pandas as pd
import traitlets
from PIL import Image

from helpers.photos.split import Split
from helpers.widgets.class_marks import page_mark
from helpers.widgets.frame import STYLE
from helpers.widgets.pictures import data_url

_SIDE = 84  # of a photo beside its point, in pixels
_ASPECT = 392 / 287  # width to height of what scatter.js fills with points


class Scatter(anywidget.AnyWidget):
    """Maps of the same photos, side by side. The photo that is chosen on one is marked on all.

    Attributes:
        photos: One dict per photo: `image` (a data URL), `label` (a class's number), `name` (for screen readers).
        classes: One dict per class: `name`, `colour`, `path`; from `described_classes`.
        maps: One dict per map, from `described_map`: `title`, `points`, `nearest`.
        chosen: Index of the chosen photo; -1 for none.
        label: What the maps show, for screen readers.
    """

    _esm = Path(__file__).with_name("scatter.js")
    _css = STYLE
    photos = traitlets.List().tag(sync=True)
    classes = traitlets.List().tag(sync=True)
    maps = traitlets.List().tag(sync=True)
    chosen = traitlets.Int(-1).tag(sync=True)
    label = traitlets.Unicode("Map of the photos").tag(sync=True)

    @traitlets.validate("chosen")
    def _within(self, proposal: dict) -> int:
        return min(max(proposal["value"], -1), len(self.photos) - 1)

    def __repr__(self) -> str:
        return f"<Scatter: {self.label}, {len(self.photos)} photos>"


def described_classes(names: Sequence[str]) -> list[dict]:
    """Return what the page needs to know about each class: its name, and the colour and shape of its points."""
    return [{"name": name} | page_mark(label) for label, name in enumerate(names)]


def described_photos(split: Split) -> list[dict]:
    """Return what the page needs to know about each photo of a split: a small picture, its class, and its name."""
    told = []
    for row, (label, image) in enumerate(zip(split.labels.tolist(), split.images(), strict=True)):
        small = Image.fromarray(image).resize((_SIDE, _SIDE), Image.Resampling.BILINEAR)
        name = f"{split.class_names[label]}, photo {row} of {split.name}"
        told.append({"image": data_url(np.asarray(small), quality=75), "label": label, "name": name})
    return told


def described_map(drawn: pd.DataFrame, title: str) -> dict:
    """Return what the page needs to know about a map: its title, and each photo's place and nearest photo.

    Args:
        drawn: From `photo_map`.
        title: Written above it.

    Returns:
        `points` are pairs from 0 to 1, from the left and from the top; on the page both axes have the same scale.
    """
    places = drawn[["x", "y"]].to_numpy()
    middle = (places.max(axis=0) + places.min(axis=0)) / 2
    wide, high = np.ptp(places, axis=0)
    reach = max(wide, high * _ASPECT, 1e-12)
    shares = 0.5 + (places - middle) * [1, -_ASPECT] / reach
    return {"title": title, "points": shares.round(4).tolist(), "nearest": drawn.nearest.tolist()}
