"""Bugs in what is frozen, what is not, and how large the steps are."""

import keras

from helpers.exercises.compiled import rate_fault
from helpers.exercises.flags import flags_fault, untrained_head_fault
from helpers.exercises.models import model_of
from helpers.exercises.museum.learning import learning_fault, statistics_fault
from helpers.exercises.problem import Problem
from helpers.exercises.running import run_on
from helpers.exercises.small_base import small_base
from helpers.exercises.values import names_in
from helpers.exercises.view import Question
from helpers.network.blocks import blocks


def frees_a_block(model) -> str | None:
    """Return what is wrong with a model in which the base's last block should learn along with the head."""
    return flags_fault(model_of(model), blocks_free=1, norms_may_learn=True) or untrained_head_fault(model)


nothing_unfrozen = Question(
    Problem(
        "q1",
        "Unfreeze the base's last block, and leave the rest of the base frozen. The answer is the model.",
        frees_a_block,
        "Now this really is fine-tuning. run.moved would have told you on the first day.",
        (
            "What are the last three layers of the model called? Print model.layers[-3:].",
            "They belong to the head. The base ends before them.",
            "freeze(model, until=blocks(model)[-2].name) unfreezes what comes after that block.",
        ),
        """
answer = copy_of(start)
freeze(answer, until=blocks(answer)[-2].name)
""",
    )
)


def makes_it_learn(function) -> str | None:
    """Return what is wrong with a function that should unfreeze a layer of a model that was already trained."""
    return learning_fault(lambda model, name: run_on(function, model, name))


not_compiled_again = Question(
    Problem(
        "q2",
        "Write a function that takes a trained model and a layer's name, and makes that layer learn in the next fit.",
        makes_it_learn,
        "Whatever you change about what learns, compile afterwards.",
        (
            "Setting layer.trainable = True is half of the answer.",
            "Keras fixes what it trains when the model is compiled and first trained.",
            'Compile after setting it: model.compile("adam", loss="sparse_categorical_crossentropy").',
        ),
        """
def answer(model, name):
    model.get_layer(name).trainable = True
    model.compile("adam", loss="sparse_categorical_crossentropy")
""",
    )
)


def keeps_statistics(model) -> str | None:
    """Return what is wrong with a model whose upper blocks should learn without their BatchNormalization."""
    return flags_fault(model_of(model), blocks_free=2) or untrained_head_fault(model)


batchnorm_loose = Question(
    Problem(
        "q3",
        "Unfreeze the base's last two blocks, but not their BatchNormalization. The answer is the model.",
        keeps_statistics,
        "The weights learn, and the statistics stay those that the weights were trained with.",
        (
            "For BatchNormalization, trainable = False also means: use the stored statistics.",
            "Loop over model.layers and test isinstance(layer, keras.layers.BatchNormalization).",
            'freeze(model, until=blocks(model)[-3].name, batchnorm="frozen") does it.',
        ),
        """
answer = copy_of(start)
freeze(answer, until=blocks(answer)[-3].name, batchnorm="frozen")
""",
    )
)


def leaves_statistics_alone(function) -> str | None:
    """Return what is wrong with a function that builds on a base: weights should learn, statistics stay."""
    return statistics_fault(lambda base: model_of(run_on(function, base)))


training_false = Question(
    Problem(
        "q4",
        "Write a function that takes a base and returns a model built on it, with five outputs, whose base learns in "
        "fit, but whose BatchNorm statistics do not change.",
        leaves_statistics_alone,
        "fit respects layer.trainable. It overrides what the call said.",
        (
            "fit overrides training=False in base(x, training=False) when it runs the whole model.",
            "Set trainable = False on the BatchNormalization layers themselves.",
            "Build on base.output: pool it, add Dense(5), and build keras.Model(base.input, …).",
        ),
        """
def answer(base):
    for layer in base.layers:
        layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
    x = keras.layers.GlobalAveragePooling2D()(base.output)
    return keras.Model(base.input, keras.layers.Dense(5, activation="softmax")(x))
""",
    )
)


def names_whole_blocks(function, base: keras.Model) -> str | None:
    """Return what is wrong with a function that names the layers of a base's last blocks."""
    whole = small_base()
    # Another base than the lesson's, without its top: the function should use what it is given.
    own = keras.Model(whole.input, whole.get_layer("block2b_add").output)
    cases = [(own, count) for count in (1, 2, 3, 4)] + [(base, count) for count in (1, 2, 4)]
    for asked, count in cases:
        found = blocks(asked)
        names = set(names_in(run_on(function, asked, count), "names of layers"))
        wanted = {name for block in found[-count:] for name in block.layers}
        if names & {block.name for block in found} and not names & wanted:
            return "These are names of blocks. Each block has .layers, the names of its layers."
        for block in found:
            inside = names & set(block.layers)
            if inside and inside != set(block.layers):
                told = f"only {len(inside)} of its {len(block.layers)} layers"
                return f"For n = {count}, your names cut {block.name} in two: {told} are among them."
        if names != wanted:
            told = f"expected the {len(wanted)} layers of the last {count} of {len(found)} blocks of a base"
            return f"For n = {count}, {told}. Yours are {len(names)} layers, {len(names & wanted)} of them among those."
    return None


cut_inside_a_block = Question(
    Problem(
        "q5",
        "Write a function that takes a base and a number n, and returns the names of all layers of its last n blocks.",
        names_whole_blocks,
        "Count blocks, not layers, and you never cut inside one.",
        (
            "blocks(base) lists them from the stem to the top.",
            "blocks(base)[-n:] gives the last n; each has .layers, the names of its layers.",
        ),
        """
def answer(base, n):
    return [name for block in blocks(base)[-n:] for name in block.layers]
""",
    )
)


def steps_are_small(optimizer) -> str | None:
    """Return what is wrong with an optimiser for unfrozen blocks."""
    return rate_fault(optimizer)


rate_too_large = Question(
    Problem(
        "q6",
        "Make an optimiser for the blocks that you have just unfrozen. The answer is the optimiser.",
        steps_are_small,
        "Small steps: the blocks adapt, and keep what they know.",
        (
            "The head used 3e-3, since it had nothing to lose.",
            "Unfrozen blocks already know something: try a tenth of that.",
        ),
        "answer = keras.optimizers.Adam(1e-4)",
    )
)
