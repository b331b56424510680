"""A bundle's model judged on a folder of labelled photos: classes are matched by name, and strange ones are told."""

import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import checks
from helpers.judging.answer import Answer
from helpers.judging.report import Report, report_of
from helpers.photos.dataset import Photos
from helpers.photos.found import class_name
from helpers.photos.layout import layout_of
from helpers.photos.loading import load_photos
from helpers.photos.names import printable
from helpers.photos.split import Split, make_split
from helpers.sharing.bundle import Bundle

_ALL_FOR_TEST = (0.0, 0.0, 1.0)


@dataclass(frozen=True, eq=False)
class Judged:
    """How a bundle's model does on a folder of labelled photos.

    Attributes:
        report: On the photos of classes that it knows; its table has the column `turned_away`, the share of photos
            that are called "none of these".
        strange: DataFrame indexed by each class of the folder that the model doesn't know: `photos`, and `turned_away`.
            They aren't in the report.
        photos: What was read of the folder.
    """

    report: Report
    strange: pd.DataFrame
    photos: Photos


@checks.checked(bundle=checks.kind_of(Bundle), folder=checks.path, labels=checks.or_none(checks.path))
def judge_folder(bundle: Bundle, folder: str | Path, labels: str | Path | None = None) -> Judged:
    """Judge a bundle's model on labelled photos that it wasn't trained on.

    Args:
        bundle: From `load_bundle`.
        folder: One sub-folder per class, see `load_photos`. Capitals, underscores and spaces in the names of classes
            make no difference.
        labels: A table with the class of each photo, instead of sub-folders.

    Returns:
        How it was `Judged`.

    Raises:
        FileNotFoundError, ValueError: As `load_photos`; also if the folder is divided into train, val and test, or the
            model knows none of the classes.

    Example:
        >>> judge_folder(load_bundle("my_model"), "photos/of/a/friend").report.accuracy
        0.91
    """
    _check_undivided(Path(folder), labels)
    photos = load_photos(folder, bundle.image_size, split=_ALL_FOR_TEST, labels=labels, stretch=bundle.stretch or False)
    known = _labels_by_name(photos.class_names, bundle.class_names)
    if not any(label is not None for label in known):
        raise ValueError(
            f"Expected photos of classes that the model knows: {', '.join(bundle.class_names)}. Received: "
            f"{', '.join(photos.class_names)}. Rename the folders whose photos show the same."
        )
    answers = [bundle.predict(photos.test.images([row])[0]) for row in range(len(photos.test))]
    away = pd.Series([not answer.known for answer in answers], dtype=float).groupby(photos.test.labels)
    told = pd.DataFrame({"photos": away.size(), "turned_away": away.mean()})
    strange = told[[known[label] is None for label in told.index]]
    strange.index = pd.Index([photos.class_names[label] for label in strange.index], dtype=object)
    report = _report(photos.test, answers, known, bundle.class_names)
    shares = {known[label]: told.turned_away[label] for label in told.index if known[label] is not None}
    report.per_class["turned_away"] = [shares.get(label, np.nan) for label in range(len(bundle.class_names))]
    return Judged(report, strange, photos)


def _check_undivided(folder: Path, labels: str | Path | None) -> None:
    layout = layout_of(folder, labels)
    if not layout.parts:
        return
    file = next(file for file in layout.found if file.part == layout.parts[-1])
    names = file.path.relative_to(folder).parts
    depth = [class_name(name) for name in names].index(file.label) if labels is None else 0
    if labels is not None:
        advice = "Pass a table of the photos to judge on only."
    elif depth:
        advice = f"Name the part to judge on, such as '{printable(folder.joinpath(*names[:depth]))}'."
    else:  # each class is divided, as in daisy/test
        advice = "Put the photos to judge on into a folder of their own."
    raise ValueError(
        f"Expected one folder per class. Received: '{printable(folder)}', which is divided into "
        f"{' and '.join(layout.parts)}. {advice}"
    )


def _labels_by_name(names: tuple[str, ...], known: tuple[str, ...]) -> list[int | None]:
    """Return for each name its place among the known ones: by the very name, or else by one that is spelt alike."""
    # Where two are spelt alike, on either side, it is unclear which is meant.
    single = {spelt for spelt, count in Counter(map(_spelt, names)).items() if count == 1}
    single &= {spelt for spelt, count in Counter(map(_spelt, known)).items() if count == 1}
    alike = {_spelt(name): place for place, name in enumerate(known) if _spelt(name) in single}
    places = {name: place for place, name in enumerate(known)}
    return [places.get(name, alike.get(_spelt(name)) if _spelt(name) in single else None) for name in names]


def _spelt(name: str) -> str:
    name = unicodedata.normalize("NFKC", name).casefold()  # a Mac writes é as two signs
    return " ".join(name.replace("_", " ").replace("-", " ").split())


def _report(split: Split, answers: list[Answer], known: list[int | None], class_names: tuple[str, ...]) -> Report:
    rows = [row for row, label in enumerate(split.labels) if known[label] is not None]
    labels = np.array([known[split.labels[row]] for row in rows], dtype=np.int64)
    paths = tuple(split.paths[row] for row in rows)
    digests = tuple(split.digests[row] for row in rows)
    squares = split.images(rows) if split.in_memory else None
    judged = make_split(split.name, paths, labels, class_names, split.image_size, digests, squares, split.stretch)
    probabilities = np.array([list(answers[row].probabilities.values()) for row in rows])
    return report_of(probabilities, judged)
