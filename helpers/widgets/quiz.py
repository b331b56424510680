"""A lesson's quiz, and what of it was answered correctly."""

from collections.abc import Sequence
from pathlib import Path

import anywidget
import traitlets

from helpers.exercises import quizzes, records
from helpers.exercises.problem import RIGHT, WRONG
from helpers.exercises.view import SIGNS, Message
from helpers.widgets.frame import STYLE


class QuizWatcher(anywidget.AnyWidget):
    """Counts the correct answers of the quiz that stands above it in the same cell, and keeps them on disk.

    Args:
        lesson: Number of the lesson, such as `"04"`.

    Attributes:
        right: Places of the questions answered correctly, from 0; in earlier sessions, too.
        tried: Places of those answered wrongly.
        said: The line that is shown.
    """

    _esm = Path(__file__).with_name("quiz.js")
    _css = STYLE
    right = traitlets.List(traitlets.Int()).tag(sync=True)
    tried = traitlets.List(traitlets.Int()).tag(sync=True)
    said = traitlets.Unicode().tag(sync=True)

    def __init__(self, lesson: str) -> None:
        self._lesson, self._count = lesson, len(quizzes.questions(lesson))
        kept = records.kept()
        before = [place for place in range(self._count) if kept.get((lesson, _name(place))) == RIGHT]
        super().__init__(right=before, said=self._sentence(before))
        self.observe(lambda change: self._keep(), ["right", "tried"])

    def _keep(self) -> None:
        for places, outcome in ((self.tried, WRONG), (self.right, RIGHT)):
            for place in places:
                records.keep(self._lesson, _name(place), outcome)
        self.said = self._sentence(self.right)

    def _sentence(self, right: list[int]) -> str:
        return f"{len(right)} of {self._count} questions answered correctly."

    def __repr__(self) -> str:
        return f"<QuizWatcher: {self.said}>"

    def _repr_mimebundle_(self, **kwargs) -> tuple[dict, dict]:
        # Where widgets don't render there is nothing to count with, so nothing is shown.
        data, described = super()._repr_mimebundle_(**kwargs) or ({}, {})
        return {**data, "text/html": "<p></p>", "text/plain": ""}, described


def quiz(lesson: str, answers: Sequence[int | None] | None = None) -> None:
    """Show a lesson's quiz below the cell, and keep what is answered correctly for `progress()`.

    Args:
        lesson: Its number, such as `"04"`.
        answers: Your choices, to hand in: a notebook doesn't keep what was clicked. For each question the number of a
            choice, counted from 1 in the order in which they are shown, or `None` to skip it.

    Raises:
        ValueError: If the lesson has no quiz, or the answers don't fit its questions.

    Example:
        >>> quiz("04")
        >>> quiz("04", answers=[2, 1, 3, None])
    """
    from IPython.display import display

    said = [] if answers is None else quizzes.judged(lesson, answers)
    quizzes.show(lesson)
    for place, answer in enumerate(said):
        if answer is not None:
            text, is_right, feedback = answer
            outcome = RIGHT if is_right else WRONG
            records.keep(lesson, _name(place), outcome)
            told = f"Question {place + 1}, “{text}” {feedback}"
            display(Message(f"{SIGNS[outcome]} {outcome}", told, outcome=outcome))
    display(QuizWatcher(lesson))


def _name(place: int) -> str:
    return f"quiz{place + 1}"
