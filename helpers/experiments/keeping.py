"""Which epoch of fine-tuning to keep: the one of lowest validation loss, of highest validation accuracy, or the last?

One training gives all three answers, because the weights of each are set aside while it runs.
"""

from typing import Any

from helpers.experiments.experiment import Experiment

_DRAWN = {
    "source": "drawn",
    "image_size": 128,
    "per_class": 40,
    "until": ["block5c", "block3b"],
    "label_smoothing": [0.0, 0.1],
}


def _measure(
    seed: int, source: str, image_size: int, per_class: int, until: str, label_smoothing: float
) -> dict[str, Any]:
    from helpers.experiments.shared import BLOCKS, pictures_of, with_trained_head
    from helpers.judging.report import evaluate
    from helpers.network.freezing import freeze
    from helpers.network.head import copy_of
    from helpers.training.fit import fit

    photos = pictures_of(source, image_size, per_class, seed)
    start = with_trained_head(source, "photos", image_size, per_class, seed)
    model = copy_of(start)
    freeze(model, until=until)
    states = [model.get_weights()]
    how = BLOCKS | {"label_smoothing": label_smoothing}
    run = fit(model, photos, **how, seed=seed, progress=False, on_epoch=lambda row: states.append(model.get_weights()))
    loss = [run.start["val_loss"], *run.history.val_loss]
    accuracy = [run.start["val_accuracy"], *run.history.val_accuracy]
    kept = {
        "loss": min(range(len(states)), key=lambda epoch: loss[epoch]),
        "accuracy": max(range(len(states)), key=lambda epoch: (accuracy[epoch], -loss[epoch])),
        "last": len(states) - 1,
    }
    measured: dict[str, Any] = {"frozen": evaluate(start, photos.test).accuracy}
    for keep, epoch in kept.items():
        model.set_weights(states[epoch])
        measured |= {f"by_{keep}": evaluate(model, photos.test).accuracy, f"epoch_by_{keep}": epoch}
    return measured | {"seconds": run.seconds}


_COLUMNS = ("until", "label_smoothing")
KEEPING = Experiment("keeping", (__doc__ or "").partition("\n")[0], (_DRAWN,), _measure, _COLUMNS, seeds=3)
