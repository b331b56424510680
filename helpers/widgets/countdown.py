"""How many seconds of a run are left: as foreseen at first, by its pace once it has one."""

import time

_STEPS = 5  # until the pace is believed


class Countdown:
    """Count the seconds of a run down.

    Args:
        total: Seconds foreseen for all of it; `None` if nobody knows.

    Attributes:
        last_step: Whether the last of the run's trainings has begun.
    """

    def __init__(self, total: float | None) -> None:
        self._ends = None if total is None else time.monotonic() + total
        self._first: tuple[float, int] | None = None
        self._pace: float | None = None
        self._done = 0
        self.last_step = False

    def note(self, what: str, done: int, now: float) -> None:
        """Take note of so many `"training"` steps done at a time; other work has no pace of its own."""
        if not self.last_step or what != "training":
            return
        self._done = done
        self._first = self._first or (now, done)  # TensorFlow prepares before the first step
        since, steps = now - self._first[0], done - self._first[1]
        if steps >= _STEPS:
            self._pace = since / steps

    def left(self, total: int, now: float) -> str:
        """Return how long it still takes, in words that go on a sentence; empty if nobody knows.

        Args:
            total: Steps of the training in progress.
            now: In seconds, from the clock that `note` is given.
        """
        if self._pace is not None:
            seconds = (total - self._done) * self._pace
        elif self._ends is not None:
            seconds = self._ends - now
        else:
            return ""
        return f", about {seconds:.0f} s left" if seconds >= 1 else ", about to end"
