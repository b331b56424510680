"""Does it help to show mirrored and cropped views of the training photos, and how small may the crops be?

The head is trained on the frozen base first, and the blocks are fine-tuned after it, both with the same views. Views
make training harder, so fine-tuning has a chance to go on for longer, too.
"""

from typing import Any

from helpers.experiments.experiment import Experiment

_BOUNDARY = "block5c"  # blocks above it are fine-tuned
_VIEWS = {"none": False, "usual crops": True, "small crops": 0.4}  # what `fit` takes as `augment`
_PHOTOS = {"source": "drawn", "image_size": 96, "per_class": 20, "views": list(_VIEWS)}
_SETTINGS = (
    _PHOTOS | {"base": "frozen", "epochs": 0},
    _PHOTOS | {"base": "fine-tuned", "epochs": [10, 30]},
)


def _measure(
    seed: int, source: str, image_size: int, per_class: int, views: str, base: str, epochs: int
) -> dict[str, Any]:
    from helpers.experiments.shared import HEAD, fine_tuned, pictures_of, with_trained_head
    from helpers.judging.report import evaluate

    photos, augment = pictures_of(source, image_size, per_class, seed), _VIEWS[views]
    model = with_trained_head(source, "photos", image_size, per_class, seed, **HEAD | {"augment": augment})
    seconds = 0.0
    if base == "fine-tuned":
        model, run = fine_tuned(model, photos, _BOUNDARY, seed, augment=augment, epochs=epochs)
        seconds = run.seconds
    return {"accuracy": evaluate(model, photos.test).accuracy, "seconds": seconds}


_COLUMNS = ("views", "base", "epochs")
AUGMENTATION = Experiment("augmentation", (__doc__ or "").partition("\n")[0], _SETTINGS, _measure, _COLUMNS)
