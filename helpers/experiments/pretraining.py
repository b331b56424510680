"""What is pre-training worth, by what the base learned from: photos, pictures drawn from formulas, or nothing?

All three bases go through the same steps: a head is trained on the frozen base, then the blocks above the boundary are
fine-tuned with it. A base that learned nothing keeps its random weights below the boundary. Training all of it from
scratch is another question, which `photos_per_class` answers.
"""

from typing import Any

from helpers.experiments.experiment import Experiment

_DRAWN = {
    "source": "drawn",
    "image_size": 96,
    "per_class": [10, 20, 60],
    "learned_from": ["photos", "formulas", "nothing"],
    "base": ["frozen", "fine-tuned"],
}
_REAL = _DRAWN | {"source": "real"}
_BOUNDARY = "block5c"  # blocks above it are fine-tuned


def _measure(seed: int, source: str, image_size: int, per_class: int, learned_from: str, base: str) -> dict[str, Any]:
    from helpers.experiments.shared import fine_tuned, pictures_of, with_trained_head
    from helpers.judging.report import evaluate

    photos = pictures_of(source, image_size, per_class, seed)
    model = with_trained_head(source, learned_from, image_size, per_class, seed)
    seconds = 0.0
    if base == "fine-tuned":
        model, run = fine_tuned(model, photos, _BOUNDARY, seed)
        seconds = run.seconds
    return {"accuracy": evaluate(model, photos.test).accuracy, "photos": len(photos.test), "seconds": seconds}


_COLUMNS = ("per_class", "learned_from", "base")
PRETRAINING = Experiment("pretraining", (__doc__ or "").partition("\n")[0], (_DRAWN,), _measure, _COLUMNS)
PRETRAINING_REAL = Experiment(
    "pretraining_real", f"{PRETRAINING.question} On real photos.", (_REAL,), _measure, _COLUMNS
)
