"""The parts of a model card that are computed from a report: how well the model does, and what it cannot do."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.judging.calibration import calibration
from helpers.judging.interval import interval_over_seeds
from helpers.judging.neighbours import Neighbours
from helpers.judging.report import Report
from helpers.photos.loading import Photos
from helpers.photos.split import count_by_class
from helpers.sharing.card_markdown import bullets, names, plain, table

_MOSTLY = 0.5  # share of a class that is turned away
_FEW = 30  # test photos per class; with fewer, luck alone moves a class's recall by about 15 points and more


def how_well(photos: Photos, report: Report, neighbours: Neighbours | None, accuracies: Sequence[float]) -> list[str]:
    """Return the card's part about how well the model does, paragraph by paragraph."""
    n = len(report.split)
    low, high = report.interval
    away = None if neighbours is None else neighbours.turned_away(report.split)
    return [
        f"## How well it does\n\n{_on_what(photos, report)}",
        f"**Accuracy {report.accuracy:.3f}** on {n} photos, 95% confidence interval {low:.3f} to {high:.3f}. Chance "
        f"level, always naming the most common class, is {report.chance_level:.3f}.",
        *_over_seeds(accuracies),
        table(
            ["class", "precision", "recall", *([] if away is None else ["turned away"]), "photos"],
            [
                (name, f"{row.precision:.2f}", f"{row.recall:.2f}", *_share(away, name), int(row.photos))
                for name, row in report.per_class.iterrows()
            ],
        ),
        "Precision: of the photos that the model puts into this class, the share that belong there. Recall: of the "
        "photos that belong to this class, the share that the model finds."
        + ("" if away is None else " Turned away: of these, the share that is reported as unknown."),
        _worst_confusion(report),
    ]


def _over_seeds(accuracies: Sequence[float]) -> list[str]:
    interval = interval_over_seeds(accuracies)
    if interval is None:
        return []
    return [
        f"Made {len(accuracies)} times in the same way with different seeds, of which this model is the first, it "
        f"reached {np.mean(accuracies):.3f} on average, 95% confidence interval of the mean {interval[0]:.3f} to "
        f"{interval[1]:.3f}; the lowest was {min(accuracies):.3f}, the highest {max(accuracies):.3f}."
    ]


def _share(away: pd.Series | None, name: object) -> list[str]:
    if away is None:
        return []
    return ["–" if np.isnan(away[name]) else f"{away[name]:.2f}"]


def _on_what(photos: Photos, report: Report) -> str:
    kind = {photos.test.fingerprint: "test", photos.val.fingerprint: "val", photos.train.fingerprint: "train"}
    return {
        "test": "Measured on the test photos, which training never saw.",
        "val": "Measured on the validation photos, which also chose the weights, so the figures are too optimistic.",
        "train": "Measured on the training photos themselves. That says nothing about other photos.",
    }.get(kind.get(report.split.fingerprint, ""), "Measured on other photos than those above.")


def _worst_confusion(report: Report) -> str:
    wrong = report.confusion.to_numpy().copy()
    np.fill_diagonal(wrong, 0)
    if not wrong.any():
        return f"None of the {len(report.split)} photos was classified wrongly."
    row, column = np.unravel_index(wrong.argmax(), wrong.shape)
    classes = report.split.class_names
    surest = report.worst(1).iloc[0]
    return (
        f"Most common mistake: {plain(classes[row])} taken for {plain(classes[column])}, {wrong[row, column]} of "
        f"{report.confusion.to_numpy()[row].sum()} photos. Most confident mistake: {plain(surest.label)} taken for "
        f"{plain(surest.predicted)}, {surest.confidence:.0%} sure."
    )


def limits(photos: Photos, report: Report, neighbours: Neighbours | None) -> list[str]:
    """Return the card's part about what the model cannot do, paragraph by paragraph."""
    sure = calibration(report)
    few = [name for name, count in count_by_class(report.split).items() if count < _FEW]
    weakest = report.per_class.recall.idxmin()
    told = [
        f"It knows {len(photos.class_names)} classes, and softmax always names one of them, whatever the photo shows. "
        + (_unknown(report, neighbours) if neighbours else "Nothing tells it that a photo shows none of them."),
        "It was not tested with cameras, light, backgrounds or places other than those in the photos above.",
        f"How sure it is and how often it is right differ by {100 * sure.error:.0f} percentage points on average "
        "(expected calibration error). This holds for photos like those it was tested on, and need not hold for "
        "others.",
        *([f"It never found {names(report.never_found)}."] if report.never_found else []),
        *([f"Tested on fewer than {_FEW} photos each, so their figures are uncertain: {names(few)}."] if few else []),
        f"Weakest class: {plain(str(weakest))}, recall {report.per_class.recall.min():.2f}.",
    ]
    return ["## What it cannot do", bullets(told)]


def _unknown(report: Report, neighbours: Neighbours) -> str:
    shares = neighbours.turned_away(report.split)
    away = int((shares * report.per_class.photos).sum().round())
    mostly = [str(name) for name in shares.index[shares > _MOSTLY]]
    lowest, highest = min(neighbours.limits), max(neighbours.limits)
    limit = f"{lowest:.3f}" if lowest == highest else f"{lowest:.3f} to {highest:.3f}, depending on the class"
    return (
        f"A photo is reported as unknown if fewer than {neighbours.count} training photos lie within a certain cosine "
        f"distance of it: {limit}. This happened to {away} of the {len(report.split)} photos it was tested on, "
        "although it knows their classes; and something unknown that resembles the training photos passes as known."
        + (f" Most photos of {names(mostly)} are reported as unknown." if mostly else "")
    )
