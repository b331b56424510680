"""The board of runs: live curves, a table, a figure that compares them, and each run as code.

A board is kept as long as the kernel runs: a cell with a lab that is run again shows the runs that were there before.
"""

import html
from collections import OrderedDict
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import ClassVar

import ipywidgets
import keras
import pandas as pd
from matplotlib.figure import Figure

from helpers.exercises.error_log import log_and_tell
from helpers.judging.comparison import compare
from helpers.judging.report import Report
from helpers.photos.loading import Photos
from helpers.training.recipe import Recipe
from helpers.training.run import Run
from helpers.widgets import charts, controls, pictures
from helpers.widgets.code import CodeButton
from helpers.widgets.run_file import KeptRun, load_runs, save_runs

AGAINST = "against run 1 (95% interval)"
_BOARDS = 4  # kept at a time; a board holds its models
# Columns of the table that appear once a run has something else there.
_USUAL = {
    "photos per class": "all",
    "schedule": "constant",
    "BatchNorm": "frozen",
    "augment": "no",
    "head": "plain",
    "head first": "no",
    "went on": "no",
    "stopped": "no",
    AGAINST: "",
}


class RunBoard:
    """What the freeze lab shows of its runs.

    All runs are judged on the same validation photos, so each is compared with the first one photo by photo.

    Attributes:
        runs: List of pairs of a `Recipe` and its `Run`.
        model: The model of the last run; `None` at first.
        starts: Models with a trained head to start from, by the recipe that made them.
        clear: The button that forgets all runs.
        source: Photos and base of all runs; `LabControls` sets it.
        parts: The widgets to show, from top to bottom.
    """

    _kept: ClassVar["OrderedDict[Hashable, RunBoard]"] = OrderedDict()

    @classmethod
    def kept(cls, key: Hashable) -> "RunBoard":
        """Return the board that this kernel keeps under a key, a new one if there is none."""
        board = cls._kept.setdefault(key, cls())
        cls._kept.move_to_end(key)
        while len(cls._kept) > _BOARDS:
            cls._kept.popitem(last=False)
        return board

    def __init__(self) -> None:
        self.runs: list[tuple[Recipe, Run]] = []
        self.model: keras.Model | None = None
        self.starts: dict[Recipe, keras.Model] = {}
        self._began: list[dict[str, str]] = []  # per run: the head first, going on, and whether it was stopped
        self._reports: list[Report] = []
        self.curves, self.table, self.compared = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        self.chosen = controls.choice("Run:", [("none yet", None)], None)
        self.code = CodeButton()
        self.clear = controls.button("Clear the table", "Forget all runs; this can't be undone")
        self.copying = controls.row(self.chosen, self.code, self.clear)
        self.copying.layout.display = "none"  # until there is a run
        self.source: tuple[Photos, keras.Model] | None = None
        self._make_filing()
        self.parts = (self.curves, self.table, self.compared, self.copying, self.filing, self.filed)

    def _make_filing(self) -> None:
        self.file = ipywidgets.Text(value="my_runs", description="File:", layout={"width": "220px"})
        self.file.style.description_width = "initial"  # pyright: ignore[reportAttributeAccessIssue]
        self.save_it = controls.button("Save the runs", "Write all runs on the table into a file")
        self.load_it = controls.button("Load runs", "Add the runs in a file to the table")
        self.filed = ipywidgets.HTML('<p class="graft-quiet">In code: <code>lab.board.save("my_runs")</code>, '
                                     '<code>lab.board.load("my_runs")</code></p>')  # fmt: skip
        self.save_it.on_click(lambda button: self._filing(lambda: f"saved in {self.save(self.file.value)}"))
        self.load_it.on_click(lambda button: self._filing(lambda: f"{self.load(self.file.value)} loaded"))
        self.filing = controls.row(self.file, self.save_it, self.load_it)

    def _filing(self, action: Callable[[], str]) -> None:
        try:
            told, kind = action(), 'role="status"'
        except (OSError, ValueError) as error:
            told, kind = log_and_tell(error), 'class="graft-trouble" role="alert"'
        self.filed.value = f"<p {kind}>{html.escape(told)}</p>"

    def save(self, path: str | Path) -> Path:
        """Write all runs on the board, and the last model, into one file, and return its path.

        Args:
            path: A name; `.npz` is added where it has no ending.
        """
        together = zip(self.runs, self._reports, self._began, strict=True)
        kept = [KeptRun(recipe, run, report, began) for (recipe, run), report, began in together]
        if self.model is None:
            raise ValueError("Expected at least one run to save. Received: none. Press Train first.")
        return save_runs(path, kept, self.model)

    def load(self, path: str | Path) -> str:
        """Add the runs in a file to the board, and say how many. "Go on from here" goes on from the last of them.

        Raises:
            FileNotFoundError: If there is no such file.
            ValueError: If it is something else, or its runs are of other photos or another base.
        """
        assert self.source is not None  # a lab has shown the board
        runs, self.model = load_runs(path, *self.source)
        for kept in runs:
            self.runs.append((kept.recipe, kept.run))
            self._reports.append(kept.report)
            self._began.append(kept.began)
        self._show_runs(len(self.runs[-1][1].history))
        return f"{len(runs)} run" if len(runs) == 1 else f"{len(runs)} runs"

    def forget(self) -> None:
        """Take all runs off the board."""
        for kept in (self.runs, self.starts, self._began, self._reports):
            kept.clear()
        self.model = None
        self.curves.value = self.table.value = self.compared.value = ""
        self.chosen.value, self.chosen.options = None, [("none yet", None)]
        self.copying.layout.display = "none"

    def add(
        self, recipe: Recipe, run: Run, model: keras.Model, report: Report, epochs: int, continued: bool = False
    ) -> None:
        """Add a run to the board.

        Args:
            recipe: How its model was made. The run is the last step.
            run: The record of the last step.
            model: What came of it.
            report: That model on the validation photos.
            epochs: How many it was meant to take.
            continued: Whether it went on from the run before it.
        """
        first = self._began[-1]["head first"] if continued else _yes(len(recipe.steps) > 1)
        stopped = len(run.history) < epochs
        self._began.append({"head first": first, "went on": _yes(continued), "stopped": _yes(stopped)})
        self.runs.append((recipe, run))
        self.model = model
        self._reports.append(report)
        self._show_runs(epochs)

    def _show_runs(self, epochs: int) -> None:
        self.draw_curves(self.runs[-1][1].history, epochs)
        self.table.value = pictures.table(self.rows(), "Every run so far", marked=len(self.runs) - 1)
        self.compared.value = self._draw_comparison()
        self.chosen.options = [(f"{number}", number) for number in range(1, len(self.runs) + 1)]
        self.chosen.value = len(self.runs)
        self.copying.layout.display = None
        self.show_code()

    def rows(self) -> list[dict]:
        """Return the table of runs: one dict per run, without the columns in which every run has the usual value."""
        rows = [
            _what_was_done(number, recipe, run) | began | self._what_came_of_it(number - 1)
            for number, ((recipe, run), began) in enumerate(zip(self.runs, self._began, strict=True), start=1)
        ]
        dull = {name for name, usual in _USUAL.items() if all(row[name] == usual for row in rows)}
        return [{name: value for name, value in row.items() if name not in dull} for row in rows]

    def _what_came_of_it(self, index: int) -> dict[str, str]:
        run, report = self.runs[index][1], self._reports[index]
        best = len(self.runs) > 1 and report.accuracy == max(each.accuracy for each in self._reports)
        against = compare(report, self._reports[0])
        low, high = against.interval
        return {
            "val accuracy": f"{run.val_accuracy:.3f}{' (best)' if best else ''}",
            AGAINST: f"{against.difference:+.3f} ({low:+.3f} to {high:+.3f})" if index else "",
            "seconds": f"{run.seconds:.1f}",
        }

    def show_code(self) -> None:
        """Give the button the chosen run's code."""
        number = self.chosen.value
        self.code.code = self.runs[number - 1][0].code(prefix="lab_") if number else ""

    def set_aside(self, past: bool = True) -> None:
        """Show the curves that are there as those of the run before, or as what they are."""
        (self.curves.add_class if past else self.curves.remove_class)("graft-past")

    def draw_curves(self, history: pd.DataFrame, epochs: int) -> None:
        """Draw the curves of a run that may still be in progress."""
        figure = Figure(figsize=(8, 2.4), layout="constrained")
        axes = figure.subplots(1, 2)
        charts.curve(history, "accuracy", axes[0])
        charts.curve(history, "loss", axes[1])
        for ax in axes:
            ax.set_xlim(0.5, epochs + 0.5)  # room for the epochs to come
        last = history.iloc[-1]
        text = (
            f"Learning curves, {count_epochs(len(history))}. Last: accuracy {last.accuracy:.3f} in training, "
            f"{last.val_accuracy:.3f} on validation photos; {last.seconds:.2f} seconds."
        )
        first, fastest = history.seconds.iloc[0], history.seconds.min()
        seconds = (
            f"the first epoch took {first:.2f} s, the fastest {fastest:.2f} s; before the first run of its kind, "
            "TensorFlow compiles the steps"
        )
        self.curves.value = pictures.drawing(figure, text) + f'<p class="graft-quiet">{seconds}</p>'
        self.set_aside(False)

    def _draw_comparison(self) -> str:
        if len(self.runs) < 2:
            return ""
        figure = Figure(figsize=(8, 2.2), layout="constrained")
        seconds, accuracies = zip(*((run.seconds, run.val_accuracy) for _, run in self.runs), strict=True)
        charts.numbered_points(seconds, accuracies, "seconds", "val accuracy", figure.subplots())
        best = max(range(len(accuracies)), key=accuracies.__getitem__)
        text = f"Accuracy against seconds for each run; run {best + 1} is the most accurate."
        return pictures.drawing(figure, text)


def _what_was_done(number: int, recipe: Recipe, run: Run) -> dict:
    step = recipe.steps[-1]
    return {
        "run": number,
        "frozen up to": run.boundary or "nothing",
        "learning rate": f"{step.learning_rate:g}",
        "epochs": f"{step.stop_after} of {step.epochs}" if step.stop_after else step.epochs,
        "photos per class": step.per_class or "all",
        "schedule": step.schedule or "constant",
        "BatchNorm": step.batchnorm,
        "augment": _yes(bool(step.augment)),
        "head": "×".join(map(str, recipe.hidden_units)) or "plain",
    }


def _yes(answer: bool) -> str:
    return "yes" if answer else "no"


def count_epochs(count: int) -> str:
    """Return a number of epochs in words."""
    return f"{count} epoch" if count == 1 else f"{count} epochs"
