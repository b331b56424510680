"""What is told while a bundle is made: a line per stage, and a bar with the time left while a stage takes long."""

from collections.abc import Callable

from helpers.training.bar import TrainingBar


class Following:
    """Follows the stages of a run.

    Args:
        tell: Called with each line.
        stages: How many there are.

    Attributes:
        bar: Shows how far the training of a stage is.
    """

    def __init__(self, tell: Callable[[str], None], stages: int) -> None:
        self.tell, self.stages, self.done = tell, stages, 0
        self.bar = TrainingBar()

    def begin(self, what: str) -> None:
        """Say what comes next."""
        self.done += 1
        self.tell(f"{self.done} of {self.stages}: {what}")
