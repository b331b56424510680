"""The nearer the new task to the old one, the less must change: is that so?

One base that learned from photos meets three tasks: flowers (near), grey shapes and textures (further away), and
spectrograms of calls (far: no photos at all). On each, the boundary moves down.
"""

from typing import Any

from helpers.experiments.experiment import Experiment

_SETTINGS = {
    "image_size": 128,
    "target": ["flowers", "textures", "calls"],
    "until": ["top", "block6d", "block5c"],
}
_PER_CLASS = {"flowers": 40, "textures": 12, "calls": 40}  # textures have 22 classes, so these are as many in all


def _measure(seed: int, image_size: int, target: str, until: str) -> dict[str, Any]:
    from helpers.experiments.shared import against_the_frozen, pictures_of, with_trained_head

    source, per_class = "drawn" if target == "flowers" else target, _PER_CLASS[target]
    photos = pictures_of(source, image_size, per_class, seed)
    return against_the_frozen(with_trained_head(source, "photos", image_size, per_class, seed), photos, until, seed)


NEAR_AND_FAR = Experiment(
    "near_and_far", (__doc__ or "").partition("\n")[0], (_SETTINGS,), _measure, ("target", "until")
)
