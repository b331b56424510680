"""Does fine-tuning pay: how does a frozen base compare with one whose upper blocks are trained as well?

Each model is judged on the same test photos as the frozen one that it started from, so the photos that it won and lost
can be counted. `depth` moves the boundary block by block, with few photos and with many.
"""

from typing import Any

from helpers.experiments.experiment import Experiment

_DRAWN = {"source": "drawn", "image_size": 128, "per_class": 40, "until": ["top", "block5c", "block3b"]}
_REAL = _DRAWN | {"source": "real", "per_class": None}
_BY_DEPTH = {
    "source": "drawn",
    "image_size": 96,
    "per_class": [10, 20, 60],
    "until": ["top", "block6d", "block5c", "block4c", "block3b", None],
}


def _measure(seed: int, source: str, image_size: int, per_class: int | None, until: str | None) -> dict[str, Any]:
    from helpers.experiments.shared import against_the_frozen, pictures_of, with_trained_head

    photos = pictures_of(source, image_size, per_class, seed)
    return against_the_frozen(with_trained_head(source, "photos", image_size, per_class, seed), photos, until, seed)


FINE_TUNING = Experiment("fine_tuning", (__doc__ or "").partition("\n")[0], (_DRAWN,), _measure, ("until",))
FINE_TUNING_REAL = Experiment(
    "fine_tuning_real", f"{FINE_TUNING.question} On real photos.", (_REAL,), _measure, ("until",)
)
DEPTH = Experiment(
    "depth",
    "How many blocks should be fine-tuned, with how many photos?",
    (_BY_DEPTH,),
    _measure,
    ("per_class", "until"),
)
DEPTH_REAL = Experiment(
    "depth_real", f"{DEPTH.question} On real photos.", (_BY_DEPTH | {"source": "real"},), _measure, DEPTH.columns
)
