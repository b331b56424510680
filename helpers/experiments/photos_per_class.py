"""How accurate are a frozen base, a fine-tuned one, and training from scratch, with how many photos?"""

from typing import Any

from helpers.experiments.experiment import Experiment

_TUNED = {"schedule": "cosine", "weight_decay": 0.01, "label_smoothing": 0.1, "keep": "last"}
_PHOTOS = {"source": "bundled", "image_size": 64, "base": "EfficientNetB0"}
_SCRATCH_EPOCHS = {5: 60, 10: 40, 20: 30, 50: 20, 120: 15}  # the fewer photos, the more epochs
_KEPT = ("accuracy", "val_accuracy", "seconds", "trainable_params")


def _settings() -> tuple[dict[str, Any], ...]:
    grids = []
    for per_class, epochs in _SCRATCH_EPOCHS.items():
        shared = _PHOTOS | {"per_class": per_class}
        bundled = shared | {"weights": "bundled"}
        # 5e-3 was the best of the three at every smaller number; with 120 photos trying all three takes too long.
        rates = [1.5e-3, 5e-3, 1.5e-2] if per_class < 120 else 5e-3
        scratch = {"weights": None, "until": None, "learning_rate": rates, "epochs": epochs, "augment": True}
        head = {"until": "top", "learning_rate": 3e-3, "epochs": 40}
        upper = {"until": "block5c", "learning_rate": [3e-4, 1e-3], "epochs": 12}
        grids += [
            {"method": "frozen base"} | bundled | head | _TUNED,
            {"method": "fine-tuned"} | bundled | upper | _TUNED,
            {"method": "from scratch"} | shared | scratch | _TUNED,
        ]
    return tuple(grids)


def _measure(seed: int, method: str, **settings) -> dict[str, Any]:
    from helpers.experiments.sweep import sweep

    row = sweep(settings, seeds=[seed], progress=False).iloc[0]
    if row.error:
        raise RuntimeError(f"{method}, seed {seed}: {row.error}")
    return {name: row[name].item() for name in _KEPT}


PHOTOS_PER_CLASS = Experiment(
    "photos_per_class", __doc__ or "", _settings(), _measure, ("method", "per_class", "learning_rate", "epochs")
)
