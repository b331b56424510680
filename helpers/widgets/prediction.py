"""Prediction: make one before the deciding cell, and see it next to the result afterwards.

What was predicted is kept as long as the kernel runs, so running the cell again doesn't lose it.
"""

import html
import textwrap
from collections.abc import Sequence
from typing import Any, ClassVar

import ipywidgets
from matplotlib.axes import Axes

from helpers import plots
from helpers.experiments.bands import stored_band
from helpers.widgets import charts, controls
from helpers.widgets.frame import WidgetFrame


class Prediction(WidgetFrame):
    """Ask for a prediction, keep it, and compare it with what was measured.

    Nothing waits for an answer, but `reveal` shows the result only to those who have predicted it, or who pressed
    "Skip". Without the widget: `guess.commit(0.7)` or `guess.skip()`.

    Args:
        lesson: Number of the lesson, such as `"04"`.
        result: The name in the lesson's `result` cell that is to be predicted.
        question: What the learner is asked.
        choices: Words to choose from. Without them the learner predicts a number.
        low: The lowest number that can be predicted.
        high: The highest.

    Attributes:
        committed: The prediction, or `None` until there is one.
        skipped: Whether the learner would rather see the result without predicting it.

    Raises:
        ValueError: If there are fewer than two different choices and no range.

    Example:
        >>> guess = Prediction("04", "accuracy", "What share will the new head classify correctly?")
        >>> guess.commit(0.7)
        >>> guess.reveal(0.79)
    """

    _kept: ClassVar[dict[tuple, "float | str"]] = {}  # what was predicted in this kernel, by what was asked

    def __init__(
        self, lesson: str, result: str, question: str, choices: tuple[str, ...] = (), low: float = 0, high: float = 1
    ) -> None:
        super().__init__()
        if (choices and len(set(choices)) < 2) or (not choices and not low < high):
            raise ValueError(
                f"Expected at least two choices, or a range to predict in. Received: {choices!r}, {low} to {high}."
            )
        self.question, self.choices, self.low, self.high = question, tuple(choices), low, high
        self.band = stored_band(lesson, result)
        self._asked = (lesson, result, question, self.choices, low, high)
        self.committed: float | str | None = self._kept.get(self._asked)
        self.truth: float | str | None = None
        self.skipped = False
        self.control = self._control()
        self.button = controls.button(
            "Save my prediction", "Save this prediction; you can't change it afterwards", True
        )
        self.pass_over = controls.button("Skip", "See the result without predicting it")
        self.said = ipywidgets.HTML()
        self.said.add_class("graft-said")
        self.button.on_click(self.guarded(lambda pressed: self._save()))
        self.pass_over.on_click(self.guarded(lambda pressed: self.skip()))
        self._touched = False  # a slider that was never moved is no prediction
        if self.committed is not None:
            self.control.value = self.committed
        self.control.observe(self.guarded(lambda change: self._touch()), "value")
        self.update()
        asked = ipywidgets.HTML(f"<p>{html.escape(question)}</p>")
        example = repr(choices[0]) if choices else f"{(low + high) / 2:g}"
        self.show(asked, controls.row(self.control, self.button, self.pass_over), self.said, call=f".commit({example})")

    def _touch(self) -> None:
        self._touched = True
        self.update()

    def _control(self) -> ipywidgets.Widget:
        if self.choices:
            return controls.choice("I predict", [("…", None), *((each, each) for each in self.choices)], None)
        step = (self.high - self.low) / 100
        return ipywidgets.FloatSlider(
            value=self.low,
            min=self.low,
            max=self.high,
            step=step,
            description="I predict",
            readout_format=".2f" if step < 0.1 else ".0f",
            style={"description_width": "initial"},
            layout={"width": "320px"},
        )

    def _save(self) -> None:
        # The button is never disabled before it is pressed: a quick press would be lost on its way to the kernel.
        if self._touched:
            self.commit(self.control.value)
        elif self.committed is None:
            self.said.value = f"<p>{'Choose an answer' if self.choices else 'Move the slider'} first.</p>"

    def skip(self) -> None:
        """Let `reveal` show the result without a prediction."""
        self.skipped = self.committed is None
        self.update()

    def commit(self, guess: float | str) -> None:
        """Keep a prediction. The first one counts, and none counts once the result is known.

        Args:
            guess: One of the choices, or a number in the range.

        Raises:
            ValueError: If it is not one of the choices, or is outside the range.
        """
        number = _number(guess)
        fits = guess in self.choices if self.choices else number is not None and self.low <= number <= self.high
        if not fits:
            wanted = ", ".join(map(repr, self.choices)) if self.choices else f"a number from {self.low} to {self.high}"
            raise ValueError(f"Expected {wanted}. Received: {guess!r}.")
        if self.committed is None and not self._known:
            self.committed = self._kept[self._asked] = guess
            self.update()

    @property
    def _known(self) -> bool:
        return self.skipped and self.truth is not None

    def reveal(self, truth: float | str) -> plots.Picture:
        """Show the prediction next to what was measured; without one, only how to see it.

        Args:
            truth: What was measured: a number, or one of the choices.

        Returns:
            A picture that says the same in words.
        """
        self.truth = truth
        self.update()
        if self.committed is None and not self.skipped:
            ask = "Make your prediction above, or press Skip there, and run this cell again."
            return plots.described(self._headed(self._marked(), ask), ask)
        ax = self._marked(truth, () if self.band is None else self.band.values)
        return plots.described(self._headed(ax, self.verdict()), self.verdict())

    def _marked(self, truth: float | str | None = None, seeds: Sequence[float] = ()) -> Axes:
        if self.choices:
            return charts.marked_choices(self.choices, _word(self.committed), _word(truth))
        return charts.marked_line(self.low, self.high, _number(self.committed), _number(truth), seeds)

    def _headed(self, ax: Axes, told: str) -> Axes:
        # The question is drawn as well: on a stored page there is no widget that asks it.
        figure: Any = ax.get_figure(root=True)
        line = 9 * 1.4 / 72 / figure.get_figheight()  # of the words, as a share of the figure
        words = textwrap.wrap(told, 84)
        look: dict = {"va": "bottom", "parse_math": False}
        figure.text(0.06, 1 + 0.7 * line, "\n".join(words), fontsize=9, **look)
        above = 1 + line * (len(words) + 1.1)
        figure.text(0.06, above, textwrap.fill(self.question, 64), fontsize=10, weight="bold", **look)
        return ax

    def verdict(self) -> str:
        """Return prediction and result in words."""
        told = [
            f"You predicted {_told(self.committed)}."
            if self.committed is not None
            else "You haven't made a prediction."
        ]
        told.append(f"Measured: {_told(self.truth)}.")
        if self.committed is not None and self.choices:
            told.append("You were right." if self.committed == self.truth else "You predicted something else.")
        elif (guess := _number(self.committed)) is not None and (truth := _number(self.truth)) is not None:
            told.append(f"You were {_told(abs(guess - truth))} off.")
        if self.band is not None:
            told.append(f"Several seeds with the lesson's default settings gave {self.band}.")
        return " ".join(told)

    def update(self) -> None:
        """Show the prediction, and disable the controls once it can't be changed."""
        closed = self.committed is not None or self._known
        self.control.disabled = self.button.disabled = self.pass_over.disabled = closed
        if self.committed is not None:
            told = f"You predicted {_told(self.committed)}. Now run the next cells."
        elif self.skipped:
            told = "The result is already known." if closed else "Skipped. The next cells will show the result."
        else:
            told = "Make your prediction, then run the next cells."
        self.said.value = f"<p>{html.escape(told)}</p>"

    def summary(self) -> str:
        return self.question + (f" You predicted {_told(self.committed)}." if self.committed is not None else "")

    def picture(self) -> plots.Picture:
        if self.committed is not None:
            told, text = f"You predicted {_told(self.committed)}.", self.summary()
        else:
            told = "Choose an answer before you go on." if self.choices else "Make a prediction before you go on."
            text = f"Make a prediction before you go on: {self.question}"
        return plots.described(self._headed(self._marked(), told), text)


def _number(value: float | str | None) -> float | None:
    return None if value is None or isinstance(value, (str, bool)) else value


def _word(value: float | str | None) -> str | None:
    return value if isinstance(value, str) else None


def _told(value: float | str | None) -> str:
    return value if isinstance(value, str) else f"{value:.3g}"
