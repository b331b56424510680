"""What is pre-training worth, by what the base learned from: photos, pictures drawn from formulas, or nothing?

A base that learned nothing, with all of its weights unfrozen, is training from scratch.
"""

from typing import Any

from helpers.experiments.experiment import Experiment

_DRAWN = {
    "source": "drawn",
    "image_size": 64,
    "per_class": [10, 20, 60],
    "learned_from": ["photos", "formulas", "nothing"],
    "base": ["frozen", "fine-tuned"],
}
_REAL = _DRAWN | {"source": "real"}
_BOUNDARY = "block5c"  # blocks above it are fine-tuned
_SCRATCH: dict[str, Any] = {"learning_rate": 5e-3, "augment": True}
_SCRATCH_EPOCHS = {10: 25, 20: 20, 60: 12}  # the fewer photos, the more epochs


def _measure(seed: int, source: str, image_size: int, per_class: int, learned_from: str, base: str) -> dict[str, Any]:
    from helpers.experiments.shared import BLOCKS, GENTLY, pictures_of, with_trained_head
    from helpers.judging.report import evaluate
    from helpers.network.freezing import freeze
    from helpers.network.head import copy_of
    from helpers.network.statistics import settle_statistics
    from helpers.training.fit import fit

    photos = pictures_of(source, image_size, per_class, seed)
    model = copy_of(with_trained_head(source, learned_from, image_size, per_class, seed))
    seconds = 0.0
    if base == "fine-tuned":
        scratch = learned_from == "nothing"
        freeze(model, until=None if scratch else _BOUNDARY)
        how = GENTLY | _SCRATCH | {"epochs": _SCRATCH_EPOCHS[per_class]} if scratch else BLOCKS
        seconds = fit(model, photos, **how, seed=seed, progress=False).seconds
        if scratch:
            settle_statistics(model, photos.train)  # its own lag behind after so few steps
    report = evaluate(model, photos.test)
    return {"accuracy": report.accuracy, "photos": len(photos.test), "seconds": seconds}


_COLUMNS = ("per_class", "learned_from", "base")
PRETRAINING = Experiment("pretraining", (__doc__ or "").partition("\n")[0], (_DRAWN,), _measure, _COLUMNS)
PRETRAINING_REAL = Experiment(
    "pretraining_real", f"{PRETRAINING.question} On real photos.", (_REAL,), _measure, _COLUMNS
)
