"""Exercises of lesson 4: freezing, what is cached, and proof."""

import numpy as np

from helpers.exercises.models import blocks_of, model_of
from helpers.exercises.problem import Problem, expecting, run_on
from helpers.exercises.view import Question
from helpers.network import freezing


def only_the_head_learns(model) -> str | None:
    """Return what is wrong with a model of which only the head should learn."""
    base = blocks_of(model_of(model))
    head = freezing.head_layers(model)
    if not head or not any(layer.weights for layer in head):
        return "This model has no head with weights. Start from attach_head(base, classes=classes)."
    if not model.trainable_weights:
        return "Nothing would learn. Leave the layers whose names start with head_ trainable."
    if not any(freezing.learns(layer) for layer in head):
        return "The head is frozen, and part of the base is not. It should be the other way round."
    table = freezing.plan_of(model).table
    free = table[(table.block != "head") & ~table.frozen].block.tolist()
    if free:
        norms = [layer.name for block in base for layer in map(model.get_layer, block.layers) if freezing.learns(layer)]
        if all("bn" in name.lower() for name in norms):
            return "BatchNormalization is not frozen, so its statistics would drift. Freeze those layers too."
        return (
            f"{len(free)} blocks of the base would still learn: {', '.join(free[:4])}{' …' if len(free) > 4 else ''}."
        )
    return None


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
    if isinstance(count, bool) or not isinstance(count, (int, float, np.number)):
        return f"Expected a number of bytes. Received: an answer of type {type(count).__name__}."
    channels, many = base.output_shape[-1], len(photos.train)
    expected = many * channels * 4
    if count == expected:
        return None
    told = {
        many * channels: "That is the number of values. Each float32 takes 4 bytes.",
        channels * 4: "That is for one photo. Multiply by the number of training photos.",
        many * photos.image_size**2 * 3: "Those are the pixels. What is cached is the base's output for them.",
        many * channels * 8: "A float32 takes 4 bytes; 8 is a float64.",
        many
        * int(np.prod(base.output_shape[1:]))
        * 4: "Those are the maps before pooling. Pooling leaves one number per map.",
    }
    return told.get(count, "Not quite. It is photos × features per photo × bytes per number.")


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
    before = [rng.normal(size=(3, 4)), rng.normal(size=5)]
    for moved, place in ((0.0, None), (0.5, (0, (1, 2))), (-0.75, (1, (4,)))):
        after = [array.copy() for array in before]
        if place:
            number, position = place
            after[number][position] += moved
        kept = [array.copy() for array in before]
        found = run_on(function, before, after)
        if len(before) != 2 or any(not np.array_equal(old, new) for old, new in zip(kept, before, strict=True)):
            return "Your function changes the arrays it is given. It should only read them."
        with expecting(f"Expected one number. Your function returned {type(found).__name__}."):
            found = float(found)
        if not np.isclose(found, abs(moved)):
            if moved < 0:
                return "A weight that became smaller changed too. Take the absolute value of each difference."
            changed = f"One weight changed by {moved}" if moved else "Nothing changed"
            return f"{changed}, but your function returned {found:.3g}."
    return None


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
