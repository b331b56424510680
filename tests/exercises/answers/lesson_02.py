"""Answers to lesson 2's problems."""

import keras
import numpy as np

from helpers import blocks, layer_table, load_base
from tests.exercises.answers import Answers, Made


def ranked(base):
    return sorted(blocks(base), key=lambda block: block.params)


heaviest = Answers(
    right=[
        Made(lambda room: ranked(room["base"])[-1].name),
        Made(lambda room: layer_table(room["base"]).groupby("block").params.sum().idxmax()),
        Made(lambda room: np.str_(ranked(room["base"])[-1].name)),
    ],
    wrong=[
        (Made(lambda room: ranked(room["base"])[0].name), "blocks have more"),
        (Made(lambda room: ranked(room["base"])[-2].name), "one block has more"),
        (Made(lambda room: ranked(room["base"])[-1]), "That is the block itself"),
        (Made(lambda room: ranked(room["base"])[-1].params), "the number"),
        (Made(lambda room: ranked(room["base"])[-1].layers[0]), "is a layer"),
        ("block9", "There is no block"),
        ("Block1a", "There is no block"),
        (7, "name of a block"),
        (b"top", "the bytes b'top'"),
        (["top"], "a list of 1"),
        (blocks, "Expected the name of a block"),
    ],
)


def tap(base, layer, first=None):
    return keras.Model(base.input if first is None else first.input, base.get_layer(layer).output)


def third(room):
    return tap(room["base"], blocks(room["base"])[2].output_layer)


def sequential(room):
    return keras.Sequential([keras.Input(room["base"].input_shape[1:]), third(room)])


def called(room):
    photos = keras.Input(room["base"].input_shape[1:])
    return keras.Model(photos, third(room)(photos))


def divided(room):
    photos = keras.Input(room["base"].input_shape[1:])
    return keras.Model(photos, third(room)(photos / 255.0))


def of_other_weights(room):
    other = keras.models.clone_model(room["base"])
    return tap(other, blocks(other)[2].output_layer)


def inside(room):
    """Tap a layer of the block with the output's shape, other than the last."""
    block = blocks(room["base"])[2]
    layers = [room["base"].get_layer(name) for name in block.layers[:-1]]
    return tap(room["base"], [layer.name for layer in layers if layer.output.shape[1:] == block.output_shape][-1])


def two_outputs(room):
    base, (one, other) = room["base"], blocks(room["base"])[2:4]
    return keras.Model(base.input, [base.get_layer(each.output_layer).output for each in (one, other)])


taps = Answers(
    right=[
        Made(third),
        Made(sequential),
        Made(called),
        Made(lambda room: keras.Model(inputs=room["base"].inputs, outputs=[third(room).output])),
        Made(lambda room: keras.Model(room["base"].input, {"maps": third(room).output})),
    ],
    wrong=[
        (Made(lambda room: tap(room["base"], blocks(room["base"])[1].output_layer)), "has the shape"),
        (Made(lambda room: room["base"]), "has the shape"),
        (Made(inside), "The shape is right"),
        (Made(of_other_weights), "The shape is right"),
        (Made(divided), "The shape is right"),
        (Made(two_outputs), "Expected a model with one output"),
        (Made(lambda room: blocks(room["base"])[2]), "Expected a keras.Model"),
        (Made(lambda room: third(room).output), "wrap it in keras.Model"),
        (Made(lambda room: room["base"].get_layer(blocks(room["base"])[2].output_layer)), "Expected a keras.Model"),
        (Made(lambda room: load_base), "Expected a keras.Model"),
    ],
)

ASKED = ("code", "weights", "training photos")
NO_ANSWER = (None, "", "unknown")


def loop(card):
    left = []
    for what in ASKED:
        if what not in card or not card[what] or card[what] == "unknown":
            left.append(what)
    return left


cards = Answers(
    right=[
        loop,
        lambda card: {what for what in ASKED if card.get(what, "unknown") in NO_ANSWER},
        lambda card: np.array([what for what in ASKED[::-1] if (card.get(what) or "unknown") == "unknown"], dtype=str),
        lambda card: tuple(filter(lambda what: card.get(what) in NO_ANSWER, ASKED)),
    ],
    wrong=[
        (lambda card: [what for what in ASKED if what not in card], "Open questions"),
        (lambda card: [what for what, terms in card.items() if terms in NO_ANSWER], "Open questions"),
        (lambda card: loop(card) + [what for what in card if what not in ASKED and not card[what]], "Open questions"),
        (lambda card: [what for what in ASKED if not card.get(what)], "Open questions"),
        (lambda card: [what for what in ASKED if card.get(what, "") in ("", "unknown")], "Open questions"),
        (lambda card: [what for what in ASKED if "unknown" in card.get(what, "unknown")], "raised TypeError"),
        (lambda card: [what for what in ASKED if card[what] in NO_ANSWER], "raised KeyError"),
        (lambda card: [what for what in ASKED if what not in loop(card)], "Open questions"),
        (lambda card: loop(card) * 2, "Open questions"),
        (lambda card: [card.get(what) for what in loop(card)], r"one that holds None\.$"),
        (lambda card: [], "Open questions"),
        (lambda card: ", ".join(loop(card)), "the text"),
        (lambda card: len(loop(card)), "the number"),
        (lambda card: [ASKED.index(what) for what in loop(card)], "the number"),
        (lambda card: card.setdefault("weights", "unknown") and loop(card), "changes 'card'"),
        (lambda card: None, "a function without return"),
    ],
)

ANSWERS = {"q1": heaviest, "q2": taps, "q3": cards}
