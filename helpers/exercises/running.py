"""Running what a learner wrote, and blaming it, in one sentence, for what goes wrong in it.

A check tells the learner's mistakes from its own: whatever an answer does is done through `run_on` or `expecting`. Any
other exception is a bug in the check, and is called one.
"""

import re
from typing import Any, Self

from helpers.exercises.inputs import copied, is_unchanged, name_of
from helpers.exercises.time_limit import SECONDS, OutOfTime, TimeLimit

_LONGEST = 200  # characters of an error's text; TensorFlow's can fill a screen
# What Python says to experts, and what it means here.
_MEANS = {
    r"truth value of (a|an) \w+": (
        "`if`, `and`, `or`, `in`, `max` and `sorted` can't decide on whole arrays. Use &, |, .any(), .all() or np.max."
    ),
    r"unhashable type": "A list, dict or array can't be in a set or a dict's key. Use tuple(…) or .tobytes().",
    r"^Graph execution error": "Do the loss and the model's outputs fit the labels?",
    r"inhomogeneous shape": (
        "The parts differ in shape, so they can't be the rows of one array. Take them one by one, in a loop. Parts "
        "that differ in length alone can be joined by np.concatenate."
    ),
    r"read-only": "What you are given must stay as it is. Copy it first: x = x.copy().",
    r"only integer scalar arrays": (
        "A list takes no array as an index: np.array(values)[rows] does. And np.concatenate takes one list of arrays."
    ),
    r"originally built with": "Give compile a new optimiser: a used one knows only the weights it has trained before.",
}
_OTHER_ARGUMENTS = "Your function must take exactly the arguments that the question names, in that order."


def too_long(seconds: float = SECONDS) -> str:
    """Return the sentence about an answer that ran for longer than it may."""
    return (
        f"Your answer was still running after {seconds:g} seconds, so the check stopped it. Is there a loop that "
        "never ends, or one that does far more work than it needs?"
    )


class AnswerError(Exception):
    """What is wrong with an answer, in words for the learner."""


class expecting:  # noqa: N801  # reads as a sentence where it is used; a class, so that no alarm falls between two frames
    """Blame the answer for an error in this block, which does with the answer what any right answer allows.

    Args:
        sentence: What the learner is told; `{error}` in it stands for the error.
        seconds: How long the block may take; by default what is left of the check's own allowance.

    Raises:
        AnswerError: With that sentence, or because the block ran for too long.

    Example:
        >>> with expecting("Expected a model that can be trained: {error}"):
        ...     model.fit(photos, labels)
    """

    def __init__(self, sentence: str, seconds: float | None = None) -> None:
        self.sentence, self._limit, self._seconds = sentence, TimeLimit(seconds), seconds or SECONDS

    def __enter__(self) -> Self:
        self._limit.__enter__()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: object) -> None:
        self._limit.__exit__()
        if isinstance(error, OutOfTime):
            raise AnswerError(too_long(self._seconds)) from None
        if isinstance(error, SystemExit):
            raise AnswerError("Your answer ends the program with exit(). Use return, or nothing.") from None
        if isinstance(error, Exception) and not isinstance(error, AnswerError):
            raise AnswerError(self.sentence.replace("{error}", told(error))) from error


def run_on(function: Any, *arguments: Any) -> Any:
    """Call a learner's function, and return what it returns.

    Args:
        function: The answer.
        arguments: What it is given.

    Raises:
        AnswerError: If it is no function, raises an error, runs for too long, or changes what it is given.

    Example:
        >>> run_on(lambda labels: max(labels), [2, 0, 1])
        2
    """
    if not callable(function):
        raise AnswerError(f"Expected a function. Received: an answer of type {type(function).__name__}.")
    before = [copied(argument) for argument in arguments]
    with expecting("Your function raised {error}"):
        found = function(*arguments)
    for number, (now, then) in enumerate(zip(arguments, before, strict=True)):
        if not is_unchanged(now, then):
            raise AnswerError(
                f"Your function changes {name_of(number, function)}, which it is given, and the lesson still needs "
                "it. Work on a copy."
            )
    return found


def told(error: BaseException) -> str:
    """Return an error in a line: its kind, the first line of its text, and what that means where it isn't plain.

    Example:
        >>> told(ZeroDivisionError("division by zero"))
        'ZeroDivisionError: division by zero'
    """
    lines = str(error).strip().splitlines() or [""]
    text = lines[0] if len(lines[0]) <= _LONGEST else lines[0][:_LONGEST].rstrip() + " …"
    means = next((meaning for pattern, meaning in _MEANS.items() if re.search(pattern, lines[0])), "")
    inside = error.__traceback__ is not None and error.__traceback__.tb_next is not None  # not by the call itself
    means = _OTHER_ARGUMENTS if "positional argument" in lines[0] and not inside else means
    said = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return f"{said.rstrip('.')}. {means}" if means else said
