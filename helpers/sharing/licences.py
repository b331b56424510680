"""What must be clear before you publish a model: whose photos it was trained on, and whose weights it started from."""

from collections.abc import Iterator

import keras

from helpers.photos import sources
from helpers.photos.loading import Photos

_CLEAR = (sources.OURS, sources.FORMULA_WEIGHTS, sources.RANDOM_WEIGHTS)

_TRAINED_ON_IMAGENET = (
    "The base's weights were trained on ImageNet: pictures collected from the web for research, most of them under "
    "copyright. Whether that affects the weights, and your model, is an open question. Ask whoever is "
    'responsible for what you publish, or use load_base(weights="bundled") instead.'
)
_LITE_STATEMENTS = (
    "The package that holds the base's weights contradicts itself about the licence: its LICENSE file says "
    "Apache-2.0, but its metadata says that the licence is unknown. Neither names Google, who trained the weights. "
    "Read the LICENSE file, keep a copy beside your model, and name Google and ML Illustrated. If you must be certain, "
    "ask them: "
    f"{sources.LITE_WEIGHTS.url}"
)


def licence_questions(photos: Photos, base: keras.Model | sources.Licence | None = None) -> list[str]:
    """Return the questions to settle before you publish a model, each with what to do.

    These are the questions a careful person would ask. They are not legal advice.

    Args:
        photos: What the model was trained on. State the licence of your own photos with `photos.with_licence`.
        base: What it was built on: from `load_base`, a model from `attach_head`, or a `Licence`. `None` stands for
            weights of unknown origin.

    Returns:
        List of plain sentences. Empty only if nothing is open: the bundled pictures with the bundled base.

    Example:
        >>> licence_questions(load_photos("my/flowers"), base)
    """
    if not isinstance(photos, Photos):
        raise ValueError(
            f"Expected photos. Received: {type(photos).__name__}. Pass what load_flowers or load_photos returned."
        )
    return [*_ask_about_photos(photos), *_ask_about_base(licence_of(base))]


def licence_of(base: keras.Model | sources.Licence | None) -> sources.Licence:
    """Return the licence of a base's weights, which a model from `attach_head` remembers; else "unknown"."""
    if isinstance(base, sources.Licence):
        return base
    if base is not None and not isinstance(base, keras.Model):
        raise ValueError(
            f"Expected a model or a Licence. Received: {type(base).__name__}. "
            "Pass what load_base or attach_head returned."
        )
    return getattr(base, "licence", None) or getattr(base, "base_licence", None) or sources.UNKNOWN_WEIGHTS


def has_licence(name: str, value: keras.Model | sources.Licence | None) -> None:
    """Expect what `licence_of` takes; for `checked`."""
    licence_of(value)


def _ask_about_photos(photos: Photos) -> Iterator[str]:
    licence = photos.licence
    if licence == sources.YOUR_OWN:
        yield (
            "The folder doesn't say who made the photos or what licence they're under. Ask the photographers, then "
            'record the licence: photos = photos.with_licence("CC BY 4.0", made_by="…").'
        )
    elif licence not in _CLEAR:
        yield _read(f"The photos were made by {licence.made_by}, and are licensed under {licence.name}.")
    if photos.source != "bundled":
        yield (
            "The photos may show people, homes or licence plates, and nothing has checked for them automatically. Look "
            "through them, and remove any that someone might object to."
        )


def _ask_about_base(licence: sources.Licence) -> Iterator[str]:
    if licence == sources.UNKNOWN_WEIGHTS:
        yield (
            "Who made the base's weights, and from what, is not known. Ask whoever made the file, or start again with "
            'load_base(weights="bundled").'
        )
    elif licence == sources.LITE_WEIGHTS:
        yield _LITE_STATEMENTS
        yield _TRAINED_ON_IMAGENET
    elif licence == sources.IMAGENET_WEIGHTS:
        yield _TRAINED_ON_IMAGENET
    elif licence not in _CLEAR:
        yield _read(f"The base's weights were made by {licence.made_by}, and are licensed under {licence.name}.")


def _read(what: str) -> str:
    todo = "Read the licence and do what it requires, such as naming whoever made them, before you publish the model."
    return f"{what} {todo}"
