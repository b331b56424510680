"""A time limit for what a learner wrote: a loop that never ends must not take the lesson with it.

The limit is an alarm signal, the one way to interrupt Python code that isn't ours without a second process. Signals
reach only the main thread, where a Jupyter kernel runs its cells, and Windows has no alarm: elsewhere there is no
limit. Code that stays inside one call of a C library is interrupted when that call returns.
"""

import signal
import threading
import time
from types import FrameType

SECONDS = 8.0
# An answer may swallow the first alarm (`except: pass`), so the alarm rings again until one of them gets through.
_AGAIN = 0.3
# Our own bookkeeping isn't interrupted: the timer would be left running.
_OURS = ("helpers.exercises.time_limit", "helpers.exercises.running"), ("__enter__", "__exit__")


class OutOfTime(BaseException):
    """The time is up. No `Exception`, so that `except Exception` in an answer doesn't stop it."""


class Allowance(threading.local):
    """The seconds that a check has left for the learner's code, over all of its calls."""

    seconds = SECONDS


allowance = Allowance()


class TimeLimit:
    """Interrupt the block with `OutOfTime` once the time is up.

    Args:
        seconds: How long it may take; by default what the check's allowance has left, which the block then uses up.

    Example:
        >>> with TimeLimit():
        ...     found = function(labels)
    """

    def __init__(self, seconds: float | None = None) -> None:
        self._seconds = seconds

    def __enter__(self) -> None:
        self._started = time.monotonic()
        self._armed = _can_interrupt()
        if self._armed:
            self._handler = signal.signal(signal.SIGALRM, _interrupt)
            seconds = allowance.seconds if self._seconds is None else self._seconds
            self._delay, self._interval = signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.01), _AGAIN)

    def __exit__(self, *_: object) -> None:
        used = time.monotonic() - self._started
        if self._seconds is None:
            allowance.seconds -= used
        if self._armed:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self._handler)
            if self._delay:  # somebody else's timer, such as that of a test runner, goes on
                signal.setitimer(signal.ITIMER_REAL, max(self._delay - used, 0.001), self._interval)


def _interrupt(number: int, frame: FrameType | None) -> None:
    modules, functions = _OURS
    if frame and frame.f_globals.get("__name__") in modules and frame.f_code.co_name in functions:
        return
    raise OutOfTime


def _can_interrupt() -> bool:
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
