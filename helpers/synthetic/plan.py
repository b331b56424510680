"""The plan of a pre-training: sizes, views, steps."""

from dataclasses import dataclass

BATCH = 32  # pictures per step and process
AVERAGE_EVERY = 4  # steps; rarer saves little, since the weights' mean costs a hundredth of a step
PICTURE_SIZE = 128


@dataclass(frozen=True)
class Stage:
    """A stretch of training at one size of picture."""

    size: int
    views: int


@dataclass(frozen=True)
class Plan:
    """A whole pre-training. The defaults made the bundled base."""

    stages: tuple[Stage, ...] = (Stage(64, 380_000), Stage(96, 180_000), Stage(128, 20_000))
    chunks: int = 90  # of the pool, the last of which is kept for validation
    learning_rate: float = 1.5e-3
    seed: int = 0
    processes: int = 2
    log_every: int = 20_000  # views

    @property
    def views_a_round(self) -> int:
        """Views between two averages, of all processes together."""
        return BATCH * AVERAGE_EVERY * self.processes

    @property
    def rounds(self) -> list[int]:
        """Rounds of each stage."""
        return [max(1, stage.views // self.views_a_round) for stage in self.stages]

    @property
    def steps(self) -> int:
        """Optimiser steps of each process."""
        return sum(self.rounds) * AVERAGE_EVERY

    def stage_at(self, round_number: int) -> Stage:
        """Return the stage that a round belongs to."""
        for stage, rounds in zip(self.stages, self.rounds, strict=True):
            if round_number < rounds:
                return stage
            round_number -= rounds
        return self.stages[-1]
