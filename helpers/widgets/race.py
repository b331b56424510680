"""The race: three ways to train, side by side against the clock."""

import html
import time
import weakref
from typing import ClassVar

import ipywidgets
import keras
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers import config, plots
from helpers.experiments.race import METHODS, race
from helpers.photos.loading import Photos
from helpers.photos.split import count_by_class
from helpers.training.settings import check_seed
from helpers.widgets import charts, controls, pictures
from helpers.widgets.frame import WidgetFrame, Worker

_SECONDS = (15, 30, 60, 120, 300)
_REDRAW = 0.5  # seconds between two drawings of the curves
_RETELL = 0.1  # seconds between two moves of the bar


class Race(WidgetFrame):
    """Train from scratch, on a frozen base, and by fine-tuning, from the same photos, until the time is up.

    The three take turns in one thread, a batch at a time, so that each gets a third of the computing time. `race` says
    how each is trained, and what is timed. Curves grow while they train; at the end there is one table. A third of 60
    seconds is enough for some 40 photos per class at 128 pixels; building the models comes before the clock starts.

    Without the widget: `race(photos, base, seconds)`.

    Args:
        photos: From `load_flowers` or `load_photos`. They are trained on `train` and judged on `val`.
        base: A pre-trained base from `load_base`. It is copied, never changed.
        seconds: What the slider is set to at first: the computing time of all three together.
        until: Highest block that stays frozen in fine-tuning; see `race`.
        seed: Decides the new heads, the random weights, the order of the photos, dropout and augmentation.

    Attributes:
        table: What `race` returned; `None` before the end of the first race.
        curves: All looks at the validation photos so far: `method`, `seconds`, `epochs`, `val_accuracy`.

    Raises:
        ValueError: If `seconds` or `seed` is wrong. Other errors are shown when the race begins.

    Example:
        >>> Race(photos, base, seconds=60)
    """

    _races: ClassVar[weakref.WeakSet] = weakref.WeakSet()

    def __init__(
        self,
        photos: Photos,
        base: keras.Model,
        seconds: float = 60,
        until: str | None = None,
        seed: int = config.SEED,
    ) -> None:
        super().__init__()
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not seconds > 0:
            raise ValueError(f"Expected seconds to be a number above 0. Received: {seconds!r}.")
        self.photos, self.base, self.until, self.seed = photos, base, until, check_seed(seed)
        self.table: pd.DataFrame | None = None
        self.curves = pd.DataFrame()
        self.worker = Worker(self._failed)
        self._drawn = self._told = 0.0
        self._readied = 0  # models
        Race._races.add(self)
        self.seconds = controls.slider("Seconds", _SECONDS, seconds, width="260px")
        self.start = controls.button("Start", "Train all three until the time is up", primary=True)
        self.stop = controls.button("Stop", "Stop within one batch, and compare what there is")
        self.stop.disabled = True
        # Screen readers read out `said` at each change; `count` changes too often for that and is only shown.
        self.said, self.count = ipywidgets.HTML(), ipywidgets.HTML()
        self.said.add_class("graft-said")
        self.bar = ipywidgets.FloatProgress(min=0, max=1, layout={"width": "200px"})
        self.shown, self.result, self.notes = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        self._connect()
        self.update()
        self.show(
            controls.row(self.seconds, self.start, self.stop, self.bar, self.count),
            self.notes,
            self.said,
            self.shown,
            self.result,
            call="table = race(photos, base, seconds=60)",
        )

    def _connect(self) -> None:
        self.seconds.observe(self.guarded(lambda change: self.update()), "value")
        self.start.on_click(self.guarded(lambda button: self.start_race()))
        self.stop.on_click(self.guarded(lambda button: self.worker.stop()))

    def update(self) -> None:
        """Say what the slider means."""
        share = self.seconds.value / len(METHODS)
        self.notes.value = (
            f'<p class="graft-quiet">{len(METHODS)} models take turns on {len(self.photos.train)} training photos; '
            f"each gets {share:.3g} seconds of computing time. The clock starts once they are built.</p>"
        )

    def start_race(self) -> None:
        """Do what the Start button does, in a separate thread. `self.worker.wait()` waits until it ends."""
        for other in list(Race._races):  # one race at a time, even if a cell with a race was run again
            other.worker.stop()
            other.worker.wait()
        self.curves, self.table = pd.DataFrame(), None
        self.shown.value = self.result.value = ""
        self._busy(True)
        seconds = float(self.seconds.value)
        self.worker.start(lambda: self._race(seconds))

    def _race(self, seconds: float) -> None:
        look = self.guarded(self._on_look)  # a figure that fails must not end the race

        def on_piece(what: str, spent: float) -> None:
            self._tell_time(what, spent, seconds)

        table = race(
            self.photos,
            self.base,
            seconds,
            until=self.until,
            seed=self.seed,
            on_look=lambda curves: look(curves, seconds),
            on_piece=on_piece,
            stop=self.worker.stopping,
        )
        if len(table):
            self.table = table
            self._draw(seconds)
            self.result.value = pictures.table(self.rows(), "Accuracy on the validation photos", marked=self._winner())
            self.bar.value = 1 if not self.worker.stopping() else self.bar.value
        self._busy(False)
        self.count.value = ""
        self.said.value = f"<p>{html.escape(self._ended(table))}</p>"

    def _tell_time(self, what: str, spent: float, seconds: float) -> None:
        if not spent:
            self._readied += 1
            self.count.value = f"model {self._readied} of {len(METHODS)}"
            return
        now = time.monotonic()
        if now - self._told < _RETELL:
            return
        self._told = now
        if not self.bar.value:
            self.said.value = "<p>The clock is running.</p>"
        self.bar.value = min(1.0, spent / seconds)
        self.count.value = f"{spent:.0f} of {seconds:g} seconds: {what}"

    def _on_look(self, curves: pd.DataFrame, seconds: float) -> None:
        self.curves = curves
        if time.monotonic() - self._drawn > _REDRAW:
            self._draw(seconds)
            self._drawn = time.monotonic()

    def _draw(self, seconds: float) -> None:
        figure = Figure(figsize=(8, 3), layout="constrained")
        self._draw_curves(seconds, figure.subplots())
        self.shown.value = pictures.drawing(figure, self._curves_in_words())

    def _draw_curves(self, seconds: float, ax: Axes) -> Axes:
        counts = count_by_class(self.photos.val).values()
        return charts.by_seconds(self.curves, METHODS, seconds / len(METHODS), max(counts) / sum(counts), ax)

    def _curves_in_words(self) -> str:
        if self.curves.empty:
            return "No curves yet."
        last = self.curves.groupby("method", sort=False).last()
        told = (f"{name} {row.val_accuracy:.3f} after {row.seconds:.0f} s" for name, row in last.iterrows())
        return f"Validation accuracy against seconds of computing time. Last: {'; '.join(told)}."

    def rows(self) -> list[dict]:
        """Return the table as it is shown: one dict per method."""
        assert self.table is not None
        return [
            {
                "method": row["method"],
                "epochs": f"{row['epochs']:.1f}",
                "seconds": f"{row['seconds']:.1f}",
                "val accuracy": f"{row['accuracy']:.3f}",
                "95% interval": f"{row['low']:.3f} to {row['high']:.3f}",
            }
            for row in self.table.to_dict("records")
        ]

    def _winner(self) -> int | None:
        assert self.table is not None
        first = self.table.accuracy == self.table.accuracy.max()
        return int(first.to_numpy().argmax()) if first.sum() == 1 else None

    def _ended(self, table: pd.DataFrame) -> str:
        if not len(table):
            return "Stopped before the clock started, so nothing was trained."
        how = "Stopped" if self.worker.stopping() else "Time is up"
        return f"{how} after {table.seconds.sum():.0f} seconds. Validation accuracy: {self._standings(table)}."

    def _standings(self, table: pd.DataFrame) -> str:
        ordered = table.sort_values("accuracy", ascending=False, kind="stable").to_dict("records")
        return ", ".join(f"{r['method']} {r['accuracy']:.3f} ({r['low']:.3f} to {r['high']:.3f})" for r in ordered)

    def _busy(self, busy: bool) -> None:
        self.start.disabled = self.seconds.disabled = busy
        self.stop.disabled = not busy
        if busy:
            self.bar.value, self.count.value, self._readied = 0, "", 0
            self.said.value = "<p>Getting ready: three models are built, and TensorFlow traces their steps.</p>"

    def _failed(self, error: BaseException) -> None:
        self._busy(False)
        self.said.value = ""
        self.tell(error)

    def summary(self) -> str:
        if self.table is None:
            return f"{', '.join(METHODS)}; {self.seconds.value:g} seconds; not run yet"
        return f"after {self.table.seconds.sum():.0f} seconds, {self._standings(self.table)}"

    def picture(self) -> plots.Picture:
        ax = Figure(figsize=(8, 3), layout="constrained").subplots()
        self._draw_curves(self.seconds.value, ax)
        if self.curves.empty:
            ax.set_title("not run yet: run this cell in JupyterLab, and press Start", loc="left", fontsize=10)
        return plots.described(ax, f"The race: {self.summary()}.")
