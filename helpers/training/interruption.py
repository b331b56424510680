"""Ctrl+C, or a notebook's Interrupt, ends a training after the batch in hand, with the weights that are to be kept."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from helpers.training.progress import TrainingProgress
from helpers.training.run import Run


class TrainingInterrupted(KeyboardInterrupt):
    """What `fit` raises once an interrupted training has ended in good order.

    Attributes:
        run: The record of the training so far. Another `fit` trains the model further.

    Example:
        >>> try:
        ...     run = fit(model, photos, epochs=100)
        ... except TrainingInterrupted as interrupted:
        ...     run = interrupted.run
    """

    def __init__(self, run: Run) -> None:
        done = len(run.history)
        kept = f"epoch {run.kept_epoch}" if run.kept_epoch else "before training"
        super().__init__(
            f"Training was interrupted after {done} whole {'epoch' if done == 1 else 'epochs'}. "
            f"The model has its weights from {kept}."
        )
        self.run = run


@contextmanager
def ending_in_order(progress: TrainingProgress) -> Iterator[None]:
    """Let an interrupt end a training after its batch instead of in the midst of it; a second one ends it at once.

    Python tells only its main thread of interrupts, so in any other nothing happens.

    Args:
        progress: Of the training; it is told to end it.
    """
    before = signal.getsignal(signal.SIGINT)
    # A handler that Python didn't set (None) couldn't be put back.
    if before is None or threading.current_thread() is not threading.main_thread():
        yield
        return

    def note(number: int, frame: object) -> None:
        progress.interrupted = True
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGINT) is note:
            signal.signal(signal.SIGINT, before)
