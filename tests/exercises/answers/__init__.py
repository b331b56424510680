"""Answers that learners give: for each problem right ones in several styles, and wrong ones with what they are told."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answers:
    """Answers to a problem.

    Attributes:
        right: Other answers than the solution.
        wrong: Each with words that the sentence about it must hold.
    """

    right: list[Any]
    wrong: list[tuple[Any, str]]


@dataclass(frozen=True)
class Made:
    """An answer that is made of what the lesson's cells have by then, such as `room["start"]`."""

    make: Callable[[dict], Any]
