"""A problem that checks an answer: right, wrong and why, or not attempted. Nothing is displayed here."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from helpers.exercises import time_limit
from helpers.exercises.error_log import first_line, log_traceback
from helpers.exercises.random_state import random_state_kept
from helpers.exercises.running import AnswerError, too_long

RIGHT, WRONG, NOT_ATTEMPTED, NOT_CHECKED = "right", "wrong", "not attempted", "not checked"
_NONE = (
    "Your answer is None. Some calls, such as model.compile(…) or list.sort(), change an object and return nothing: "
    "run them on a line of their own, and then put the object itself into `answer`."
)


@dataclass(frozen=True)
class Verdict:
    """What came of checking an answer.

    Attributes:
        outcome: `"right"`, `"wrong"`, `"not attempted"`, or `"not checked"` where the check itself failed.
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
        judge: Takes an answer and what else the question gives, and returns what is wrong with it, or `None`. It may
            raise `AnswerError` instead.
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

    def verdict(self, answer: Any = ..., *given: Any, **named: Any) -> Verdict:
        """Judge an answer. Whatever it is, nothing is raised, and the random state stays as it is.

        Args:
            answer: The learner's; the dots of the unsolved cell are no attempt.
            given, named: What else the question gives, such as `base`, in its order or by name.
        """
        if answer is ...:
            return Verdict(NOT_ATTEMPTED, f"{self.question} Replace the dots with your answer and check again.")
        if answer is None:
            return Verdict(WRONG, _NONE)
        wanted = inspect.signature(self.judge)
        try:
            wanted.bind(answer, *given, **named)
        except TypeError:
            return Verdict(NOT_CHECKED, self._how_to_check(list(wanted.parameters)[1:]))
        time_limit.allowance.seconds = time_limit.SECONDS
        with random_state_kept():
            return self._judged(answer, *given, **named)

    def _judged(self, answer: Any, *given: Any, **named: Any) -> Verdict:
        try:
            fault = self.judge(answer, *given, **named)
        except AnswerError as wrong:
            fault = str(wrong)
        except time_limit.OutOfTime:
            fault = too_long()
        except Exception as error:
            return Verdict(NOT_CHECKED, _check_failed(error))
        return Verdict(WRONG, fault) if fault else Verdict(RIGHT, self.praise)

    def _how_to_check(self, names: list[str]) -> str:
        call = ", ".join(["answer", *(f"{name}={name}" for name in names)])
        return f"This check takes other arguments than it was given. Run {self.name}.check({call})."

    def next_hint(self) -> tuple[int, str]:
        """Return the next hint and its number, from 1; the last one again and again."""
        number = min(self._told[0], len(self.hints) - 1)
        self._told[0] += 1
        return number + 1, self.hints[number]


def _check_failed(error: Exception) -> str:
    log = log_traceback(error)
    where = f"; the traceback is in {log}" if log else ""
    return f"The check itself failed, which is not your fault: {first_line(error).rstrip('.')}{where}."
