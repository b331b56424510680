"""Exercises of lesson 4: freezing, what is kept, and proof."""

import numpy as np

from helpers.exercises.problem import Problem, run_on
from helpers.exercises.view import Question
from helpers.network import freezing
from helpers.network.blocks import blocks


def only_the_head_learns(model) -> str | None:
    """Return what is wrong with a model of which only the head should learn."""
    if not hasattr(model, "layers"):
        return f"The model itself was expected. This is of type {type(model).__name__}."
    head = freezing.head_layers(model)
    if not head or not any(layer.weights for layer in head):
        return "This model has no head with weights. Start from attach_head(base, classes=classes)."
    if not model.trainable_weights:
        return "Nothing at all would learn. Leave the layers whose names begin with head_ trainable."
    if not any(freezing.learns(layer) for layer in head):
        return "The head is frozen, and something in the base is not. It should be the other way round."
    table = freezing.plan_of(model).table
    free = table[(table.block != "head") & ~table.frozen].block.tolist()
    if free:
        norms = [
            layer.name
            for block in blocks(model)
            for layer in map(model.get_layer, block.layers)
            if freezing.learns(layer)
        ]
        if all("bn" in name.lower() for name in norms):
            return "BatchNormalization is still free: its statistics would drift. Freeze those layers, too."
        return (
            f"{len(free)} blocks of the base would still learn: {', '.join(free[:4])}{' …' if len(free) > 4 else ''}."
        )
    return None


q1 = Question(
    Problem(
        "q1",
        "Freeze every layer of the base by hand, so that only the head learns.",
        only_the_head_learns,
        "Only the head learns: the base keeps what it knows.",
        (
            "Every layer has a switch that says whether training may change it.",
            "The head's layers have names that begin with head_.",
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
        return f"A number of bytes was expected. This is of type {type(count).__name__}."
    channels, many = base.output_shape[-1], len(photos.train)
    expected = many * channels * 4
    if count == expected:
        return None
    told = {
        many * channels: "That is how many numbers there are. Each float32 takes 4 bytes.",
        channels * 4: "That is one photo's share. There are as many as there are training photos.",
        many * photos.image_size**2 * 3: "Those are the pixels. What is kept is what the base makes of them.",
        many * channels * 8: "A float32 takes 4 bytes; 8 is a float64.",
        many
        * int(np.prod(base.output_shape[1:]))
        * 4: "Those are the maps before pooling. Pooling leaves one number a map.",
    }
    return told.get(int(count), "Not quite. It is photos × features a photo × bytes a number.")


q2 = Question(
    Problem(
        "q2",
        "How many bytes do the kept features of all training photos take, after pooling, in float32?",
        bytes_of_features,
        "That little is all that an epoch of the head needs to read.",
        (
            "After pooling each feature map is one number.",
            "base.output_shape ends in the number of maps; len(photos.train) is the number of photos.",
            "Multiply by the 4 bytes of a float32.",
        ),
        "answer = len(photos.train) * base.output_shape[-1] * 4",
    )
)


def largest_change(function) -> str | None:
    """Return what is wrong with a function that should give the largest change between two lists of arrays."""
    rng = np.random.default_rng(0)
    before = [rng.normal(size=(3, 4)), rng.normal(size=5)]
    for moved, where in ((0.0, None), (0.5, (0, (1, 2))), (-0.75, (1, (4,)))):
        after = [array.copy() for array in before]
        if where:
            after[where[0]][where[1]] += moved
        kept = [array.copy() for array in before]
        found, fault = run_on(function, before, after)
        if fault:
            return fault
        if any(not np.array_equal(old, new) for old, new in zip(kept, before, strict=True)):
            return "Your function changes the arrays that it is given. It should only look at them."
        if found is None or np.ndim(found) != 0:
            return f"One number was expected. Your function returns {type(found).__name__}."
        if not np.isclose(float(found), abs(moved)):
            if where and moved < 0 and not np.isclose(float(found), abs(moved)):
                return "A weight that became smaller moved, too. Take the absolute value of each difference."
            if not where:
                return f"Nothing moved, and your function says {float(found):.3g}. It should say 0."
            return f"One weight moved by {abs(moved)}, and your function says {float(found):.3g}."
    return None


q3 = Question(
    Problem(
        "q3",
        "Write a function that takes two lists of weights, before and after, and returns the largest change of any.",
        largest_change,
        "With it you can prove for any model that frozen means frozen.",
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
