"""How long the training of a bundle's model will take, told before it begins."""

from collections.abc import Sequence

import keras

from helpers.photos.dataset import Photos
from helpers.training.costs import measure_blocks
from helpers.training.forecast import forecast_judging, forecast_step
from helpers.training.recipe import Step

_WORTH_TELLING = 200  # training photos; with fewer it is over before anyone would look
_WORTH_MEASURING = 2000  # from here on the ten seconds of measuring don't matter


def seconds_of_training(
    model: keras.Model, photos: Photos, steps: Sequence[Step], seed: int, building: float
) -> float | None:
    """Return how many seconds all steps would take together, as far as this machine's speed is known.

    Block times that were measured before are used. With many photos, those that are missing are measured first.

    Args:
        model: From `attach_head`, untrained. It is frozen as the last step says; nothing else changes.
        photos: To train on.
        steps: What would be done.
        seed: As for `fit`.
        building: Seconds that `attach_head` took.

    Returns:
        Seconds; `None` if the machine's speed isn't known, or there are so few photos that it makes no difference.
    """
    if len(photos.train) < _WORTH_TELLING:
        return None
    measure = len(photos.train) >= _WORTH_MEASURING
    times = measure_blocks(model, photos.image_size, stop=None if measure else lambda: True)
    parts = [forecast_step(model, photos, step, seed, times, building) for step in steps]
    parts += [forecast_judging(model, len(photos.val), times, building) for _ in steps]
    return None if None in parts else sum(part.total for part in parts if part is not None)
