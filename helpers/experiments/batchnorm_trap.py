"""What does BatchNormalization do to a base when it is let loose on few photos and small batches?"""

from helpers.experiments.experiment import Experiment

_SETTINGS = {
    "image_size": 64,
    "per_class": [5, 20],
    "epochs": 8,
    "learning_rate": 1e-4,
    "batch_size": [4, 32],
    "until": "block4c",
    "batchnorm": ["frozen", "free"],
}


def _measure(
    seed: int, image_size: int, per_class: int, epochs: int, learning_rate: float, batch_size: int, until: str,
    batchnorm: str
) -> dict:  # fmt: skip
    from helpers.experiments.shared import PLAIN_HEAD, pictures_of, with_trained_head
    from helpers.judging.report import evaluate
    from helpers.network.freezing import freeze
    from helpers.network.head import copy_of
    from helpers.training.fit import fit

    photos = pictures_of("drawn", image_size, per_class, seed)
    start = with_trained_head("drawn", "formulas", image_size, per_class, seed, **PLAIN_HEAD)
    model = copy_of(start)
    freeze(model, until=until, batchnorm=batchnorm)
    run = fit(
        model,
        photos,
        epochs=epochs,
        learning_rate=learning_rate,
        batch_size=batch_size,
        keep="last",
        seed=seed,
        progress=False,
    )
    return {
        "accuracy_before": evaluate(start, photos.test).accuracy,
        "accuracy": evaluate(model, photos.test).accuracy,
        "loss_before": float(run.start["val_loss"]),
        "loss": float(run.history.val_loss.iloc[-1]),
        "statistics_moved": float(run.moved.statistics_moved.max()),
        "seconds": run.seconds,
    }


BATCHNORM_TRAP = Experiment(
    "batchnorm_trap", __doc__ or "", (_SETTINGS,), _measure, ("per_class", "batch_size", "batchnorm")
)
