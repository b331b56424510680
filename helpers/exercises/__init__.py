"""Exercises that check themselves: `from helpers.exercises import lesson_04`, then `lesson_04.q1.check(answer)`.

Each problem also has `hint()` and `solution()`. An answer is an object, such as a model that you froze; what counts is
how it behaves, not how you wrote it. `__init__.pyi` lists the public names; each is imported when it is first used.
"""

import lazy_loader

_lazy_name, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str):
    if name in __all__:
        return _lazy_name(name)
    raise AttributeError(f"helpers.exercises has no name {name!r}. It offers: {', '.join(__all__)}.")
