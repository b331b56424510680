"""What is told while a bundle is made: a line per stage, and a bar with the time left while a stage takes long."""

import sys
from collections.abc import Callable

from tqdm import tqdm

from helpers import config

_NAMED = {"activations": "frozen blocks", "training": "training"}


class Following:
    """Follows the stages of a run.

    Args:
        tell: Called with each line.
        stages: How many there are.

    Attributes:
        on_batch: For `fit`: moves the bar.
    """

    def __init__(self, tell: Callable[[str], None], stages: int) -> None:
        self.tell, self.stages, self.done = tell, stages, 0
        self._bar: tqdm | None = None
        self._what = ""

    def begin(self, what: str) -> None:
        """Say what comes next."""
        self.done += 1
        self.tell(f"{self.done} of {self.stages}: {what}")

    def on_batch(self, what: str, done: int, total: int) -> None:
        """Move the bar to so many photos, or steps, of those that there are."""
        if self._bar is None or self._what != what:
            self.close()
            self._what = what
            self._bar = tqdm(
                total=total,
                desc=_NAMED.get(what, what),
                unit=" photos" if what == "activations" else " steps",
                delay=config.PROGRESS_AFTER,
                leave=False,
                disable=sys.stderr is None or config.bars_hidden(),
            )
        self._bar.update(done - self._bar.n)
        if done >= total:
            self.close()

    def close(self) -> None:
        """Remove the bar."""
        if self._bar is not None:
            self._bar.close()
        self._bar = None
