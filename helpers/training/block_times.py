"""How long a batch takes in each block, and whether a time measured earlier still counts."""

import math
from dataclasses import dataclass, field

_BUSIER = 1.5  # times that the machine may have been slower than now; less is within the noise of the probe
_KEEP_SECONDS = 30 * 24 * 3600.0  # by then drivers, libraries or the machine's clock may have changed


@dataclass
class BlockTimes:
    """How long one batch of photos takes in each block, and in the head.

    Attributes:
        batch_size: Photos per batch.
        forward: Seconds per batch by block, in inference mode.
        training: Seconds per batch by block, forward and back.
        pace: How long a fixed piece of work took just before each block was measured, in seconds; see `machine.pace`.
        measured_at: When each block was measured, in seconds since 1970.
    """

    batch_size: int
    forward: dict[str, float] = field(default_factory=dict)
    training: dict[str, float] = field(default_factory=dict)
    pace: dict[str, float] = field(default_factory=dict)
    measured_at: dict[str, float] = field(default_factory=dict)

    def epoch_seconds(self, trained: list[str], train_photos: int, val_photos: int) -> float | None:
        """Return how long an epoch takes that runs and trains these blocks alone, validation included.

        Args:
            trained: Names of the blocks above the boundary, `"head"` among them.
            train_photos: Photos a pass.
            val_photos: Photos judged after each pass.

        Returns:
            Seconds; `None` where one of the blocks is not measured yet.
        """
        if not set(trained) <= set(self.training):
            return None
        steps, looks = (math.ceil(photos / self.batch_size) for photos in (train_photos, val_photos))
        return sum(steps * self.training[name] + looks * self.forward[name] for name in trained)

    def without_doubtful(self, pace: float, now: float) -> "BlockTimes":
        """Return the times that still count: not too old, and measured when the machine was about as fast as it is now.

        Times from a machine that was less busy than now are the better ones, and stay.

        Args:
            pace: From `machine.pace`, now.
            now: Seconds since 1970.
        """
        trusted = [
            name
            for name, measured_at in self.measured_at.items()
            if self.pace[name] <= _BUSIER * pace and 0 <= now - measured_at <= _KEEP_SECONDS
        ]
        kinds = (self.forward, self.training, self.pace, self.measured_at)
        return BlockTimes(self.batch_size, *({name: kind[name] for name in trusted} for kind in kinds))

    def forward_seconds(self, names: list[str], photos: int) -> float:
        """Return how long these blocks take to run over so many photos; what is not measured yet counts as nothing."""
        return math.ceil(photos / self.batch_size) * sum(self.forward.get(name, 0.0) for name in names)
