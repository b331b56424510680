"""Exercises of lesson 2: blocks, taps and licences."""

import itertools
from collections import Counter

import keras
import numpy as np

from helpers.exercises.models import model_of, outputs_of, photos_for
from helpers.exercises.problem import Problem
from helpers.exercises.running import run_on
from helpers.exercises.values import described, names_in
from helpers.exercises.view import Question
from helpers.network.blocks import Block, blocks

_ASKED = ("code", "weights", "training photos")


def heaviest_block(name, base) -> str | None:
    """Return what is wrong with an answer that should name the block with the most weights."""
    found = {block.name: block for block in blocks(base)}
    if isinstance(name, Block):
        return f"That is the block itself. The answer is its name: {name.name!r} if you mean this one."
    if not isinstance(name, str):
        return f"Expected the name of a block, such as 'block2a'. Received: {described(name)}."
    home = next((block.name for block in found.values() if name in block.layers), None)
    if name not in found and home:
        return f"{name!r} is a layer, a part of {home}. The question is about a block."
    if name not in found:
        return f"There is no block called {name!r:.60}. The blocks are {', '.join(found)}."
    heavier = sum(block.params > found[name].params for block in found.values())
    if not heavier:
        return None
    more = f"{heavier} blocks have" if heavier > 1 else "one block has"
    return f"{name} has {found[name].params:,} weights, and {more} more."


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
    block, photos = blocks(base)[2], photos_for(base, 2)
    found = outputs_of(model_of(model), photos)
    if found.shape[1:] != block.output_shape:
        return (
            f"The output of {block.name} has the shape {block.output_shape} for each photo. "
            f"Your model's has {found.shape[1:]}."
        )
    right = outputs_of(keras.Model(base.input, base.get_layer(block.output_layer).output), photos)
    if np.allclose(found, right, rtol=1e-3, atol=1e-3 * float(right.std())):
        return None
    return (
        "The shape is right but the numbers are not. Is it another layer of the block, or one of a base with other "
        f"weights, or are the photos changed on the way? The block ends at '{block.output_layer}'."
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


def reads_cards(function) -> str | None:
    """Return what is wrong with a function that should list the questions that a model card leaves open."""
    answers = ("missing", None, "", "unknown", "CC-BY 4.0", "ImageNet, terms for research")
    for number, said in enumerate(itertools.product(answers, repeat=len(_ASKED))):
        card = {what: terms for what, terms in zip(_ASKED, said, strict=True) if terms != "missing"}
        expected = [what for what in _ASKED if card.get(what) in (None, "", "unknown")]
        card |= {"author": ""} if number % 3 == 0 else {"author": "somebody", "year": None}
        found = names_in(run_on(function, dict(card)), "a list of keys")
        if Counter(found) != Counter(expected):
            return f"For the card {card} your function returned {found}. Open questions: {expected or 'none'}."
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
