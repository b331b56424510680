"""What does BatchNormalization do to a base when it is let loose on few photos and small batches?

While it is frozen, it normalises with the means and variances that it learned on millions of photos. Let loose, it
takes them from each batch, and keeps a running average for later. How fast that average moves is its momentum: Keras's
default of 0.99 needs hundreds of steps to forget its start, and the course's 0.9 dozens.
"""

from typing import Any

from helpers.experiments.experiment import Experiment

_BOUNDARY = "block4c"  # blocks above it are fine-tuned
_PHOTOS = {"source": "drawn", "image_size": 96, "per_class": 20, "batch_size": [4, 32], "learning_rate": [1e-4, 1e-3]}
_SETTINGS = (
    _PHOTOS | {"batchnorm": "frozen", "momentum": 0.99},  # which then has no effect
    _PHOTOS | {"batchnorm": "free", "momentum": [0.9, 0.99]},
)


def _measure(
    seed: int, source: str, image_size: int, per_class: int, batch_size: int, learning_rate: float, batchnorm: str,
    momentum: float
) -> dict[str, Any]:  # fmt: skip
    import keras

    from helpers.experiments.shared import BLOCKS, pictures_of, with_trained_head
    from helpers.judging.report import evaluate
    from helpers.network.freezing import freeze
    from helpers.network.head import copy_of
    from helpers.training.fit import fit

    photos = pictures_of(source, image_size, per_class, seed)
    start = with_trained_head(source, "photos", image_size, per_class, seed)
    model = copy_of(start)
    freeze(model, until=_BOUNDARY, batchnorm=batchnorm)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization) and layer.trainable:
            layer.momentum = momentum
    how: dict[str, Any] = BLOCKS | {"batch_size": batch_size, "learning_rate": learning_rate}
    run = fit(model, photos, **how, seed=seed, progress=False)
    return {
        "accuracy_before": evaluate(start, photos.test).accuracy,
        "accuracy": evaluate(model, photos.test).accuracy,
        "loss_before": float(run.start["val_loss"]),
        "loss": float(run.history.val_loss.iloc[-1]),
        "statistics_moved": float(run.moved.statistics_moved.max()),
        "seconds": run.seconds,
    }


_COLUMNS = ("batch_size", "learning_rate", "batchnorm", "momentum")
BATCHNORM_TRAP = Experiment("batchnorm_trap", (__doc__ or "").partition("\n")[0], _SETTINGS, _measure, _COLUMNS)
