"""Bugs in what is frozen, what is not, and how large the steps are."""

import keras
import numpy as np

from helpers.exercises.models import blocks_of, model_of, train_for_an_epoch
from helpers.exercises.problem import Problem, expecting, run_on
from helpers.exercises.view import Question
from helpers.network import freezing
from helpers.network.blocks import blocks

_LARGEST_RATE = 1e-3


def frees_a_block(model) -> str | None:
    """Return what is wrong with a model in which the base's last block should learn along with the head."""
    last = blocks_of(model_of(model))[-1]
    free = [name for name in last.layers if model.get_layer(name).trainable_weights]
    if not free:
        return f"Nothing in {last.name}, the base's last block, learns. Which layers did you unfreeze?"
    if freezing.plan_of(model).boundary is None:
        return f"The whole base is unfrozen, down to the stem. Only {last.name} should be."
    if not any(layer.trainable_weights for layer in freezing.head_layers(model)):
        return "The head is frozen. It should keep learning along with the block below it."
    return None


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


def _small_model() -> keras.Model:
    inputs = keras.Input((4,))
    hidden = keras.layers.Dense(3, name="lower", trainable=False)
    model = keras.Model(inputs, keras.layers.Dense(2, activation="softmax", name="upper")(hidden(inputs)))
    model.compile("adam", loss="sparse_categorical_crossentropy")
    train_for_an_epoch(model, *_random_rows())
    return model


def _random_rows() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.normal(size=(8, 4)).astype("float32"), rng.integers(0, 2, 8)


def makes_it_learn(function) -> str | None:
    """Return what is wrong with a function that should unfreeze a layer of a model that was already trained."""
    model = _small_model()
    run_on(function, model, "lower")
    if not model.get_layer("lower").trainable:
        return "After your function has run, the layer is still frozen."
    before = model.get_layer("lower").get_weights()[0]
    with expecting("After your function has run, the model cannot be trained: {error}"):
        train_for_an_epoch(model, *_random_rows())
    if np.array_equal(before, model.get_layer("lower").get_weights()[0]):
        return (
            "The layer is marked as trainable, but none of its weights changed. What did Keras fix when training began?"
        )
    return None


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
    layers = [model.get_layer(name) for block in blocks_of(model_of(model)) for name in block.layers]
    norms = [layer for layer in layers if isinstance(layer, keras.layers.BatchNormalization)]
    loose = [layer.name for layer in norms if layer.trainable]
    if loose:
        return f"{len(loose)} BatchNormalization layers are still unfrozen, such as {loose[-1]}."
    if not any(layer.trainable_weights for layer in layers):
        return "Now the whole base is frozen. The upper blocks should learn, except for their BatchNormalization."
    return None


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


def _small_base() -> keras.Model:
    inputs = keras.Input((8, 8, 3))
    x = keras.layers.Conv2D(4, 3, name="conv")(inputs)
    return keras.Model(inputs, keras.layers.BatchNormalization(name="norm")(x))


def leaves_statistics_alone(function) -> str | None:
    """Return what is wrong with a function that builds on a base: weights should learn, statistics stay."""
    base = _small_base()
    model = run_on(function, base)
    if model_of(model).output_shape[-1] != 5:
        return f"Expected a model with five outputs. Received: one with {model.output_shape[-1]}."
    rng = np.random.default_rng(0)
    photos, labels = rng.normal(3, 2, (8, 8, 8, 3)).astype("float32"), rng.integers(0, 5, 8)
    weights, statistics = base.get_layer("conv").get_weights()[0], base.get_layer("norm").get_weights()[2]
    model.compile("adam", loss="sparse_categorical_crossentropy")
    with expecting("Your model could not be trained: {error}"):
        train_for_an_epoch(model, photos, labels)
    if np.array_equal(weights, base.get_layer("conv").get_weights()[0]):
        return "The base's convolution should learn, but it did not."
    if not np.array_equal(statistics, base.get_layer("norm").get_weights()[2]):
        return "After one call of fit, the base's statistics have changed. Did you rely on training=False?"
    return None


training_false = Question(
    Problem(
        "q4",
        "Write a function that takes a base and returns a model with five outputs on it, whose base learns in fit, but "
        "whose BatchNorm statistics do not change.",
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
    found = blocks(base)
    for count in (1, 2, 4):
        names = run_on(function, base, count)
        with expecting(f"Expected names of layers. Your function returned {type(names).__name__}."):
            names = {str(name) for name in names}
        wanted = {name for block in found[-count:] for name in block.layers}
        if names & {block.name for block in found} - wanted and not names & wanted:
            return "These are names of blocks. Each block has .layers, the names of its layers."
        for block in found:
            inside = names & set(block.layers)
            if inside and inside != set(block.layers):
                told = f"only {len(inside)} of its {len(block.layers)} layers"
                return f"For {count} blocks, your names cut {block.name} in two: {told} are among them."
        if names != wanted:
            return f"For {count} blocks, expected {len(wanted)} names. Your function returned {len(names)}."
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
    if not isinstance(optimizer, keras.optimizers.Optimizer):
        return (
            "Expected an optimiser, such as keras.optimizers.Adam(…). "
            f"Received: an answer of type {type(optimizer).__name__}."
        )
    rate = float(np.max(optimizer.learning_rate))
    if rate > _LARGEST_RATE * 1.001:  # Keras keeps it in float32
        return f"Its learning rate is {rate:g}. For blocks that already know something, use at most {_LARGEST_RATE:g}."
    if rate < 1e-6:
        return f"Its learning rate is {rate:g}, so small that the model would learn nothing."
    return None


rate_too_large = Question(
    Problem(
        "q6",
        "Make an optimiser for the blocks that you have just unfrozen. The answer is the optimiser.",
        steps_are_small,
        "Small steps: the blocks adapt, and keep what they know.",
        (
            "The head used 3e-3, since it had nothing to lose.",
            "Unfrozen blocks already know something: try a third of that, or less.",
        ),
        "answer = keras.optimizers.Adam(1e-4)",
    )
)
