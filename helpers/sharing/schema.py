"""What `classes.json` of a bundle must say, and how it must agree with the other files, before anything is used.

A bundle may come from anywhere. A file that was cut off or edited by hand must not lead to confident answers.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from helpers import checks
from helpers.photos.names import printable
from helpers.sharing.litert import LiteModel

_FARTHEST = 2.0  # the largest cosine distance: the opposite direction
_SHA256 = 64  # hexadecimal digits
_LONGEST_NAME = 200  # characters


def check_described(described: Any, digested: Sequence[str]) -> None:
    """Raise `ValueError` unless a description has everything, of the right kind and within its limits.

    Args:
        described: What `classes.json` holds.
        digested: Names of the files whose checksums it must give.
    """
    _expect(isinstance(described, Mapping), "the file to hold an object", described)
    names = described.get("class_names")
    _expect(_are_names(names), "class_names to be a list of at least two different names", names)
    odd = next((name for name in names if printable(name) != name), None)
    _expect(odd is None, "class_names without control characters, which a terminal would obey", odd)
    size = described.get("image_size")
    fits = checks.is_whole(size) and 32 <= size <= checks.MOST_SIDE
    _expect(fits, f"image_size to be a whole number from 32 to {checks.MOST_SIDE}", size)
    _check_unknown(described.get("unknown"), len(names))
    digests = described.get("digests")
    _expect(isinstance(digests, Mapping), "digests to be an object", digests)
    for name in digested:
        _expect(_is_digest(digests.get(name)), f"digests to give the SHA-256 of {name}", digests.get(name))


def check_agreement(described: Mapping[str, Any], model: LiteModel, rows: np.ndarray) -> None:
    """Raise `ValueError` unless the description, the model and the training photos' features fit each other.

    Args:
        described: What `classes.json` holds, checked.
        model: The model, which gives probabilities and features.
        rows: The training photos' features, `(photos, numbers)`.
    """
    names, size = described["class_names"], described["image_size"]
    _expect(len(model.outputs) == 2, "a model with two outputs, probabilities and features", model.outputs)
    classes, width = model.outputs
    _expect(classes == len(names), f"a model of {len(names)} classes, as many as there are names", classes)
    _expect(model.image_size == size, f"a model that takes photos of {size} px", model.image_size)
    fits = rows.ndim == 2 and rows.shape[1] == width and bool(np.isfinite(rows).all())
    _expect(fits, f"the training photos' features to be rows of {width} numbers", checks.shown(rows))
    nth = described["unknown"]["neighbour"]
    _expect(len(rows) >= nth, f"the features of at least {nth} training photos", len(rows))


def _check_unknown(unknown: Any, classes: int) -> None:
    _expect(isinstance(unknown, Mapping), "unknown to be an object", unknown)
    limit, nth = unknown.get("limit"), unknown.get("neighbour")
    _expect(_is_distance(limit), f"the limit of unknown photos to be from 0 to {_FARTHEST:g}", limit)
    _expect(checks.is_whole(nth) and nth >= 1, "the neighbour of unknown photos to be a whole number from 1 up", nth)
    limits = unknown.get("limits")
    fits = limits is None or (isinstance(limits, list) and len(limits) == classes and all(map(_is_distance, limits)))
    _expect(fits, f"the limits of unknown photos to be {classes}, one per class, from 0 to {_FARTHEST:g}", limits)


def _are_names(names: Any) -> bool:
    listed = isinstance(names, list) and len(names) >= 2
    texts = listed and all(isinstance(name, str) and 0 < len(name.strip()) <= _LONGEST_NAME for name in names)
    return texts and len(set(names)) == len(names)


def _is_distance(value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and math.isfinite(value) and 0 <= value <= _FARTHEST


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and len(value) == _SHA256 and set(value) <= set("0123456789abcdef")


def _expect(fits: bool, what: str, received: object) -> None:
    if not fits:
        raise ValueError(f"expected {what}; received {checks.shown(received)}")
