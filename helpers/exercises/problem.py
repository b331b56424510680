"""A problem that checks an answer: right, wrong and why, or not attempted. Nothing is displayed here."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

RIGHT, WRONG, NOT_ATTEMPTED = "right", "wrong", "not attempted"


@dataclass(frozen=True)
class Verdict:
    """What came of checking an answer.

    Attributes:
        outcome: `"right"`, `"wrong"` or `"not attempted"`.
        text: What about it is right or wrong, or what to do first.
    """

    outcome: str
    text: str


@dataclass(frozen=True)
class Problem:
    """A question with a check, hints and a solution.

    Attributes:
        name: Such as `"q1"`.
        question: One sentence.
        judge: Takes an answer and what else the question gives, and returns what is wrong with it, or `None`.
        praise: What a right answer shows.
        hints: From vague to plain.
        code: A solution as code, which puts its answer into `answer`.
    """

    name: str
    question: str
    judge: Callable[..., str | None]
    praise: str
    hints: tuple[str, ...]
    code: str
    _told: list[int] = field(default_factory=lambda: [0], compare=False, repr=False)

    def verdict(self, answer: Any = None, **given: Any) -> Verdict:
        """Judge an answer. Whatever it is, nothing is raised."""
        if answer is None or answer is ...:
            return Verdict(NOT_ATTEMPTED, f"{self.question} Put your answer in place of the dots, and check again.")
        try:
            fault = self.judge(answer, **given)
        except Exception as error:
            kind = type(answer).__name__
            fault = f"Your answer, of type {kind}, could not be checked: {type(error).__name__}: {error}"
        return Verdict(WRONG, fault) if fault else Verdict(RIGHT, self.praise)

    def next_hint(self) -> str:
        """Return the next hint; the last one again and again."""
        number = min(self._told[0], len(self.hints) - 1)
        self._told[0] += 1
        return self.hints[number]


def run_on(function: Any, *arguments: Any) -> tuple[Any, str | None]:
    """Call a learner's function and return what it returns and, if it cannot be called so, what is wrong with it."""
    if not callable(function):
        return None, f"A function was expected. This is of type {type(function).__name__}."
    try:
        return function(*arguments), None
    except Exception as error:
        return None, f"Your function raised {type(error).__name__}: {error}"
