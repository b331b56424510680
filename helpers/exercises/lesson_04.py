"""Exercises of lesson 4: freezing, what is cached, and proof."""

import math

import numpy as np

from helpers.exercises.flags import flags_fault
from helpers.exercises.models import model_of
from helpers.exercises.problem import Problem
from helpers.exercises.running import run_on
from helpers.exercises.values import number_in, told_apart
from helpers.exercises.view import Question


def only_the_head_learns(model) -> str | None:
    """Return what is wrong with a model of which only the head should learn."""
    return flags_fault(model_of(model), blocks_free=0)


q1 = Question(
    Problem(
        "q1",
        "Freeze every layer of the base by hand, so that only the head learns.",
        only_the_head_learns,
        "Only the head learns, and the base keeps what it knows.",
        (
            "Every layer has an attribute that says whether training may change it.",
            "The names of the head's layers start with head_.",
            "Loop over model.layers and set layer.trainable.",
        ),
        """
answer = attach_head(base, classes=classes)
for layer in answer.layers:
    layer.trainable = layer.name.startswith("head_")
""",
    )
)


def bytes_of_features(count, photos, base) -> str | None:
    """Return what is wrong with a number of bytes for the pooled features of all training photos."""
    count = number_in(count, "a number of bytes")
    channels, many = base.output_shape[-1], len(photos.train)
    expected = many * channels * 4
    if math.isclose(count, expected, abs_tol=0.5):
        return None
    told = {
        many * channels: "That is the number of values. Each float32 takes 4 bytes.",
        channels * 4: "That is for one photo. Multiply by the number of training photos.",
        many * photos.image_size**2 * 3: "Those are the pixels. What is cached is the base's output for them.",
        many * channels * 8: "A float32 takes 4 bytes; 8 is a float64.",
        many * channels * 32: "A float32 takes 32 bits, which are 4 bytes.",
        many
        * int(np.prod(base.output_shape[1:]))
        * 4: "Those are the maps before pooling. Pooling leaves one number per map.",
        expected / 1000: "Those are kilobytes. The question is about bytes.",
        expected / 1024: "Those are kibibytes. The question is about bytes.",
        expected / 1e6: "Those are megabytes. The question is about bytes.",
        expected / 1024**2: "Those are mebibytes. The question is about bytes.",
    }
    mistakes = (why for value, why in told.items() if math.isclose(count, value))
    return next(mistakes, f"Not {count:,.10g}. It is photos × features per photo × bytes per number.")


q2 = Question(
    Problem(
        "q2",
        "How many bytes do the cached features of all training photos take, after pooling, in float32?",
        bytes_of_features,
        "That is all an epoch of training the head has to read.",
        (
            "After pooling each feature map is one number.",
            "base.output_shape ends with the number of maps; len(photos.train) is the number of photos.",
            "Multiply by the 4 bytes of a float32.",
        ),
        "answer = len(photos.train) * base.output_shape[-1] * 4",
    )
)


def largest_change(function) -> str | None:
    """Return what is wrong with a function that should return the largest change between two lists of arrays."""
    rng = np.random.default_rng(0)
    # Several weights change in each case, in several arrays. The largest change may stand anywhere, is positive or
    # negative, and may be tiny.
    for shapes, largest in _CHANGES:
        before = [rng.normal(size=shape).astype("float32") for shape in shapes]
        after = [array.copy() for array in before]
        if largest:
            for array in after:
                array += rng.uniform(-0.7, 0.7, array.shape).astype("float32") * abs(largest)
            place = rng.integers(len(after))
            weight = rng.integers(after[place].size)
            after[place].flat[weight] = before[place].flat[weight] + largest
        changes = np.concatenate([(new - old).ravel() for new, old in zip(after, before, strict=True)])
        found = number_in(run_on(function, before, after), "one number, the largest change")
        expected = float(np.abs(changes).max())
        if not math.isclose(found, expected, rel_tol=2e-3, abs_tol=1e-9):
            return _change_fault(found, expected, changes)
    return None


_CHANGES = (
    ([(3, 4), (5,)], 0.0),
    ([(3, 4), (5,), (2, 2, 3)], 0.5),
    ([(6,), (4, 2)], -0.75),
    ([(2, 3), (3,), (3, 5), (5,)], -0.02),
    ([(4, 3)], 3.0),
    ([(1,), (7,), (2,)], -2e-4),
    ([(3, 3), (2,), (8,)], -0.4),
    ([(5,), (3, 6)], 0.3),
)


def _change_fault(found: float, expected: float, changes: np.ndarray) -> str:
    known = {
        "That is the largest increase. A weight that became smaller changed too: take absolute values.": changes.max(),
        "That is the largest change with its sign. A change is as large as its absolute value.": -expected,
        "That is the smallest change.": np.abs(changes).min(),
        "That is the sum of all changes.": np.abs(changes).sum(),
        "That is the sum of all changes with their signs.": changes.sum(),
        "That is the mean change.": np.abs(changes).mean(),
        "That is the length of all changes together, the norm.": float(np.linalg.norm(changes)),
    }
    yours, right = told_apart(found, expected)
    told = next((why for why, value in known.items() if math.isclose(found, value, rel_tol=1e-3)), "")
    if not expected:
        return f"Nothing changed, but your function returned {yours}."
    return f"The largest change of any weight is {right}. Your function returned {yours}. {told}".strip()


q3 = Question(
    Problem(
        "q3",
        "Write a function that takes two lists of weights, before and after, and returns the largest change.",
        largest_change,
        "With it you can prove for any model that frozen layers stayed frozen.",
        (
            "model.get_weights() returns such a list; compare array by array.",
            "np.abs(new - old).max() is the largest change within one array.",
            "Take the max over all pairs from zip(before, after).",
        ),
        """
def answer(before, after):
    return max(np.abs(new - old).max() for old, new in zip(before, after))
""",
    )
)
