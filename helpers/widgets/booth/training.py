"""What Train does in the photo booth: a new head on a frozen base, from the photos in the booth's folder."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import keras

from helpers.judging.neighbours import Neighbours
from helpers.network.freezing import freeze
from helpers.network.head import attach_head
from helpers.photos.loading import Photos, load_photos
from helpers.photos.names import printable
from helpers.training.fit import fit
from helpers.training.run import Run
from helpers.widgets.booth.answers import FrozenEyes, QuickAnswers
from helpers.widgets.booth.classes import BoothClass
from helpers.widgets.booth.folder import groups_in

_LEAST = 5  # photos per class
_SPLIT = (0.75, 0.25, 0)  # nothing is kept for a test: photos of the same minutes would flatter
_EPOCHS, _RATE = 15, 3e-3


@dataclass(frozen=True, eq=False)
class Trained:
    """A training's outcome: the model, the photos, what `fit` returned, and what answers quickly."""

    model: keras.Model
    photos: Photos
    run: Run
    answers: QuickAnswers

    def in_words(self, seconds: float) -> str:
        """Return what came of it, in a few sentences."""
        unused = len(self.photos.skipped)
        skipped = f" {unused} file{'s' * (unused != 1)} could not be used." if unused else ""
        return (
            f"Trained on {len(self.photos.train)} photos in {seconds:.1f} s. Validation accuracy "
            f"{self.run.val_accuracy:.3f}, on {len(self.photos.val)} others. Photos of the same minutes "
            f"flatter: try another angle, another light.{skipped}"
        )


def check_enough(classes: Iterable[BoothClass]) -> None:
    """Raise `ValueError` unless there are two classes with good names and enough photos."""
    classes = list(classes)
    if wrong := next((each.problem for each in classes if each.problem), ""):
        raise ValueError(wrong)
    if len(classes) < 2:
        raise ValueError(f"Expected at least two classes. Received: {len(classes)}. Add another one.")
    few = [f"{each.photos} of '{printable(each.name)}'" for each in classes if each.photos < _LEAST]
    if few:
        raise ValueError(
            f"Expected at least {_LEAST} photos of each class. Received: {', '.join(few)}. Hold the class's button "
            "longer, or remove a class without photos."
        )


def train(
    folder: Path,
    base: keras.Model,
    image_size: int,
    seed: int,
    eyes: FrozenEyes,
    on_batch: Callable[[str, int, int], None] | None = None,
) -> Trained:
    """Train a new head on the photos of a booth's folder.

    Args:
        folder: With enough photos; see `check_enough`.
        base: It is copied, never changed.
        image_size: Pixels of the photos' side.
        seed: Decides the split, the head's first weights, the order of photos, and dropout.
        eyes: Made from the same base.
        on_batch: As for `fit`.
    """
    photos = load_photos(folder, image_size, seed=seed, split=_SPLIT, groups=groups_in(folder) or None)
    model = attach_head(base, classes=len(photos.class_names), seed=seed)
    freeze(model, until="top")
    run = fit(model, photos, epochs=_EPOCHS, learning_rate=_RATE, seed=seed, progress=False, on_batch=on_batch)
    answers = QuickAnswers(model, Neighbours(model, photos), eyes)
    answers.of(photos.val.images([0])[0])  # so that nobody waits for the first answer
    return Trained(model, photos, run, answers)


def same_call(folder: str) -> str:
    """Return the calls that train the same model, as code."""
    return (
        f"photos = load_photos({folder!r}, split={_SPLIT}, groups=PhotoBooth.groups_in({folder!r})); "
        "model = attach_head(base, classes=len(photos.class_names)); freeze(model); "
        f"fit(model, photos, epochs={_EPOCHS}, learning_rate={_RATE:g})"
    )
