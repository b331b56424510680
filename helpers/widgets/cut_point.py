"""The cut point: where to cut a base, and what to graft onto it."""

from collections.abc import Sequence

import ipywidgets
import keras
import pandas as pd

from helpers import plots
from helpers.network import head
from helpers.network.blocks import block_named, blocks
from helpers.widgets import controls, pictures
from helpers.widgets.frame import WidgetFrame
from helpers.widgets.strip import Strip, described_blocks

_HIDDEN = ((), (32,), (64,), (128,), (256,), (128, 64))


class CutPoint(WidgetFrame):
    """Choose where to cut a base and which head to graft, and watch shapes and weights follow.

    Without the widget: `cut_table(base, classes, cut_at, hidden_units)` in `helpers.network.head` gives the numbers,
    and `attach_head` with the same arguments builds the model.

    Args:
        base: From `load_base`.
        classes: Number of classes.
        cut_at: The last block that is kept at first.

    Example:
        >>> CutPoint(base, classes=5, cut_at="block5c")
    """

    def __init__(self, base: keras.Model, classes: int, cut_at: str = "top") -> None:
        super().__init__()
        block_named(base, cut_at, "cut_at")
        self.base, self.classes = base, classes
        self.names = [block.name for block in blocks(base)]
        self.strip = Strip(
            blocks=described_blocks(blocks(base)),
            label="Where to cut",
            words=["kept", "cut away"],
            kinds=["kept", "gone"],
            boundary=self.names.index(cut_at) + 1,
        )
        units = [("+".join(map(str, each)) if each else "none", each) for each in _HIDDEN]
        self.hidden_units = controls.choice("Hidden layers:", units, ())
        self.numbers, self.table, self.code = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        self.strip.observe(self.guarded(self._moved), "boundary")
        self.hidden_units.observe(self.guarded(lambda change: self.update()), "value")
        self.update()
        self.show(
            self.strip,
            controls.row(self.hidden_units),
            self.numbers,
            self.table,
            self.code,
            call="attach_head(base, classes, cut_at=…, hidden_units=…); layer_table(model)",
        )

    def _moved(self, change: dict) -> None:
        self.strip.boundary = max(1, self.strip.boundary)  # at least the stem must be kept
        self.update()

    @property
    def cut_at(self) -> str:
        """The last block that is kept."""
        return self.names[max(1, self.strip.boundary) - 1]

    def parts(self) -> pd.DataFrame:
        """Return the parts of the model: see `cut_table`."""
        return head.cut_table(self.base, self.classes, self.cut_at, self.hidden_units.value)

    def update(self) -> None:
        """Redraw everything that follows from the cut."""
        parts = self.parts()
        is_head = parts.part.isin(self.names).map({True: False, False: True})
        kept, new = int(parts.params[~is_head].sum()), int(parts.params[is_head].sum())
        self.strip.spoken = f"cut after {self.cut_at}"
        width = parts.output_shape[~is_head].iloc[-1][-1]
        self.numbers.value = (
            f"<p>Cut after <b>{self.cut_at}</b>: {width} features reach the head. <b>{kept:,}</b> weights of the base "
            f"are kept; the new head has <b>{new:,}</b>.</p>"
        )
        rows = [self._row(part, head_part) for part, head_part in zip(parts.itertuples(), is_head, strict=True)]
        self.table.value = pictures.table(rows[-7:], "The last parts of the model")
        hidden = f", hidden_units={self.hidden_units.value}" if self.hidden_units.value else ""
        call = f'attach_head(base, classes={self.classes}, cut_at="{self.cut_at}"{hidden})'
        self.code.value = f"<p>In code: <code>model = {call}</code></p>"

    @staticmethod
    def _row(part, head_part: bool) -> dict:
        shape = " × ".join(map(str, part.output_shape))
        return {
            "part": part.part,
            "of the": "head" if head_part else "base",
            "out": shape,
            "weights": f"{part.params:,}",
        }

    def summary(self) -> str:
        hidden, weights = len(self.hidden_units.value), self.parts().params.sum()
        return f"cut after {self.cut_at}, {hidden} hidden layers, {weights:,} weights"

    def picture(self) -> plots.Picture:
        kept: Sequence[str] = self.names[: self.names.index(self.cut_at) + 1]
        rows = [(block.name, block.name in kept, block.params) for block in blocks(self.base)]
        table = pd.DataFrame(rows, columns=["block", "frozen", "params"])
        ax = plots.block_strip(table)
        ax.set_title("hatched: kept, filled: cut away", fontsize=9, loc="left", pad=18)
        return plots.described(ax, f"The cut point: {self.summary()}.")
