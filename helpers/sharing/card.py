"""The page that tells whoever uses a model what it is, how well it does, and what it cannot do."""

import re
from collections import Counter
from collections.abc import Sequence

import keras
import numpy as np

from helpers import config
from helpers.activations import engines
from helpers.judging.neighbours import Neighbours
from helpers.judging.report import Report, luck_band
from helpers.network import head
from helpers.photos import sources
from helpers.photos.loading import Photos
from helpers.photos.split import count_by_class
from helpers.sharing.licences import licence_of, licence_questions
from helpers.training.run import Run

_FEW = 30  # photos of a class to judge by; with fewer, luck alone moves its recall by about 15 points and more
_COMPARED = 8  # photos by which a report is held against its model
_SAME = 0.02  # by which probabilities may differ from one engine or batch to another
_NOT_STATED = "not stated"


def model_card(
    model: keras.Model,
    photos: Photos,
    report: Report,
    base: keras.Model | sources.Licence | None = None,
    run: Run | Sequence[Run] | None = None,
    neighbours: Neighbours | None = None,
    *,
    name: str = "",
    purpose: str = "",
    made_by: str = _NOT_STATED,
    licence: str = _NOT_STATED,
    date: str = _NOT_STATED,
) -> str:
    """Write the page that goes with a model: what it is, from what, how well it does, and what it cannot do.

    Every number is computed from what is passed in; the same arguments give the same text. (Mitchell et al., "Model
    Cards for Model Reporting", 2019, https://arxiv.org/abs/1810.03993.)

    Args:
        model: From `attach_head`, trained.
        photos: What it was trained on.
        report: From `evaluate(model, photos.test)`.
        base: Whose weights it grew on, see `licence_questions`. By default what the model remembers.
        run: What `fit` returned; several, in order, where it was trained in several steps.
        neighbours: `Neighbours(model, photos)`: then the card says how unknown things are told.
        name: Of the model; by default its classes.
        purpose: What it is for, in a sentence or two.
        made_by: Whom to ask.
        licence: Under which the model itself is published.
        date: When, as text. It is not looked up, so that the same card can be written again.

    Returns:
        Markdown.

    Raises:
        ValueError: If the report is not this model's, or photos, model and report do not belong together.

    Example:
        >>> print(model_card(model, photos, evaluate(model, photos.test), run=run, date="2026-11-24"))
    """
    _check(model, photos, report)
    runs = [run] if isinstance(run, Run) else list(run or [])
    weights = licence_of(model if base is None else base)
    stated = {"made by": made_by, "date": date, "licence of this model": licence}
    parts = [
        f"# Model card: {_plain(name or ', '.join(photos.class_names))}",
        *_what_it_is(model, photos, weights, stated),
        "## What it is for",
        _plain(purpose)
        or "Not stated. It was made from the photos below and judged on such photos; nothing beyond that is claimed.",
        "Not for anything that safety, health or somebody's rights hang on.",
        *_photos(photos),
        *_training(runs, photos),
        *_how_well(photos, report),
        *_limits(photos, report, neighbours),
        *_open(licence_questions(photos, weights)),
        "## Made with",
        f"{', '.join(_versions())}. The headings follow Mitchell et al., “Model Cards for Model Reporting”, 2019.",
    ]
    return "\n\n".join(parts) + "\n"


def _check(model: keras.Model, photos: Photos, report: Report) -> None:
    if not isinstance(photos, Photos) or not isinstance(report, Report):
        raise ValueError(
            f"Expected photos from load_photos and a report from evaluate. Received: {type(photos).__name__}, "
            f"{type(report).__name__}. Do pass evaluate(model, photos.test)."
        )
    head.check_fits(model, photos.train)
    if report.split.class_names != photos.class_names or report.split.image_size != photos.image_size:
        raise ValueError(
            f"Expected a report on photos of the same classes and size. Received: {report.split}. "
            "Do pass evaluate(model, photos.test)."
        )
    rows = np.arange(min(_COMPARED, len(report.split)))
    now = engines.predict_batch(model, report.split.images(rows))
    if not np.abs(now - report.probabilities[rows]).max() <= _SAME:
        raise ValueError(
            "Expected the report of this very model. Received: one whose probabilities the model does not give; it was "
            "trained on since, perhaps. Do evaluate it again: report = evaluate(model, photos.test)."
        )


def _what_it_is(model, photos: Photos, weights: sources.Licence, stated: dict[str, str]) -> list[str]:
    side = photos.image_size
    rows = {
        "what": f"a classifier: one photo in, a probability for each of {len(photos.class_names)} classes out",
        "classes": ", ".join(photos.class_names),
        "photos go in as": f"RGB, 0 to 255, {side} pixels a side: the short side resized to {side}, the centre cut out",
        "network": f"{model.name}, {model.count_params():,} weights",
        "weights of its base": str(weights),
        **stated,
    }
    return ["## What it is", _table(["", ""], rows.items())]


def _photos(photos: Photos) -> list[str]:
    splits = (photos.train, photos.val, photos.test)
    counts = [count_by_class(split) for split in splits]
    rows = [(name, *(each[name] for each in counts)) for name in photos.class_names]
    rows.append(("together", *(len(split) for split in splits)))
    told = [
        "## Photos it was made from",
        _table(["class", "training", "validation", "test"], rows),
        f"Licence: {_plain(str(photos.licence))}",
        "Files with the same content are on one side only. Photos of one thing, or of one moment, may still be on "
        "both: then the figures below flatter.",
    ]
    if photos.skipped:
        reasons = Counter(reason for _, reason in photos.skipped).most_common()
        listed = "\n".join(f"- {count} × {_plain(reason)}" for reason, count in reasons)
        told.append(f"Left out, with the reason: {len(photos.skipped)} files.\n\n{listed}")
    return told


def _training(runs: list[Run], photos: Photos) -> list[str]:
    if not runs:
        return ["## How it was trained", "Not recorded."]
    return ["## How it was trained", "\n".join(f"{number}. {_step(run, photos)}" for number, run in enumerate(runs, 1))]


def _step(run: Run, photos: Photos) -> str:
    asked = run.settings
    frozen = f"Frozen up to {run.boundary}" if run.boundary else "Nothing frozen"
    kept = f"kept epoch {run.kept_epoch}" if run.kept_epoch else "kept the weights it began with"
    extras = [
        f"learning rate {asked['learning_rate']:g}" + (f", {asked['schedule']}" if asked["schedule"] else ""),
        f"batches of {asked['batch_size']}",
        *([f"weight decay {asked['weight_decay']:g}"] if asked["weight_decay"] else []),
        *([f"label smoothing {asked['label_smoothing']:g}"] if asked["label_smoothing"] else []),
        "augmented" if asked["augment"] else "not augmented",
        f"seed {asked['seed']}",
    ]
    others = "" if asked["photos"] == photos.fingerprint else " It saw other photos than those above, or not all."
    return (
        f"{frozen}; {len(run.history)} epochs, {kept}; {'AdamW' if asked['weight_decay'] else 'Adam'}, "
        f"{', '.join(extras)}; {run.seconds:.0f} s. "
        f"Accuracy on the validation photos: {run.val_accuracy:.3f}.{others}"
    )


def _how_well(photos: Photos, report: Report) -> list[str]:
    split, n = report.split, len(report.split)
    commonest = max(count_by_class(split).values()) / n
    told = [
        f"## How well it does\n\n{_on_what(photos, report)}",
        f"**Accuracy {report.accuracy:.3f}** on {n} photos. {_luck(report.accuracy, n)} Always naming the commonest "
        f"class would give {commonest:.3f}.",
        _table(
            ["class", "precision", "recall", "photos"],
            [
                (name, f"{row.precision:.2f}", f"{row.recall:.2f}", int(row.photos))
                for name, row in report.per_class.iterrows()
            ],
        ),
        "Precision: of the photos given this name, the share that deserve it. Recall: of the photos that deserve it, "
        "the share that were given it.",
        _worst_confusion(report),
    ]
    return told


def _on_what(photos: Photos, report: Report) -> str:
    kind = {photos.test.fingerprint: "test", photos.val.fingerprint: "val", photos.train.fingerprint: "train"}
    return {
        "test": "Measured on the test photos, which training never saw.",
        "val": "Measured on the validation photos. The weights were chosen by them, so the figures flatter.",
        "train": "Measured on the training photos themselves. That says nothing about others.",
    }.get(kind.get(report.split.fingerprint, ""), "Measured on other photos than those above.")


def _luck(accuracy: float, n: int) -> str:
    if accuracy in (0, 1):  # where the band has no width, the rule of three says how far the truth may lie
        return f"All of {n} the same way does not mean always: the truth may lie {min(1.0, 3 / n):.3f} off."
    return f"Luck alone moves that by {luck_band(accuracy, n):.3f} either way, 19 times in 20."


def _worst_confusion(report: Report) -> str:
    wrong = report.confusion.to_numpy().copy()
    np.fill_diagonal(wrong, 0)
    if not wrong.any():
        return f"None of the {len(report.split)} photos was mistaken."
    row, column = np.unravel_index(wrong.argmax(), wrong.shape)
    names = report.split.class_names
    surest = report.worst(1).iloc[0]
    return (
        f"Most often mistaken: {_plain(names[row])} for {_plain(names[column])}, {wrong[row, column]} of "
        f"{report.confusion.to_numpy()[row].sum()} photos. Surest mistake: {_plain(surest.label)} taken for "
        f"{_plain(surest.predicted)}, {surest.confidence:.0%} sure."
    )


def _limits(photos: Photos, report: Report, neighbours: Neighbours | None) -> list[str]:
    sure, limits = report.probabilities.max(axis=1).mean(), []
    limits.append(
        f"It knows {len(photos.class_names)} classes, and softmax always names one of them, whatever it is shown. "
        + (_unknown(report, neighbours) if neighbours else "Nothing tells it that a thing is none of them.")
    )
    limits.append(
        "Other cameras, light, backgrounds or places than in the photos above: how well it does there was not measured."
    )
    limits.append(
        f"It is {sure:.2f} sure on average, and right in {report.accuracy:.2f}. That holds for photos like those it "
        "was judged on, and promises nothing for others."
    )
    few = [name for name, count in count_by_class(report.split).items() if count < _FEW]
    if few:
        limits.append(
            f"Fewer than {_FEW} photos of each of these judged, so that their figures are mostly luck: {_names(few)}."
        )
    weakest = report.per_class.recall.idxmin()
    limits.append(f"Weakest class: {_plain(weakest)}, recall {report.per_class.recall[weakest]:.2f}.")
    return ["## What it cannot do", "\n".join(f"- {limit}" for limit in limits)]


def _unknown(report: Report, neighbours: Neighbours) -> str:
    away = int((neighbours.distances_of(report.split) > neighbours.limit).sum())
    return (
        f"What lies farther than {neighbours.limit:.3f} (cosine distance) from its neighbour number {neighbours.count} "
        f"among the training photos is reported as unknown. So are {away} of the {len(report.split)} photos it was "
        "judged on, whose classes it knows; and unknown things that lie near pass as known."
    )


def _open(questions: list[str]) -> list[str]:
    listed = "\n".join(f"- {_plain(question)}" for question in questions)
    return ["## Licences: what is open", listed or "Nothing that is known of."]


def _versions() -> list[str]:
    told = {"keras": "Keras", "tensorflow": "TensorFlow", "numpy": "NumPy", "pillow": "Pillow"}
    return [f"{told[name]} {version}" for name, version in config.versions().items() if name in told]


def _names(names: Sequence[str]) -> str:
    return ", ".join(map(_plain, names))


def _table(header: Sequence[str], rows) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(_plain(str(cell)) for cell in line) + " |" for line in lines)


def _plain(text: str) -> str:
    # A class may be called anything; in Markdown none of it may become a table's edge, a tag or a link.
    return re.sub(r"[\\`*\[\]<>|]|\b_|_\b", r"\\\g<0>", " ".join(text.split()))
