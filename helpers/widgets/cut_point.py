"""The cut point: where to cut a base, and what to graft onto it."""

from collections.abc import Sequence

import ipywidgets
import keras
import pandas as pd
from matplotlib.figure import Figure

from helpers import plots
from helpers.judging.block_probe import probe_blocks
from helpers.network import head
from helpers.network.blocks import block_named, blocks
from helpers.photos.loading import Photos
from helpers.photos.split import count_by_class
from helpers.widgets import charts, controls, pictures
from helpers.widgets.frame import Newest, WidgetFrame
from helpers.widgets.strip import Strip, described_blocks

_HIDDEN = ((), (32,), (64,), (128,), (256,), (128, 64))


class CutPoint(WidgetFrame):
    """Choose where to cut a base and which head to graft, and watch shapes and weights follow.

    Given photos, it also tells which cut is better: a linear probe on every block's features, beside its size.

    Without the widget: `cut_table(base, classes, cut_at, hidden_units)` in `helpers.network.head` gives the numbers,
    `attach_head` with the same arguments builds the model, and `probe_blocks(base, photos)` in
    `helpers.judging.block_probe` compares the cuts.

    Args:
        base: From `load_base`.
        classes: Number of classes.
        cut_at: The last block that is kept at first.
        photos: From `load_flowers` or `load_photos`. Without them cuts aren't compared.

    Attributes:
        probed: What `probe_blocks` returned so far; `None` at first.

    Example:
        >>> CutPoint(base, classes=5, cut_at="block5c", photos=photos)
    """

    def __init__(self, base: keras.Model, classes: int, cut_at: str = "top", photos: Photos | None = None) -> None:
        super().__init__()
        block_named(base, cut_at, "cut_at")
        self.photos, self._first = photos, cut_at
        self.probed: pd.DataFrame | None = None
        self.worker = Newest(self._failed)
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
        self._make_comparison()
        self.update()
        self.show(
            self.strip,
            controls.row(self.hidden_units, *([self.compare] if photos else []), self.reset),
            self.numbers,
            self.verdict,
            self.curve,
            self.table,
            self.code,
            call="attach_head(base, classes, cut_at=…, hidden_units=…); layer_table(model)",
        )

    def _make_comparison(self) -> None:
        self.verdict, self.curve = ipywidgets.HTML(), ipywidgets.HTML()
        self.verdict.add_class("graft-said")
        self.compare = controls.button("Which cut is better?", "Try a linear classifier on every block's features")
        self.reset = controls.button("Reset", "Back to the cut and the head at the beginning")
        self.compare.on_click(self.guarded(lambda button: self.compare_cuts()))
        self.reset.on_click(self.guarded(lambda button: self._reset()))

    def _reset(self) -> None:
        self.hidden_units.value = ()
        self.strip.boundary = self.names.index(self._first) + 1

    def compare_cuts(self) -> None:
        """Do what the button does, in a separate thread. `self.worker.wait()` waits until it ends."""
        photos = self.photos
        if photos is None:
            raise ValueError("Expected photos to compare cuts with. Received: none. Pass CutPoint(…, photos=photos).")
        self.compare.disabled = True
        self.verdict.value = "<p>Running the base over the training and validation photos once …</p>"

        def told(table: pd.DataFrame) -> None:
            self.verdict.value = f"<p>Trying block {len(table)} of {len(self.names)} …</p>"

        def job() -> None:
            self.probed = probe_blocks(self.base, photos, on_block=told)
            self.compare.disabled = False
            self.update()

        self.worker.ask(job)

    def _failed(self, error: BaseException) -> None:
        self.compare.disabled, self.verdict.value = False, ""
        self.tell(error)

    def _tell_comparison(self) -> None:
        if self.probed is None or self.photos is None:
            return
        table, here = self.probed, self.probed.loc[self.cut_at]
        best = table.accuracy.idxmax()
        kept = f"{table.weights[best] / table.weights.iloc[-1]:.0%} of the base's weights"
        self.verdict.value = (
            f"<p>Cut after {self.cut_at}, a linear classifier is right on <b>{here.accuracy:.3f}</b> of the validation "
            f"photos (95% interval {here.low:.3f} to {here.high:.3f}) and keeps {here.weights:,.0f} weights. Best of "
            f"all: <b>{best}</b>, {table.accuracy[best]:.3f}, with {kept}.</p>"
        )
        counts = count_by_class(self.photos.val).values()
        figure = Figure(figsize=(8, 2.4), layout="constrained")
        title = "accuracy of a linear classifier on the validation photos, by where the base is cut"
        charts.by_block(table[["accuracy"]], self.cut_at, max(counts) / sum(counts), figure.subplots(), title)
        text = "Accuracy of a linear probe by cut. " + ", ".join(f"{at} {a:.2f}" for at, a in table.accuracy.items())
        self.curve.value = pictures.drawing(figure, text)

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
        self._tell_comparison()

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
