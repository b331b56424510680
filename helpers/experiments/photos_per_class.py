"""How accurate are a frozen base, a fine-tuned one, and training from scratch, with how many photos?"""

from typing import Any

from helpers.experiments.experiment import Experiment

_SCRATCH_EPOCHS = {2: 60, 5: 60, 10: 40, 50: 20, 120: 15}  # the fewer photos, the more epochs
_SCRATCH_EPOCHS_REAL = {2: 60, 10: 40, 90: 15}  # of 160 photos of each
_BOUNDARY = "block5c"  # blocks above it are fine-tuned


def _settings(source: str, scratch_epochs: dict[int, int]) -> tuple[dict[str, Any], ...]:
    grids = []
    for per_class, epochs in scratch_epochs.items():
        photos = {"source": source, "image_size": 96, "per_class": per_class}
        grids += [
            photos | {"method": "frozen base", "learning_rate": 3e-3, "epochs": 30},
            photos | {"method": "fine-tuned", "learning_rate": 1e-3, "epochs": 10},
            photos
            | {
                "method": "from scratch",
                # With 5 pictures of each, three rates are tried. The two larger ones can't be told apart there,
                # so the other rows have the middle one.
                "learning_rate": [1.5e-3, 5e-3, 1.5e-2] if per_class == 5 else 5e-3,
                "epochs": epochs,
            },
        ]
    return tuple(grids)


def _measure(
    seed: int, source: str, image_size: int, per_class: int, method: str, learning_rate: float, epochs: int
) -> dict[str, Any]:
    from helpers.experiments.shared import fine_tuned, from_scratch, pictures_of, with_trained_head
    from helpers.judging.report import evaluate

    photos = pictures_of(source, image_size, per_class, seed)
    if method == "from scratch":
        model, seconds = from_scratch(photos, seed, learning_rate=learning_rate, epochs=epochs)
    else:
        model, seconds = with_trained_head(source, "photos", image_size, per_class, seed), 0.0
    if method == "fine-tuned":
        model, run = fine_tuned(model, photos, _BOUNDARY, seed, learning_rate=learning_rate, epochs=epochs)
        seconds = run.seconds
    return {
        "accuracy": evaluate(model, photos.test).accuracy,
        "val_accuracy": evaluate(model, photos.val).accuracy,
        "seconds": seconds,
    }


_COLUMNS = ("method", "per_class", "learning_rate", "epochs")
PHOTOS_PER_CLASS = Experiment(
    "photos_per_class", __doc__ or "", _settings("drawn", _SCRATCH_EPOCHS), _measure, _COLUMNS
)
PHOTOS_PER_CLASS_REAL = Experiment(
    "photos_per_class_real",
    f"{PHOTOS_PER_CLASS.question} On real photos.",
    _settings("real", _SCRATCH_EPOCHS_REAL),
    _measure,
    _COLUMNS,
)
