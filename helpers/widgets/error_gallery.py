"""The error gallery: click a cell of the confusion matrix, and look at its photos."""

import html

import ipywidgets
import keras
import numpy as np
from matplotlib.figure import Figure

from helpers import plots
from helpers.judging import explain
from helpers.judging.heat_colours import DIFFERENCE, HEAT
from helpers.judging.neighbours import Neighbours
from helpers.judging.report import Report, evaluate
from helpers.photos.loading import Photos
from helpers.photos.split import Split
from helpers.widgets import charts, pictures
from helpers.widgets.frame import Newest, WidgetFrame
from helpers.widgets.gallery_still import MOST, drawn_gallery
from helpers.widgets.tiles import Tiles, photo_tiles

_MOST = 12  # photos of one cell


class ErrorGallery(WidgetFrame):
    """Look at a model's mistakes: which classes it confuses, on which photos, and why.

    Without the widget: `evaluate(model, split)` with `.confusion`, `.cell(label, predicted)`, `.above(threshold)`;
    `grad_cam(model, image)`; `Neighbours(model, photos).of(image)`.

    Args:
        model: A trained model, from `attach_head`.
        photos: What it was trained on.
        split: Photos to evaluate on; `photos.test` by default.
        report: From `evaluate(model, split)`; computed if it is not given.

    Example:
        >>> ErrorGallery(model, photos, report=report)
    """

    def __init__(
        self, model: keras.Model, photos: Photos, split: Split | None = None, report: Report | None = None
    ) -> None:
        super().__init__()
        self.model, self.photos = model, photos
        self.report = report or evaluate(model, photos.test if split is None else split)
        self.split = self.report.split
        self._neighbours: Neighbours | None = None
        self.worker = Newest(self.tell)
        names = list(photos.class_names)
        self.table = Tiles(
            columns=len(names), column_names=names, row_names=names, corner="true ↓ predicted →",
            label="Confusion matrix", tiles=self._cells(),
        )  # fmt: skip
        self.tiles = Tiles(label="Photos of this cell", side=80)
        self.why, self.told = ipywidgets.HTML(), ipywidgets.HTML()
        self.nearest = Tiles(selectable=False, side=80, label="Nearest training photos")
        self.threshold = ipywidgets.FloatSlider(
            value=0.0, min=0.0, max=0.99, step=0.01, description="Confidence threshold",
            style={"description_width": "initial"}, layout={"width": "360px"},
        )  # fmt: skip
        self.covered, self.curve = ipywidgets.HTML(), ipywidgets.HTML()
        self.table.observe(self.guarded(lambda change: self._open_cell()), "chosen")
        self.tiles.observe(self.guarded(lambda change: self._open_photo()), "chosen")
        self.threshold.observe(self.guarded(lambda change: self._show_coverage()), "value")
        self.table.chosen = self._worst_cell()
        self._show_coverage()
        self.show(
            self.table,
            self.told,
            self.tiles,
            self.why,
            self.nearest,
            self.threshold,
            self.covered,
            self.curve,
            call="report = evaluate(model, photos.test); report.confusion; report.worst(9); report.above(0.8)",
        )

    def _cells(self) -> list[dict]:
        counts, names = self.report.confusion.to_numpy(), self.photos.class_names
        most = counts.sum(axis=1, keepdims=True).clip(min=1)
        return [
            {
                "text": str(count),
                "shade": float(count / most[row, 0]),
                "alt": f"{names[row]} mistaken for {names[column]}: {count}"
                if row != column
                else f"{names[row]} classified correctly: {count}",
            }
            for (row, column), count in np.ndenumerate(counts)
        ]

    def _worst_cell(self) -> int:
        counts = self.report.confusion.to_numpy().copy()
        if counts.sum() == np.trace(counts):
            return 0
        np.fill_diagonal(counts, -1)
        return int(counts.argmax())

    @property
    def cell(self) -> tuple[int, int]:
        """True and predicted class of the chosen cell."""
        return divmod(self.table.chosen, len(self.photos.class_names))

    @property
    def rows(self) -> np.ndarray:
        """The photos of the chosen cell that are shown, the most confident first, as rows of the split."""
        return self.report.cell(*self.cell)[:_MOST]

    def _open_cell(self) -> None:
        label, predicted = (self.photos.class_names[number] for number in self.cell)
        count = len(self.report.cell(*self.cell))
        word = "classified correctly" if label == predicted else f"mistaken for {predicted}"
        shown = f"; the {_MOST} most confident are shown" if count > _MOST else ""
        self.told.value = f"<p><b>{html.escape(label)}</b> {html.escape(word)}: {count}{shown}</p>"
        rows = self.rows
        sure = [f"{each:.0%} sure" for each in self.report.probabilities[rows].max(axis=1)]
        self.tiles.tiles = photo_tiles(self.split.images(rows), sure, [f"{label} {word}, {each}" for each in sure])
        before, self.tiles.chosen = self.tiles.chosen, 0 if len(rows) else -1
        if before == self.tiles.chosen:  # otherwise its observer has already run
            self._open_photo()

    def _open_photo(self) -> None:
        self.nearest.tiles = []
        if not 0 <= self.tiles.chosen < len(self.rows):
            self.why.value = ""
            self.worker.ask(lambda: None)  # the photo being explained is no longer wanted
            return
        row, (label, predicted) = int(self.rows[self.tiles.chosen]), self.cell
        image = self.split.images([row])[0]
        self.why.value = self._reasons(row, image, ())
        self.worker.ask(lambda: self._explain(row, image, tuple(dict.fromkeys((predicted, label)))))

    def _reasons(self, row: int, image: np.ndarray, explained: tuple[int, ...]) -> str:
        names, label = self.photos.class_names, self.split.labels[row]
        shown = [(image, f"true: {names[label]}", f"The photo; it is {names[label]}")]
        for number in explained:
            warm = explain.overlay(image, explain.grad_cam(self.model, image, number))
            alt = f"The photo in grey, coloured where it counts as evidence for {names[number]}: yellow counts most"
            shown.append((warm, f"evidence for {names[number]}", alt))
        scales = pictures.colour_scale(HEAT, "evidence: little", "most") if explained else ""
        if len(explained) == 2:
            one, other = (names[number] for number in explained)
            apart = explain.difference_overlay(image, explain.answer_difference(self.model, image, *explained))
            alt = f"The photo in grey, orange where it speaks for {one} rather than {other}, blue where for {other}"
            shown.append((apart, f"{one} or {other}?", alt))
            scales += pictures.colour_scale(DIFFERENCE, f"for {other}", f"for {one}")
        bars = pictures.probability_bars(names, self.report.probabilities[row])
        return pictures.side_by_side(*shown, side=140) + scales + bars

    def _explain(self, row: int, image: np.ndarray, numbers: tuple[int, ...]) -> None:
        reasons = self._reasons(row, image, numbers)
        if self.worker.outdated():
            return
        self.why.value = reasons
        if self._neighbours is None:
            self._neighbours = Neighbours(self.model, self.photos)
        rows = self._neighbours.of(image).rows
        told = [self.photos.class_names[label] for label in self.photos.train.labels[rows]]
        alts = [f"nearest training photo {number}: {name}" for number, name in enumerate(told, start=1)]
        if not self.worker.outdated():
            self.nearest.tiles = photo_tiles(self.photos.train.images(rows), told, alts)

    def _show_coverage(self) -> None:
        threshold = self.threshold.value
        covered, accuracy = self.report.above(threshold)
        answer = (
            "so there is no accuracy" if np.isnan(accuracy) else f"and <b>{accuracy:.1%}</b> of these answers are right"
        )
        self.covered.value = (
            f"<p>If it answers only when at least {threshold:.0%} confident, it answers for "
            f"<b>{covered:.1%}</b> of the photos, {answer}.</p>"
        )
        figure = Figure(figsize=(5.5, 2.2), layout="constrained")
        right = self.report.predicted == self.split.labels
        charts.coverage(self.report.probabilities.max(axis=1), right, threshold, figure.subplots())
        text = f"Accuracy and share answered by confidence threshold; at {threshold:.0%}: {covered:.1%} answered."
        self.curve.value = pictures.drawing(figure, text)

    def summary(self) -> str:
        wrong = int((self.report.predicted != self.split.labels).sum())
        return f"{wrong} mistakes among {len(self.split)} {self.split.name} photos"

    def picture(self) -> plots.Picture:
        (label, predicted), rows = (self.photos.class_names[number] for number in self.cell), self.rows[:MOST]
        sure = [f"{each:.0%}" for each in self.report.probabilities[rows].max(axis=1)]
        told = [f"true: {label}\npredicted: {predicted}\n{each} sure" for each in sure]
        words = f"The error gallery: {self.summary()}."
        if told:
            words += f" From the marked cell: {'; '.join(told)}.".replace("\n", ", ")
        ax = drawn_gallery(self.report.confusion, self.cell, self.split.images(rows), told)
        return plots.described(ax, words)
