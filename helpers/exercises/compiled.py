"""What a learner compiled: the loss, the learning rate, and whether Keras knows about the last change of flags."""

import math
from typing import Any

import keras
import numpy as np

from helpers.exercises.running import expecting
from helpers.exercises.values import described

# The largest rate for blocks that already know something. Adam and its like move each weight by about the rate itself,
# whatever the gradient; plain gradient descent moves it by far less.
_LARGEST, _LARGEST_SGD, _SMALLEST = 5e-4, 5e-3, 1e-6
_NO_LOSS = "The model is compiled without a loss of its own. Add loss='sparse_categorical_crossentropy'."
_STEPS = (0, 1, 3, 10, 30, 100, 300, 1000, 3000, 10_000)  # where a schedule is looked at


def rate_fault(optimizer: Any) -> str | None:
    """Return what is wrong with an optimiser for blocks that have just been unfrozen, or `None`.

    Example:
        >>> rate_fault(keras.optimizers.Adam(1e-4))
    """
    if not isinstance(optimizer, keras.optimizers.Optimizer):
        return f"Expected an optimiser, such as keras.optimizers.Adam(…). Received: {described(optimizer)}."
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)
    rate, kind = _peak_rate(optimizer), type(optimizer).__name__
    largest = _LARGEST_SGD if kind == "SGD" else _LARGEST
    if not math.isfinite(rate) or rate < 0:
        return f"{kind}'s learning rate is {rate:g}. It must be a number above 0, such as 1e-4."
    if rate > largest * 1.001:  # Keras keeps it in float32
        return (
            f"{kind}'s learning rate is {rate:g}, which suits a new head, but overwrites what unfrozen blocks know. "
            f"Use at most {largest:g} with {kind}."
        )
    if rate < _SMALLEST * 0.999:
        return f"{kind}'s learning rate is {rate:g}, so small that the model would learn nothing. Try 1e-4."
    return None


def _peak_rate(optimizer: keras.optimizers.Optimizer) -> float:
    # `learning_rate` is the rate of the next step only; a warm-up starts from 0. The schedule itself isn't public.
    schedule: Any = getattr(optimizer, "_learning_rate", 0.0)
    with expecting("The learning rate of your optimiser can't be computed: {error}"):
        if isinstance(schedule, keras.optimizers.schedules.LearningRateSchedule):
            return max(float(np.asarray(schedule(step))) for step in _STEPS)
        return float(np.asarray(optimizer.learning_rate))


def loss_fault(model: keras.Model) -> str | None:
    """Return what is wrong with the loss of a compiled model that gives probabilities, or `None`."""
    loss = getattr(model, "loss", None)
    while isinstance(loss, (list, tuple, dict)) and len(loss) == 1:
        loss = next(iter(loss.values() if isinstance(loss, dict) else loss))
    if loss is None:
        return _NO_LOSS
    advice = (
        "Your loss doesn't fit labels that are class numbers and outputs that are probabilities, as in this course. "
        "Use loss='sparse_categorical_crossentropy'."
    )
    classes = model.outputs[0].shape[-1]
    labels = np.arange(7) % classes
    probabilities = np.random.default_rng(0).dirichlet(np.ones(classes), 7).astype("float32")
    if str(loss).lower() in ("crossentropy", "ce"):  # for compile alone; class numbers make it the sparse one
        loss = "sparse_categorical_crossentropy"
    with expecting(advice):
        function: Any = keras.losses.get(loss() if isinstance(loss, type) else loss)
        each = np.asarray(function(labels, probabilities))
    expected = -np.log(probabilities[np.arange(7), labels])
    right = (expected.mean(), expected.sum())  # of a batch, the mean or the sum
    return None if any(math.isclose(each.mean(), value, rel_tol=0.01) for value in right) else advice


def unnamed_loss_fault(model: keras.Model) -> str | None:
    """Return a sentence if the last call of `compile` named no loss, though Keras may have kept an earlier one."""
    try:
        config = model.get_compile_config()
    except Exception:  # what can't be written down was named all the same
        return None
    return _NO_LOSS if config and not config.get("loss") else None


def is_stale(model: keras.Model) -> bool:
    """Return whether Keras would go on training the weights that were trainable before the flags were changed."""
    # Keras notes them when training first starts. With everything frozen, the optimiser isn't even built.
    if getattr(model, "train_function", None) is None:
        return False
    known = {id(variable) for variable in getattr(model.optimizer, "_trainable_variables", ())}
    return known != {id(variable) for variable in model.trainable_variables}
