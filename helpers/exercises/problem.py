"""A problem that checks an answer: right, wrong and why, or not attempted. Nothing is displayed here.

A check tells the learner's mistakes from its own: it raises or returns what is wrong with an answer, and runs whatever
the answer does through `run_on` or `expecting`. Any other exception is a bug in the check, and is called one.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from helpers.exercises.error_log import first_line, log_traceback

RIGHT, WRONG, NOT_ATTEMPTED, NOT_CHECKED = "right", "wrong", "not attempted", "not checked"


class AnswerError(Exception):
    """What is wrong with an answer, in words for the learner."""


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

    def verdict(self, answer: Any = None, **given: Any) -> Verdict:
        """Judge an answer. Whatever it is, nothing is raised."""
        if answer is None or answer is ...:
            return Verdict(NOT_ATTEMPTED, f"{self.question} Replace the dots with your answer and check again.")
        try:
            fault = self.judge(answer, **given)
        except AnswerError as wrong:
            fault = str(wrong)
        except Exception as error:
            return Verdict(NOT_CHECKED, _check_failed(error))
        return Verdict(WRONG, fault) if fault else Verdict(RIGHT, self.praise)

    def next_hint(self) -> str:
        """Return the next hint; the last one again and again."""
        number = min(self._told[0], len(self.hints) - 1)
        self._told[0] += 1
        return self.hints[number]


def _check_failed(error: Exception) -> str:
    log = log_traceback(error)
    where = f"; the traceback is in {log}" if log else ""
    return f"The check itself failed, which is not your fault: {first_line(error).rstrip('.')}{where}."


def run_on(function: Any, *arguments: Any) -> Any:
    """Call a learner's function, and return what it returns.

    Raises:
        AnswerError: If it is no function, or raises an error.
    """
    if not callable(function):
        raise AnswerError(f"Expected a function. Received: an answer of type {type(function).__name__}.")
    with expecting("Your function raised {error}"):
        return function(*arguments)


@contextmanager
def expecting(sentence: str) -> Iterator[None]:
    """Blame the answer for an error in this block, which does with the answer what any right answer allows.

    Args:
        sentence: What the learner is told; `{error}` in it stands for the error.

    Raises:
        AnswerError: With that sentence.

    Example:
        >>> with expecting("Expected two numbers: mean and spread."):
        ...     mean, spread = (float(each) for each in found)
    """
    try:
        yield
    except Exception as error:
        raise AnswerError(sentence.replace("{error}", f"{type(error).__name__}: {error}")) from error


def equals(found: Any, expected: Any) -> bool:
    """Return whether what a learner's function returned is a plain value: a number, a word, or `None`.

    Arrays and tables can't say whether they equal one, and `True` is not taken for 1.
    """
    try:
        return bool(found == expected) and not isinstance(found, bool)
    except Exception:
        return False
