"""A checklist that checks itself: what is done, what isn't yet, and why, as lines in a notebook."""

import html
from collections.abc import Callable
from dataclasses import dataclass

from helpers.exercises.error_log import first_line, log_traceback
from helpers.exercises.problem import NOT_ATTEMPTED, NOT_CHECKED, RIGHT, WRONG
from helpers.exercises.running import AnswerError
from helpers.exercises.view import SIGNS


@dataclass(frozen=True)
class Point:
    """One line of a checklist.

    Attributes:
        name: What should be done.
        outcome: `"right"`, `"wrong"`, `"not attempted"`, or `"not checked"` where the check itself failed.
        text: What was seen, or what to do.
    """

    name: str
    outcome: str
    text: str


class Checklist:
    """The points of a checklist; shown as a list in a notebook.

    Attributes:
        points: Each `Point`, in order.
    """

    def __init__(self, points: list[Point]) -> None:
        self.points = points

    @property
    def done(self) -> bool:
        """Whether every point is right."""
        return all(point.outcome == RIGHT for point in self.points)

    def sentence(self) -> str:
        """Return how many points are done."""
        done = sum(point.outcome == RIGHT for point in self.points)
        return f"{done} of {len(self.points)} points done" + (": ready to hand in." if self.done else ".")

    def __repr__(self) -> str:
        lines = [f"{SIGNS[point.outcome]} {point.name}: {point.text}" for point in self.points]
        return "\n".join([*lines, self.sentence()])

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<li><span role="img" aria-label="{point.outcome}">{SIGNS[point.outcome]}</span> '
            f"<b>{html.escape(point.name)}</b>: {html.escape(point.text)}</li>"
            for point in self.points
        )
        return f'<div role="status"><ul style="list-style:none">{rows}</ul><p>{self.sentence()}</p></div>'


def checked_point(name: str, check: Callable[..., str], *given: object) -> Point:
    """Return a point as its check finds it; whatever it is given, nothing is raised.

    Args:
        name: What should be done.
        check: Takes what the learner handed in, returns what is right about it, and raises `AnswerError` with what is
            wrong. It isn't called while anything is still `...`.
        given: What the learner handed in.
    """
    if any(value is ... for value in given):
        return Point(name, NOT_ATTEMPTED, "not checked yet: what it needs is still missing.")
    try:
        return Point(name, RIGHT, check(*given))
    except AnswerError as wrong:
        return Point(name, WRONG, str(wrong))
    except Exception as error:
        log_traceback(error)
        told = f"The check itself failed, which is not your fault: {first_line(error).rstrip('.')}."
        return Point(name, NOT_CHECKED, told)
