"""The capstone of the course: a transfer of your own, from a folder to a model card, held against a checklist."""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from helpers.activations import engines
from helpers.exercises.checklist import Checklist, checked_point
from helpers.exercises.running import AnswerError
from helpers.exercises.values import described
from helpers.judging.comparison import compare
from helpers.judging.report import Report
from helpers.photos import sources
from helpers.photos.loading import Photos
from helpers.photos.split import count_by_class
from helpers.training.run import Run

FEWEST, FEWEST_TESTED = 20, 4  # photos per class: in all splits together, and to test on
TICKS = (
    "every setting was chosen on validation photos",
    "the test photos were used only once, at the end",
    "I looked at every mistake",
)
_COMPARED = 8  # photos on which a report is compared with its model
_SAME = 0.02  # the most by which probabilities may differ between engines or batches
_NOT_STATED = "not stated"  # what `model_card` writes where nothing was said


def capstone(
    photos: Any = ...,
    model: Any = ...,
    report: Any = ...,
    baseline_run: Any = ...,
    baseline_report: Any = ...,
    card: Any = ...,
    ticks: Any = ...,
) -> Checklist:
    """Hold a transfer against the capstone's checklist. What can be computed is computed; the rest are your ticks.

    Whatever is handed in, nothing is raised; what is still `...` counts as not done yet.

    Args:
        photos: From `load_photos`, with a licence from `photos.with_licence`.
        model: Your model, trained.
        report: `evaluate(model, photos.test)`.
        baseline_run: What `fit` returned for a head on the frozen base, trained on the same photos.
        baseline_report: `evaluate` of that baseline, on the same test photos.
        card: The text from `model_card`.
        ticks: Dict from each sentence of `TICKS` to whether it is true.

    Returns:
        A `Checklist`.

    Example:
        >>> capstone(photos=photos, ticks=dict.fromkeys(TICKS, False))
    """
    points = [
        checked_point("enough photos", _enough, photos),
        checked_point("a split without leaks", _apart, photos),
        checked_point("the photos' licence is named", _licensed, photos),
        checked_point("a test report for this exact model", _reported, photos, model, report),
        checked_point("compared with a frozen baseline", _compared, photos, report, baseline_run, baseline_report),
        checked_point("a model card", _carded, report, card),
        *(checked_point(tick, _ticked, tick, ticks) for tick in TICKS),
    ]
    return Checklist(points)


def _is(kind: type, value: Any, how: str) -> None:
    if not isinstance(value, kind):
        raise AnswerError(f"Expected {how}. Received: {described(value)}.")


def _photos(photos: Any) -> None:
    _is(Photos, photos, "photos from load_photos or load_flowers")


def _enough(photos: Any) -> str:
    _photos(photos)
    tested = count_by_class(photos.test)
    counts = [count_by_class(split) for split in (photos.train, photos.val, photos.test)]
    total = {name: sum(count[name] for count in counts) for name in photos.class_names}
    few = min(total, key=total.__getitem__)
    if total[few] < FEWEST:
        raise AnswerError(f"{few} has {total[few]} photos. Expected at least {FEWEST} per class: take more.")
    few = min(tested, key=tested.__getitem__)
    if tested[few] < FEWEST_TESTED:
        raise AnswerError(
            f"Only {tested[few]} photos of {few} are for testing. Expected at least {FEWEST_TESTED} per class: give "
            "load_photos another split."
        )
    return f"{min(total.values())} or more per class, at least {tested[few]} of them to test on."


def _apart(photos: Any) -> str:
    _photos(photos)
    splits = (photos.train, photos.val, photos.test)
    contents = [set(split.digests) for split in splits]
    shared = sum(len(one & other) for one, other in zip(contents, (*contents[1:], contents[0]), strict=True))
    if shared:
        raise AnswerError(f"{shared} photos are in two splits. Load the folder again with load_photos.")
    home = {path: split.name for split in splits for path in split.paths}
    divided = [pair for pair in photos.near_copies if home.get(pair[0]) != home.get(pair[1])]
    if divided:
        one, other = divided[0]
        raise AnswerError(
            f"{len(divided)} pairs of photos look the same and are in different splits, such as {one.name} and "
            f'{other.name}. Load them with near_copies="together", or with groups.'
        )
    told = "kept together by your groups" if photos.grouped else "none that a program can see"
    return f"no photo is in two splits; near-copies across splits: {told}."


def _licensed(photos: Any) -> str:
    _photos(photos)
    if photos.licence == sources.YOUR_OWN:
        raise AnswerError('Who made the photos? State it: photos.with_licence("CC BY 4.0", made_by="…").')
    return f"{photos.licence.name}, made by {photos.licence.made_by}."


def _reported(photos: Any, model: Any, report: Any) -> str:
    _photos(photos)
    _is(keras.Model, model, "your model")
    _is(Report, report, "a report: evaluate(model, photos.test)")
    _on_test(photos, report)
    rows = np.arange(min(_COMPARED, len(report.split)))
    now = engines.predict_batch(model, report.split.images(rows))
    if np.shape(now) != report.probabilities[rows].shape or np.abs(now - report.probabilities[rows]).max() > _SAME:
        raise AnswerError("The model gives other probabilities than the report holds. Was it trained further since?")
    low, high = report.interval
    if low <= report.chance_level:
        raise AnswerError(
            f"Accuracy {report.accuracy:.3f}, interval {low:.3f} to {high:.3f}: chance level, "
            f"{report.chance_level:.3f}, isn't below it. Find out why before you hand it in: lesson 11 has a list."
        )
    return f"accuracy {report.accuracy:.3f}, 95% interval {low:.3f} to {high:.3f}, above chance level."


def _on_test(photos: Photos, report: Report) -> None:
    if report.split.fingerprint != photos.test.fingerprint:
        raise AnswerError("The report is about other photos than photos.test. Evaluate on photos.test.")


def _compared(photos: Any, report: Any, run: Any, baseline: Any) -> str:
    _photos(photos)
    _is(Report, report, "your model's report as report")
    _is(Run, run, "what fit returned for the baseline")
    _is(Report, baseline, "the baseline's report")
    base = run.moved[run.moved.block != "head"]
    if not base.frozen.all() or (base.weights_moved != 0).any():
        raise AnswerError('The baseline isn\'t frozen: blocks of its base moved. Use freeze(model, until="top").')
    if run.settings.get("photos") != photos.fingerprint:
        raise AnswerError("The baseline was trained on other photos. Train it on the same photos as your model.")
    _on_test(photos, report)
    _on_test(photos, baseline)
    if np.array_equal(report.probabilities, baseline.probabilities):
        return "both reports are the same: fine if your model is the frozen baseline, chosen by the validation photos."
    return f"{compare(report, baseline)}."


def _carded(report: Any, card: Any) -> str:
    _is(Report, report, "your model's report as report")
    if not isinstance(card, str) or not card.startswith("# Model card"):
        raise AnswerError(f"Expected the text from model_card. Received: {described(card)}.")
    if f"Accuracy {report.accuracy:.3f}" not in card:
        raise AnswerError(f"The card doesn't give your report's accuracy, {report.accuracy:.3f}. Write it again.")
    for what, argument in (("made by", "made_by"), ("licence of this model", "licence")):
        if f"| {what} | {_NOT_STATED} |" in card:
            raise AnswerError(f"The card doesn't say: {what}. Give model_card the argument {argument}.")
    if "## What it is for\n\nNot stated" in card:
        raise AnswerError("The card doesn't say what the model is for. Give model_card the argument purpose.")
    return "it gives the accuracy of your report, a purpose, a maker and a licence."


def _ticked(tick: str, ticks: Any) -> str:
    _is(Mapping, ticks, "a dict of ticks")
    if ticks.get(tick) is not True:
        raise AnswerError("not ticked yet. Only you can know: set it to True when it's true.")
    return "you say so."
