"""The page that tells the users of a model what it is, how well it does, and what it cannot do."""

from collections import Counter
from collections.abc import Sequence

import keras
import numpy as np

from helpers import checks, config
from helpers.activations import engines
from helpers.judging.neighbours import Neighbours
from helpers.judging.report import Report
from helpers.network import head
from helpers.network.known_classes import check_same_classes
from helpers.photos import sources
from helpers.photos.loading import Photos
from helpers.photos.split import count_by_class
from helpers.sharing.card_markdown import bullets, plain, table
from helpers.sharing.card_results import how_well, limits
from helpers.sharing.licences import has_licence, licence_of, licence_questions
from helpers.training.run import Run

_COMPARED = 8  # photos on which a report is compared with its model
_SAME = 0.02  # the most by which probabilities may differ between engines or batches
_NOT_STATED = "not stated"


def runs(name: str, value: object) -> None:
    """Expect `None`, a `Run`, or several; for `checked`."""
    several = value if isinstance(value, Sequence) else [value]
    if value is not None and not all(isinstance(run, Run) for run in several):
        raise TypeError(
            f"Expected {name} to be what fit returned, or a list of such runs. Received: {checks.shown(value)}."
        )


def shares(name: str, value: object) -> None:
    """Expect several numbers from 0 to 1; for `checked`."""
    if isinstance(value, str | bytes) or not isinstance(value, Sequence):
        raise TypeError(
            f"Expected {name} to be a list of numbers from 0 to 1, such as [0.86, 0.88]. Received: "
            f"{checks.shown(value)}."
        )
    for one in value:
        checks.number(0, 1)(f"each of the {name}", one)


@checks.checked(
    model=checks.kind_of(keras.Model),
    base=has_licence,
    run=runs,
    neighbours=checks.or_none(checks.kind_of(Neighbours)),
    name=checks.text,
    purpose=checks.text,
    made_by=checks.text,
    licence=checks.text,
    date=checks.text,
    accuracies=shares,
)
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
    accuracies: Sequence[float] = (),
) -> str:
    """Write the page that goes with a model: what it is, what it was made from, how well it does, what it cannot do.

    Every number is computed from the arguments; the same arguments give the same text. (Mitchell et al., "Model
    Cards for Model Reporting", 2019, https://arxiv.org/abs/1810.03993.)

    Args:
        model: From `attach_head`, trained.
        photos: What it was trained on.
        report: From `evaluate(model, photos.test)`.
        base: The base it was built on, for its licence; see `licence_questions`. By default the one that the model
            itself names.
        run: What `fit` returned; a list, in order, if it was trained in several steps.
        neighbours: `Neighbours(model, photos)`; with it the card says how unknown photos are recognised.
        name: Name of the model; by default its classes.
        purpose: What it is for, in a sentence or two.
        made_by: Whom to ask about it.
        licence: Licence under which the model itself is published.
        date: When it was made, as text. It is not looked up, so that the same card can be written again.
        accuracies: Test accuracies of models made in the same way with several seeds, this one's first; with them the
            card says how much seeds matter.

    Returns:
        Markdown.

    Raises:
        ValueError: If the report isn't this model's, or photos, model and report don't belong together.

    Example:
        >>> print(model_card(model, photos, evaluate(model, photos.test), run=run, date="2026-11-24"))
    """
    _check(model, photos, report)
    runs = [run] if isinstance(run, Run) else list(run or [])
    weights = licence_of(model if base is None else base)
    stated = {"made by": made_by, "date": date, "licence of this model": licence}
    parts = [
        f"# Model card: {plain(name or ', '.join(photos.class_names))}",
        *_what_it_is(model, photos, weights, stated),
        "## What it is for",
        plain(purpose)
        or "Not stated. It was trained and tested on the photos below; nothing is claimed beyond such photos.",
        "Don't use it for anything on which somebody's safety, health or rights depend.",
        *_photos(photos),
        *_training(runs, photos),
        *how_well(photos, report, neighbours, accuracies),
        *limits(photos, report, neighbours),
        *_open(licence_questions(photos, weights)),
        "## Made with",
        f"{', '.join(_versions())}. The headings follow Mitchell et al., “Model Cards for Model Reporting”, 2019.",
    ]
    return "\n\n".join(parts) + "\n"


def _check(model: keras.Model, photos: Photos, report: Report) -> None:
    if not isinstance(photos, Photos) or not isinstance(report, Report):
        raise ValueError(
            f"Expected photos from load_photos and a report from evaluate. Received: {type(photos).__name__}, "
            f"{type(report).__name__}. Pass evaluate(model, photos.test)."
        )
    check_same_classes(model, photos.class_names)
    head.check_fits(model, photos.train)
    if report.split.class_names != photos.class_names or report.split.image_size != photos.image_size:
        raise ValueError(
            f"Expected a report on photos of the same classes and size. Received: {report.split}. "
            "Pass evaluate(model, photos.test)."
        )
    rows = np.arange(min(_COMPARED, len(report.split)))
    now = engines.predict_batch(model, report.split.images(rows))
    if not np.abs(now - report.probabilities[rows]).max() <= _SAME:
        raise ValueError(
            "Expected the report for this exact model. Received: one with other probabilities than the model gives. "
            "Perhaps the model was trained further. Evaluate it again: report = evaluate(model, photos.test)."
        )


def _what_it_is(model: keras.Model, photos: Photos, weights: sources.Licence, stated: dict[str, str]) -> list[str]:
    side = photos.image_size
    rows = {
        "what": f"a classifier: one photo in, a probability for each of {len(photos.class_names)} classes out",
        "classes": ", ".join(photos.class_names),
        "input": f"RGB, 0 to 255, {side} × {side} pixels: the short side resized to {side}, the centre cut out",
        "network": f"{model.name}, {model.count_params():,} weights",
        "weights of its base": str(weights),
        **stated,
    }
    return ["## What it is", table(["", ""], rows.items())]


def _photos(photos: Photos) -> list[str]:
    splits = (photos.train, photos.val, photos.test)
    counts = [count_by_class(split) for split in splits]
    rows = [(name, *(each[name] for each in counts)) for name in photos.class_names]
    rows.append(("total", *(len(split) for split in splits)))
    told = [
        "## Photos it was made from",
        table(["class", "training", "validation", "test"], rows),
        f"Licence: {plain(str(photos.licence))}",
        "Files with the same content are in one split only, and so are photos that were said to belong together."
        if photos.grouped
        else "Files with the same content are in one split only. Photos of the same thing or moment may still be in "
        "two splits; the figures below are then too optimistic.",
    ]
    if photos.skipped:
        reasons = Counter(reason for _, reason in photos.skipped).most_common()
        listed = bullets(f"{count} × {plain(reason)}" for reason, count in reasons)
        told.append(f"Files that were left out: {len(photos.skipped)}.\n\n{listed}")
    return told


def _training(runs: list[Run], photos: Photos) -> list[str]:
    if not runs:
        return ["## How it was trained", "Not recorded."]
    return ["## How it was trained", "\n".join(f"{number}. {_step(run, photos)}" for number, run in enumerate(runs, 1))]


def _step(run: Run, photos: Photos) -> str:
    asked = run.settings
    frozen = f"Frozen up to {run.boundary}" if run.boundary else "Nothing frozen"
    kept = f"kept epoch {run.kept_epoch}" if run.kept_epoch else "kept the initial weights"
    extras = [
        f"learning rate {asked['learning_rate']:g}" + (f", {asked['schedule']}" if asked["schedule"] else ""),
        f"batches of {asked['batch_size']}",
        *([f"weight decay {asked['weight_decay']:g}"] if asked["weight_decay"] else []),
        *([f"label smoothing {asked['label_smoothing']:g}"] if asked["label_smoothing"] else []),
        *(["each class counting the same"] if asked.get("class_weight") else []),
        "augmented" if asked["augment"] else "not augmented",
        f"seed {asked['seed']}",
    ]
    others = "" if asked["photos"] == photos.fingerprint else " It used other photos than those above, or not all."
    return (
        f"{frozen}; {len(run.history)} epochs, {kept}; {'AdamW' if asked['weight_decay'] else 'Adam'}, "
        f"{', '.join(extras)}; {run.seconds:.0f} s. "
        f"Accuracy on the validation photos: {run.val_accuracy:.3f}.{others}"
    )


def _open(questions: list[str]) -> list[str]:
    return ["## Licences: open questions", bullets(map(plain, questions)) or "No open questions are known."]


def _versions() -> list[str]:
    told = {"keras": "Keras", "tensorflow": "TensorFlow", "numpy": "NumPy", "pillow": "Pillow"}
    return [f"{told[name]} {version}" for name, version in config.versions().items() if name in told]
