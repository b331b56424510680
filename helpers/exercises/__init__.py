"""Exercises that check themselves: `from helpers.exercises import lesson_04`, then `lesson_04.q1.check(answer)`.

Each problem also has `hint()` and `solution()`. An answer is an object, such as a model that you froze; what counts is
how it behaves, not how you wrote it.
"""

from importlib import import_module

_LESSONS = tuple(f"lesson_{number:02}" for number in range(10))

__all__ = [*_LESSONS, "quiz"]


def __getattr__(name: str):
    if name in _LESSONS:
        return import_module(f"helpers.exercises.{name}")
    if name == "quiz":
        from helpers.exercises.quizzes import quiz

        return quiz
    raise AttributeError(f"helpers.exercises has no name {name!r}. It offers: {', '.join(__all__)}.")


def __dir__() -> list[str]:
    return __all__
