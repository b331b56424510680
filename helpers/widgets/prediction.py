"""Prediction: commit a guess before the deciding cell, and see it beside the truth afterwards."""

import html
import textwrap

import ipywidgets

from helpers import plots
from helpers.experiments.bands import stored_band
from helpers.widgets import charts, controls
from helpers.widgets.frame import WidgetFrame


class Prediction(WidgetFrame):
    """Ask for a guess, keep it, and hold it against what was measured.

    Nothing waits for an answer: where no guess is committed, as in a run without a reader, the truth is shown alone.
    Without the widget: `guess.commit(0.7)`.

    Args:
        lesson: Number of the lesson, such as `"04"`.
        result: The name in the lesson's `result` cell that is guessed.
        question: What is asked.
        choices: Words to choose from. Without them, a number is asked for.
        low: The lowest number that can be guessed.
        high: The highest.

    Attributes:
        committed: The guess, once it is committed; else `None`.

    Raises:
        ValueError: If there are neither two choices nor a range.

    Example:
        >>> guess = Prediction("04", "accuracy", "What share will the new head name rightly?")
        >>> guess.commit(0.7)
        >>> guess.reveal(0.79)
    """

    def __init__(
        self, lesson: str, result: str, question: str, choices: tuple[str, ...] = (), low: float = 0, high: float = 1
    ) -> None:
        super().__init__()
        if (choices and len(set(choices)) < 2) or (not choices and not low < high):
            raise ValueError(
                f"Expected at least two choices, or a range to guess in. Received: {choices!r}, {low} to {high}."
            )
        self.question, self.choices, self.low, self.high = question, tuple(choices), low, high
        self.band = stored_band(lesson, result)
        self.committed: float | str | None = None
        self.truth: float | str | None = None
        self.control = self._control()
        self.button = controls.button("Commit my guess", "Keep this guess; it cannot be changed afterwards", True)
        self.said = ipywidgets.HTML()
        self.said.add_class("graft-said")
        self.button.on_click(self.guarded(lambda pressed: self.commit(self.control.value)))
        self._touched = False  # a guess that was only left as it stood is none
        self.control.observe(self.guarded(lambda change: self._touch()), "value")
        self.update()
        asked = ipywidgets.HTML(f"<p>{html.escape(question)}</p>")
        example = repr(choices[0]) if choices else f"{(low + high) / 2:g}"
        self.show(asked, controls.row(self.control, self.button), self.said, call=f".commit({example})")

    def _touch(self) -> None:
        self._touched = True
        self.update()

    def _control(self) -> ipywidgets.Widget:
        if self.choices:
            return controls.choice("I guess", [("…", None), *((each, each) for each in self.choices)], None)
        step = (self.high - self.low) / 100
        return ipywidgets.FloatSlider(
            value=self.low,
            min=self.low,
            max=self.high,
            step=step,
            description="I guess",
            readout_format=".2f" if step < 0.1 else ".0f",
            style={"description_width": "initial"},
            layout={"width": "320px"},
        )

    def commit(self, guess: float | str) -> None:
        """Keep a guess. The first counts, and none counts once the truth is out.

        Raises:
            ValueError: If it is none of the choices, or outside the range.
        """
        fits = guess in self.choices if self.choices else _is_number(guess) and self.low <= guess <= self.high
        if not fits:
            wanted = ", ".join(map(repr, self.choices)) if self.choices else f"a number from {self.low} to {self.high}"
            raise ValueError(f"Expected {wanted}. Received: {guess!r}.")
        if self.committed is None and self.truth is None:
            self.committed = guess
            self.update()

    def reveal(self, truth: float | str) -> plots.Picture:
        """Show the guess beside what was measured.

        Args:
            truth: What was measured: a number, or one of the choices.

        Returns:
            A picture, with the same in words.
        """
        self.truth = truth
        self.update()
        if self.choices:
            ax = charts.marked_choices(self.choices, self.committed, truth)
        else:
            ax = charts.marked_line(self.low, self.high, self.committed, truth, self.band and self.band.values)
        ax.figure.suptitle(textwrap.fill(self.verdict(), 84), x=0.06, y=1.02, ha="left", va="bottom", fontsize=9)
        return plots.described(ax, self.verdict())

    def verdict(self) -> str:
        """Return guess and truth in words."""
        told = [f"You guessed {_told(self.committed)}." if self.committed is not None else "You committed no guess."]
        told.append(f"Measured: {_told(self.truth)}.")
        if self.committed is not None and self.choices:
            told.append("You were right." if self.committed == self.truth else "You thought otherwise.")
        elif self.committed is not None:
            told.append(f"You were {_told(abs(self.committed - self.truth))} off.")
        if self.band is not None:
            told.append(f"Several seeds with the course's own pictures gave {self.band}.")
        return " ".join(told)

    def update(self) -> None:
        """Show what has been committed, and close the controls once nothing can be."""
        closed = self.committed is not None or self.truth is not None
        self.control.disabled, self.button.disabled = closed, closed or not self._touched
        if self.committed is not None:
            told = f"You said {_told(self.committed)}. Go on, and see."
        else:
            told = "Guess first, then run the next cells. Outputs that stand there are from an earlier run."
            told = "The answer is out." if closed else told
        self.said.value = f"<p>{html.escape(told)}</p>"

    def summary(self) -> str:
        return self.question + (f" You said {_told(self.committed)}." if self.committed is not None else "")

    def picture(self) -> plots.Picture:
        if self.choices:
            ax = charts.marked_choices(self.choices, self.committed)
        else:
            ax = charts.marked_line(self.low, self.high, self.committed)
        return plots.described(ax, f"To guess before you go on: {self.question}")


def _is_number(value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _told(value: float | str | None) -> str:
    return value if isinstance(value, str) else f"{value:.3g}"
