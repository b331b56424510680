"""Which epoch of fine-tuning to keep: the one of lowest validation loss, of highest validation accuracy, or the last?

One training answers all three, because the weights after each epoch are set aside while it runs.
"""

from functools import lru_cache
from typing import Any

from helpers.experiments.experiment import Experiment

_SETTINGS = {
    "source": "drawn",
    "image_size": 128,
    "per_class": 40,
    "until": ["block5c", "block3b"],
    "label_smoothing": [0.0, 0.1],
    "keep": ["lowest loss", "highest accuracy", "last"],
}


def _measure(
    seed: int, source: str, image_size: int, per_class: int, until: str, label_smoothing: float, keep: str
) -> dict[str, Any]:
    from helpers.experiments.shared import pictures_of
    from helpers.judging.report import evaluate

    model, states, run = _trained(seed, source, image_size, per_class, until, label_smoothing)
    loss = [run.start["val_loss"], *run.history.val_loss]
    accuracy = [run.start["val_accuracy"], *run.history.val_accuracy]
    epochs = range(len(states))  # 0 is the start, with only the head trained
    epoch = {
        "lowest loss": min(epochs, key=lambda epoch: loss[epoch]),
        "highest accuracy": max(epochs, key=lambda epoch: (accuracy[epoch], -loss[epoch])),
        "last": epochs[-1],
    }[keep]
    model.set_weights(states[epoch])
    test = pictures_of(source, image_size, per_class, seed).test
    return {"accuracy": evaluate(model, test).accuracy, "kept_epoch": epoch, "seconds": run.seconds}


@lru_cache(maxsize=1)
def _trained(seed: int, source: str, image_size: int, per_class: int, until: str, label_smoothing: float) -> tuple:
    """Return a fine-tuned model, its weights after each epoch from 0 on, and the record of its training."""
    from helpers.experiments.shared import BLOCKS, pictures_of, with_trained_head
    from helpers.network.freezing import freeze
    from helpers.network.head import copy_of
    from helpers.training.fit import fit

    photos = pictures_of(source, image_size, per_class, seed)
    model = copy_of(with_trained_head(source, "photos", image_size, per_class, seed))
    freeze(model, until=until)
    states = [model.get_weights()]
    how: dict[str, Any] = BLOCKS | {"label_smoothing": label_smoothing}
    run = fit(model, photos, **how, seed=seed, progress=False, on_epoch=lambda _: states.append(model.get_weights()))
    return model, states, run


KEEPING = Experiment(
    "keeping", (__doc__ or "").partition("\n")[0], (_SETTINGS,), _measure, ("until", "label_smoothing", "keep"), seeds=3
)
