"""Writing a bundle: model, LiteRT file, training features and model card, all of them or nothing."""

import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from helpers import checks, config
from helpers.judging.neighbours import Neighbours, limit_of, limits_of
from helpers.judging.report import Report
from helpers.photos.loading import Photos
from helpers.photos.names import printable
from helpers.photos.sources import Licence
from helpers.sharing import bundle, exporting
from helpers.sharing.card import model_card, runs
from helpers.sharing.converting import CALIBRATED, PRECISIONS
from helpers.sharing.licences import has_licence
from helpers.training.run import Run

_LEFT_BY_SYSTEMS = {".DS_Store", "Thumbs.db", "desktop.ini"}  # by whoever looks into a folder
_COMPARED = 32  # validation photos on which the LiteRT file is compared with the model
_PREPARATION = (
    "Rotated as the camera's EXIF data says; converted to RGB, with transparency on white; the short side resized to "
    "image_size with antialiasing (bilinear); the centre cut out; colours converted to sRGB from the file's profile; "
    "values 0 to 255, not rescaled: the network does that."
)


@checks.checked(
    model=checks.kind_of(keras.Model),
    photos=checks.kind_of(Photos),
    report=checks.kind_of(Report),
    folder=checks.path,
    base=has_licence,
    run=runs,
    precision=checks.one_of(*PRECISIONS),
)
def save_bundle(
    model: keras.Model,
    photos: Photos,
    report: Report,
    folder: str | Path,
    base: keras.Model | Licence | None = None,
    run: Run | Sequence[Run] | None = None,
    *,
    precision: str = "float32",
    **about: Any,
) -> Path:
    """Write a model and everything it takes to use it into a folder, which appears only when it is complete.

    The photos themselves aren't in it. `helpers/sharing/bundle.py` lists the files.

    Args:
        model: From `attach_head`, trained.
        photos: What it was trained on.
        report: From `evaluate(model, photos.test)`.
        folder: Where to write it. A bundle that is already there is replaced; anything else is left alone.
        base: The base it was built on, for the card's licence; see `licence_questions`. By default the one that the
            model itself names.
        run: What `fit` returned, for the card; a list, in order, if there were several steps.
        precision: Precision of the LiteRT file, see `export_litert`. The card tells how the model itself does; in 8
            bits some answers change, and `compare_exports` tells how many.
        **about: `name`, `purpose`, `made_by`, `licence`, `date` and `accuracies` for the model card, see `model_card`.

    Returns:
        The folder.

    Raises:
        FileExistsError: If the folder is there and holds something other than a bundle.
        ValueError: If model, photos and report don't belong together, or LiteRT gives other probabilities.

    Example:
        >>> save_bundle(model, photos, evaluate(model, photos.test), "my_flowers", run=run, date="2026-11-24")
        PosixPath('my_flowers')
    """
    folder = Path(folder)
    check_folder(folder)
    neighbours = Neighbours(model, photos)
    card = model_card(model, photos, report, base, run, neighbours, **about)
    with _place_for(folder) as place:
        new = Path(place) / "new"
        new.mkdir()
        model.save(new / bundle.KERAS)
        compared = photos.val.images(range(min(_COMPARED, len(photos.val))))
        examples = exporting.examples_of(photos.train) if precision in CALIBRATED else None
        exporting.export_litert(model, new / bundle.LITE, precision, compared, features=True, examples=examples)
        limit, limits = _keep_features(neighbours, new / bundle.FEATURES)
        _describe(photos, neighbours.count, limit, limits, new)
        (new / bundle.CARD).write_text(card, encoding="utf-8")
        bundle.load_bundle(new).predict(compared[0])
        _put_in_place(new, folder, Path(place) / "old")
    return folder


def check_folder(folder: Path) -> None:
    """Raise `FileExistsError` unless a bundle may be written there: a new folder, or a bundle to replace."""
    if not folder.exists() and not folder.is_symlink():
        return
    held = {path.name for path in folder.iterdir()} - _LEFT_BY_SYSTEMS if folder.is_dir() else {folder.name}
    if folder.is_symlink() or not held <= set(bundle.FILES) or (held and bundle.CLASSES not in held):
        others = ", ".join(sorted(held - set(bundle.FILES))[:3]) or "an incomplete bundle"
        raise FileExistsError(
            f"Expected a new folder, or a bundle to replace. Received: '{folder}', which holds {others}. "
            "Choose another name; nothing was changed."
        )


def _place_for(folder: Path) -> tempfile.TemporaryDirectory:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-", suffix=".unfinished")
    except OSError as error:
        raise type(error)(
            f"Expected a place that a bundle can be written to. Received: '{printable(folder)}' ({error.strerror}). "
            "Choose another folder."
        ) from None


def _keep_features(neighbours: Neighbours, path: Path) -> tuple[float, tuple[float, ...]]:
    """Write the training photos' features, and return the limits that belong to the ones that were kept."""
    rows, limit, limits = bundle.unit_rows(neighbours.features), neighbours.limit, neighbours.limits
    if len(rows) > config.BUNDLE_PHOTOS:
        photos = neighbours.photos
        rows = rows[_chosen(photos.train.labels, config.BUNDLE_PHOTOS, neighbours.count)]
        distances = bundle.distance_to_nth(rows, neighbours.features_of(photos.val), neighbours.count)
        limit, limits = limit_of(distances), limits_of(distances, photos.val.labels, len(photos.class_names))
    np.savez_compressed(path, rows=rows.astype(np.float16))
    return limit, limits


def _chosen(labels: np.ndarray, most: int, of_each: int) -> np.ndarray:
    """Return the rows of photos drawn at random, but enough of each class that its own photos can be recognised."""
    drawn = np.random.default_rng(0).permutation(len(labels))
    needed = np.concatenate([drawn[labels[drawn] == label][:of_each] for label in np.unique(labels)])
    others = drawn[~np.isin(drawn, needed)]
    return np.sort(np.concatenate([needed, others[: max(0, most - len(needed))]]))


def _describe(photos: Photos, nth: int, limit: float, limits: tuple[float, ...], folder: Path) -> None:
    described = {
        "format": bundle.FORMAT,
        "class_names": [printable(name) for name in photos.class_names],  # folders' names may hold anything
        "image_size": photos.image_size,
        "stretch": photos.stretch,
        "preparation": _PREPARATION,
        "unknown": {
            "limit": limit,
            "limits": limits,
            "neighbour": nth,
            "features": bundle.FEATURES,
            "meaning": "unknown if the cosine distance to this neighbour among the training photos is above the limit "
            "of the class that the photo is taken for (limits, in the order of class_names)",
        },
        "digests": {name: bundle.digest((folder / name).read_bytes()) for name in bundle.DIGESTED},
    }
    (folder / bundle.CLASSES).write_text(json.dumps(described, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _put_in_place(new: Path, folder: Path, old: Path) -> None:
    if folder.exists():
        os.rename(folder, old)  # a folder with files in it cannot be replaced in one step
    try:
        os.rename(new, folder)
    except OSError:
        if old.exists():
            os.rename(old, folder)
        raise
    shutil.rmtree(old, ignore_errors=True)
