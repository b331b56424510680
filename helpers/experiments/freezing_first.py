"""Is it worth training the head first, on a frozen base, and how large may the steps of fine-tuning be?

An untrained head sends the blocks below it corrections that mean nothing yet. Whether that does harm depends on the
learning rate, so both vary together. What survives of the old task is told by the old head: how often it says of test
flowers, on which nothing was trained, what it said before.
"""

from typing import Any

from helpers.experiments.experiment import Experiment

_BOUNDARY = "block5c"  # blocks above it are fine-tuned


def _settings(source: str, image_size: int) -> tuple[dict[str, Any], ...]:
    photos = {"source": source, "image_size": image_size, "per_class": 20}
    return (
        photos | {"order": "frozen throughout", "learning_rate": 0.0, "epochs": 0},
        photos | {"order": ["head first", "all at once"], "learning_rate": [1e-4, 1e-3, 1e-2], "epochs": 10},
        # As many epochs as the other order has in all: 30 for the head and 10 for the blocks.
        photos | {"order": "all at once", "learning_rate": 1e-3, "epochs": 40},
    )


def _measure(
    seed: int, source: str, image_size: int, per_class: int, order: str, learning_rate: float, epochs: int
) -> dict[str, Any]:
    from helpers.experiments.shared import base_of, fine_tuned, pictures_of, with_trained_head
    from helpers.judging.forgetting import old_answers_kept
    from helpers.judging.report import evaluate
    from helpers.network.head import attach_head

    photos = pictures_of(source, image_size, per_class, seed)
    base = base_of(source, "photos", image_size, per_class, seed)
    if order == "all at once":
        start = attach_head(base, len(photos.class_names), seed=seed)
    else:
        start = with_trained_head(source, "photos", image_size, per_class, seed)
    model, seconds = start, 0.0
    if epochs:
        model, run = fine_tuned(start, photos, _BOUNDARY, seed, learning_rate=learning_rate, epochs=epochs)
        seconds = run.seconds
    return {
        "accuracy": evaluate(model, photos.test).accuracy,
        "kept": old_answers_kept(base, model, photos.test.images()),
        "seconds": seconds,
    }


_COLUMNS = ("order", "learning_rate", "epochs")
FREEZING_FIRST = Experiment(
    "freezing_first", (__doc__ or "").partition("\n")[0], _settings("drawn", 128), _measure, _COLUMNS
)
FREEZING_FIRST_REAL = Experiment(
    "freezing_first_real", f"{FREEZING_FIRST.question} On real photos.", _settings("real", 96), _measure, _COLUMNS
)
