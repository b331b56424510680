"""The data dial: how many photos is pre-training worth?"""

import html

import ipywidgets
import pandas as pd
from matplotlib.figure import Figure

from helpers import plots
from helpers.experiments.photos_worth import PhotosWorth, own_best_rates, photos_worth
from helpers.widgets import charts, controls, pictures
from helpers.widgets.frame import WidgetFrame

_SCRATCH = "from scratch"


class DataDial(WidgetFrame):
    """Change the number of photos per class, and read off how many photos pre-training is worth.

    Without the widget: `photos_worth(own_best_rates(results), per_class, method)`.

    Args:
        results: One row per run: `method`, `per_class`, `learning_rate`, `seed`, `accuracy`, `val_accuracy`. From
            `stored_results("photos_per_class")`, or made from what `sweep` returns. If there are several learning
            rates, each method gets the one with the best validation accuracy.
        method: What is compared with training from scratch at first.

    Example:
        >>> DataDial(stored_results("photos_per_class"))
    """

    def __init__(self, results: pd.DataFrame, method: str = "frozen base") -> None:
        super().__init__()
        self.results = own_best_rates(results)
        methods = [each for each in self.results.method.unique() if each != _SCRATCH]
        if method not in methods or len(methods) == len(self.results.method.unique()):
            raise ValueError(
                f'Expected results of "{_SCRATCH}" and of "{method}". Received: {", ".join(results.method.unique())}.'
            )
        counts = sorted(int(each) for each in self.results.per_class.unique())
        self.per_class = controls.slider("Photos per class", counts, counts[0], width="320px")
        self.method = controls.choice("Pre-trained:", methods, method)
        self.told, self.curves, self.table = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        self.told.add_class("graft-said")
        for control in (self.per_class, self.method):
            control.observe(self.guarded(lambda change: self.update()), "value")
        self.update()
        self.show(
            controls.row(self.per_class, self.method),
            self.told,
            self.curves,
            self.table,
            call='photos_worth(own_best_rates(stored_results("photos_per_class")), per_class, method)',
        )

    def worth(self) -> PhotosWorth:
        """Return what pre-training is worth at this number of photos."""
        return photos_worth(self.results, self.per_class.value, self.method.value, _SCRATCH)

    def update(self) -> None:
        """Redraw everything that follows from the dial."""
        found = self.worth()
        scratch = self.results[(self.results.method == _SCRATCH) & (self.results.per_class == found.per_class)]
        lead = found.accuracy - scratch.accuracy.mean()
        self.told.value = (
            f"<p>With {found.per_class} photos per class, {html.escape(self.method.value)} reaches "
            f"<b>{found.accuracy:.3f}</b>, {lead:+.3f} compared with training from scratch. To match it, training "
            f"from scratch needs <b>{html.escape(str(found))}</b>.</p>"
        )
        figure = Figure(figsize=(7, 3), layout="constrained")
        charts.against_photos(self.results, figure.subplots(), found.per_class)
        self.curves.value = pictures.drawing(figure, self._in_words())
        self.table.value = pictures.table(self._rows(), "Mean test accuracy (lowest to highest seed)")

    def _rows(self) -> list[dict]:
        counts = sorted(self.results.per_class.unique())
        rows = []
        for method, runs in self.results.groupby("method", sort=False):
            seeds = {count: runs[runs.per_class == count].accuracy for count in counts}
            told = {f"{count} per class": f"{s.mean():.3f} ({s.min():.3f}–{s.max():.3f})" for count, s in seeds.items()}
            rows.append({"method": method} | told)
        return rows

    def _in_words(self) -> str:
        means = self.results.groupby(["method", "per_class"], sort=False).accuracy.mean()
        return "Accuracy by photos per class. " + "; ".join(
            f"{method}: {', '.join(f'{value:.2f}' for value in means[method].sort_index())}"
            for method in self.results.method.unique()
        )

    def summary(self) -> str:
        return f"{self.method.value} with {self.per_class.value} photos per class is worth {self.worth()}"

    def picture(self) -> plots.Picture:
        ax = Figure(figsize=(7, 3), layout="constrained").subplots()
        charts.against_photos(self.results, ax, self.per_class.value)
        return plots.described(ax, f"The data dial: {self.summary()}. {self._in_words()}.")
