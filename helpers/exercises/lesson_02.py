"""Exercises of lesson 2: blocks, taps and licences."""

import keras
import numpy as np

from helpers.exercises.models import model_of, outputs_of
from helpers.exercises.problem import Problem, expecting, run_on
from helpers.exercises.view import Question
from helpers.network.blocks import blocks


def heaviest_block(name, base) -> str | None:
    """Return what is wrong with an answer that should name the block with the most weights."""
    found = {block.name: block for block in blocks(base)}
    if not isinstance(name, str):
        return f"Expected the name of a block, such as 'block2a'. Received: an answer of type {type(name).__name__}."
    if name not in found:
        return f"There is no block called {name!r}. The blocks are {', '.join(found)}."
    most = max(found.values(), key=lambda block: block.params)
    if found[name].params == most.params:
        return None
    if most.layers and name in (most.layers[0],):
        return "That is a layer. The question is about its block."
    heavier = sum(block.params > found[name].params for block in found.values())
    return f"{name} has {found[name].params:,} weights, and {heavier} blocks have more."


q1 = Question(
    Problem(
        "q1",
        "Which block of the base has the most weights? Use blocks(base) to find it.",
        heaviest_block,
        "That is where much of the base's knowledge is, and where fine-tuning has the most to change.",
        (
            "Each block has .name and .params.",
            "max(…, key=…) finds the largest.",
            "max(blocks(base), key=lambda block: block.params).name",
        ),
        "answer = max(blocks(base), key=lambda block: block.params).name",
    )
)


def taps_a_block(model, base) -> str | None:
    """Return what is wrong with a model that should output the feature maps of the third block."""
    block = blocks(base)[2]
    model = model_of(model)
    size = base.input_shape[1] or 64
    photos = np.random.default_rng(0).integers(0, 256, (2, size, size, 3)).astype("float32")
    shape = None if isinstance(model.output, list) else tuple(model.output_shape[1:])
    if shape != block.output_shape:
        return (
            f"The output of {block.name} has the shape {block.output_shape} for each photo. Your model's has {shape}."
        )
    right = keras.Model(base.input, base.get_layer(block.output_layer).output)
    if np.allclose(outputs_of(model, photos), outputs_of(right, photos), atol=1e-4):
        return None
    return (
        "The shape is right but the numbers are not. Is it another layer of the block, or one of a new base? "
        f"The block ends at '{block.output_layer}'."
    )


q2 = Question(
    Problem(
        "q2",
        "Make a model that takes photos and outputs the feature maps of blocks(base)[2], in plain Keras.",
        taps_a_block,
        "You can stop at any layer of any network in this way.",
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
    """Return what is wrong with a function that should list the questions that a model card leaves open."""
    cases = (
        ({"code": "Apache-2.0", "weights": "Apache-2.0", "training photos": "CC-BY 4.0"}, []),
        ({"code": "MIT", "weights": "CC-BY-NC 4.0"}, ["training photos"]),
        ({"code": "Apache-2.0", "weights": "", "training photos": None}, ["weights", "training photos"]),
        ({}, list(_ASKED)),
        ({"code": "MIT", "weights": "unknown", "training photos": "ImageNet, terms for research"}, ["weights"]),
    )
    for card, expected in cases:
        found = run_on(function, dict(card))
        with expecting(f"Expected a list of words. Your function returned {type(found).__name__}."):
            open_questions = sorted(str(each) for each in found)
        if open_questions != sorted(expected):
            return f"For the card {card} your function returned {open_questions}. Open questions: {expected or 'none'}."
    return None


q3 = Question(
    Problem(
        "q3",
        "Write a function that takes a model card as a dict and lists which of the three questions it leaves open.",
        reads_cards,
        "Ask these three questions before you use anyone's base.",
        (
            'The three questions are the keys "code", "weights" and "training photos".',
            "An answer that is missing, None, empty or 'unknown' is no answer.",
            "Keep each key whose card.get(key) is not a real answer.",
        ),
        """
def answer(card):
    asked = ("code", "weights", "training photos")
    return [what for what in asked if card.get(what) in (None, "", "unknown")]
""",
    )
)
