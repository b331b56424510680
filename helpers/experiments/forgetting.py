"""How much of its source task does a base forget, by how large the steps are and how far down it is unfrozen?"""

from helpers.experiments.experiment import Experiment

_SETTINGS = {
    "image_size": 96,
    "per_class": 20,
    "epochs": 5,
    "until": ["block6d", "block4c", None],
    "learning_rate": [1e-4, 1e-3, 1e-2],
}


def _measure(seed: int, image_size: int, per_class: int, epochs: int, until: str | None, learning_rate: float) -> dict:
    from helpers.experiments.shared import PLAIN_HEAD, pictures_of, trained_to_the_end, with_trained_head
    from helpers.judging.forgetting import source_accuracy
    from helpers.judging.report import evaluate
    from helpers.network.freezing import freeze
    from helpers.network.head import copy_of

    photos = pictures_of("drawn", image_size, per_class, seed)
    start = with_trained_head("drawn", "formulas", image_size, per_class, seed, **PLAIN_HEAD)
    model = copy_of(start)
    freeze(model, until=until)
    run = trained_to_the_end(model, photos, seed, epochs=epochs, learning_rate=learning_rate)
    return {
        "source_before": source_accuracy(start),
        "source_after": source_accuracy(model),
        "accuracy_before": evaluate(start, photos.test).accuracy,
        "accuracy": evaluate(model, photos.test).accuracy,
        "seconds": run.seconds,
    }


FORGETTING = Experiment("forgetting", __doc__ or "", (_SETTINGS,), _measure, ("until", "learning_rate"))
