"""Pictures or table cells side by side; one of them can be chosen."""

from collections.abc import Sequence
from pathlib import Path

import anywidget
import numpy as np
import traitlets

from helpers.widgets.frame import STYLE
from helpers.widgets.pictures import data_url


class Tiles(anywidget.AnyWidget):
    """Tiles side by side.

    Attributes:
        tiles: One dict per tile: `alt` (for screen readers), and any of `image` (a data URL), `text`, `shade` (0 to 1).
        chosen: Index of the chosen tile; -1 for none.
        columns: How many tiles per row; 0 lets the page decide.
        column_names, row_names, corner: Labels around the tiles, if there are any.
        side: Width of the images in pixels.
        selectable: Whether one can be chosen.
        label: What is chosen, for screen readers.
    """

    _esm = Path(__file__).with_name("tiles.js")
    _css = STYLE
    tiles = traitlets.List().tag(sync=True)
    chosen = traitlets.Int(-1).tag(sync=True)
    columns = traitlets.Int(0).tag(sync=True)
    column_names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    row_names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    corner = traitlets.Unicode().tag(sync=True)
    side = traitlets.Int(96).tag(sync=True)
    selectable = traitlets.Bool(True).tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)

    @traitlets.validate("chosen")
    def _within(self, proposal: dict) -> int:
        return min(max(proposal["value"], -1), len(self.tiles) - 1)

    def __repr__(self) -> str:
        return f"<Tiles: {self.label}, {len(self.tiles)} tiles>"


def photo_tiles(images: np.ndarray | Sequence[np.ndarray], texts: Sequence[str], alts: Sequence[str]) -> list[dict]:
    """Return tiles of photos with a line below each."""
    return [
        {"image": data_url(image), "text": text, "alt": alt}
        for image, text, alt in zip(images, texts, alts, strict=True)
    ]
