"""Exercises of lesson 2: blocks, taps and licences."""

import keras
import numpy as np

from helpers.exercises.problem import Problem, run_on
from helpers.exercises.view import Question
from helpers.network.blocks import blocks


def heaviest_block(name, base) -> str | None:
    """Return what is wrong with the name of the block that holds the most weights."""
    found = {block.name: block for block in blocks(base)}
    if not isinstance(name, str):
        return f"The name of a block was expected, such as 'block2a'. This is of type {type(name).__name__}."
    if name not in found:
        return f"There is no block called {name!r}. The blocks are {', '.join(found)}."
    most = max(found.values(), key=lambda block: block.params)
    if found[name].params == most.params:
        return None
    if most.layers and name in (most.layers[0],):
        return "That is a layer. Its block was asked for."
    heavier = sum(block.params > found[name].params for block in found.values())
    return f"{name} has {found[name].params:,} weights, and {heavier} blocks have more."


q1 = Question(
    Problem(
        "q1",
        "Which block of the base holds the most weights? Let blocks(base) find it.",
        heaviest_block,
        "So that is where much of the base's knowledge lies, and where fine-tuning has the most to move.",
        (
            "Each block has .name and .params.",
            "max(…, key=…) finds the largest.",
            "max(blocks(base), key=lambda block: block.params).name",
        ),
        "answer = max(blocks(base), key=lambda block: block.params).name",
    )
)


def taps_a_block(model, base) -> str | None:
    """Return what is wrong with a model that should put out the feature maps of the third block."""
    block = blocks(base)[2]
    if not isinstance(model, keras.Model):
        return f"A keras.Model was expected. This is of type {type(model).__name__}."
    size = base.input_shape[1] or 64
    photos = np.random.default_rng(0).integers(0, 256, (2, size, size, 3)).astype("float32")
    shape = tuple(model.output_shape[1:]) if not isinstance(model.output, list) else None
    if shape != block.output_shape:
        return f"{block.name} puts out {block.output_shape} for a photo. Your model puts out {shape}."
    right = keras.Model(base.input, base.get_layer(block.output_layer).output).predict(photos, verbose=0)
    found = model.predict(photos, verbose=0)
    if np.allclose(found, right, atol=1e-4):
        return None
    return (
        "The shape is right and the numbers are not. Is it another layer of the block, or one of a new base? "
        f"The block ends at '{block.output_layer}'."
    )


q2 = Question(
    Problem(
        "q2",
        "Make a model that takes photos and puts out the feature maps of blocks(base)[2], in plain Keras.",
        taps_a_block,
        "You can stop at any layer of any network like this.",
        (
            "A model needs an input and an output: keras.Model(base.input, …).",
            "blocks(base)[2].output_layer is the name of the layer where the block ends.",
            "base.get_layer(name).output is that layer's output.",
        ),
        """
block = blocks(base)[2]
answer = keras.Model(base.input, base.get_layer(block.output_layer).output)
""",
    )
)

_ASKED = ("code", "weights", "training photos")


def reads_cards(function) -> str | None:
    """Return what is wrong with a function that should list what a model card leaves open."""
    cases = (
        ({"code": "Apache-2.0", "weights": "Apache-2.0", "training photos": "CC-BY 4.0"}, []),
        ({"code": "MIT", "weights": "CC-BY-NC 4.0"}, ["training photos"]),
        ({"code": "Apache-2.0", "weights": "", "training photos": None}, ["weights", "training photos"]),
        ({}, list(_ASKED)),
        ({"code": "MIT", "weights": "unknown", "training photos": "ImageNet, terms for research"}, ["weights"]),
    )
    for card, expected in cases:
        found, fault = run_on(function, dict(card))
        if fault:
            return fault
        try:
            open_questions = sorted(str(each) for each in found)
        except TypeError:
            return f"A list of words was expected. Your function returns {type(found).__name__}."
        if open_questions != sorted(expected):
            return f"For the card {card} your function says {open_questions}. Left open are: {expected or 'none'}."
    return None


q3 = Question(
    Problem(
        "q3",
        "Write a function that takes a model card as a dict and lists which of the three questions it leaves open.",
        reads_cards,
        "Ask these three before you use anybody's base.",
        (
            'The three questions are the keys "code", "weights" and "training photos".',
            "An answer that is missing, None, empty or 'unknown' is no answer.",
            "Keep each key for which card.get(key) is not a real answer.",
        ),
        """
def answer(card):
    asked = ("code", "weights", "training photos")
    return [what for what in asked if card.get(what) in (None, "", "unknown")]
""",
    )
)
