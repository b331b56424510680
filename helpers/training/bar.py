"""How far a training is: a bar for the frozen blocks, which run once, one for the steps, and the seconds in between."""

import time

from helpers.bars import Bar

_NAMED = {"activations": ("frozen blocks", "photos"), "training": ("training", "steps")}


class TrainingBar:
    """Shows, one after the other, a bar for each part of a training.

    Args:
        shown: Whether it shows anything.
    """

    def __init__(self, shown: bool = True) -> None:
        self._bar: Bar | None = None
        self._shown, self._part, self._began = shown, "", time.monotonic()

    def to(self, part: str, done: int, total: int) -> None:
        """Move the bar, as `on_batch` of `fit` is called: to so many photos or steps of those that there are."""
        if not self._shown:
            return
        if self._part != part:
            self.close()
            name, unit = _NAMED[part]
            self._part, self._bar = part, Bar(name, total, unit, waited=time.monotonic() - self._began)
        if self._bar is not None:
            self._bar.to(done)
            if done >= total:
                self.close()
                if part == "activations":  # a network is built for the first step, which takes a while too
                    self._bar = Bar("preparing the first step", None, "steps", waited=time.monotonic() - self._began)

    def clear(self) -> None:
        """Make room for a line of text."""
        if self._bar is not None:
            self._bar.clear()

    def close(self) -> None:
        """Remove it."""
        if self._bar is not None:
            self._bar.close()
        self._bar, self._part = None, ""
