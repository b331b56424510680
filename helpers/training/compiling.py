"""How Keras is told to train: the loss, the optimiser and its learning rate."""

import keras
import numpy as np

from helpers import config
from helpers.training.settings import TrainingSettings


def optimizer_for(settings: TrainingSettings, steps: int) -> keras.optimizers.Optimizer:
    """Return Adam, or AdamW where `weight_decay` is set.

    Args:
        settings: How to train.
        steps: How long a schedule called `"cosine"` lasts.
    """
    rate = _learning_rate(settings, steps)
    if not settings.weight_decay:
        return keras.optimizers.Adam(rate)
    optimizer = keras.optimizers.AdamW(rate, weight_decay=settings.weight_decay)
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer


def _learning_rate(settings: TrainingSettings, steps: int) -> float | keras.optimizers.schedules.LearningRateSchedule:
    if settings.schedule != "cosine":
        return settings.schedule or settings.learning_rate
    warmup = min(config.WARMUP_STEPS, steps // 10)
    return keras.optimizers.schedules.CosineDecay(
        settings.learning_rate if not warmup else 0.0,
        decay_steps=max(1, steps - warmup),
        warmup_target=settings.learning_rate if warmup else None,
        warmup_steps=warmup,
    )


def loss_for(label_smoothing: float) -> keras.losses.Loss:
    """Return cross-entropy: for integer labels or, where they are smoothed, for one-hot rows."""
    if label_smoothing:
        return keras.losses.CategoricalCrossentropy(label_smoothing=label_smoothing)
    return keras.losses.SparseCategoricalCrossentropy()


def compile_whole(
    model: keras.Model, optimizer: keras.optimizers.Optimizer, loss: keras.losses.Loss, one_label: np.ndarray
) -> None:
    """Compile a model, and create right away the variables that Keras would create while it traces a step.

    Otherwise Keras traces each step twice, because the variables of the first trace are new in the second.

    Args:
        model: With one output.
        optimizer: From `optimizer_for`.
        loss: From `loss_for`.
        one_label: Any batch of one label, as the loss takes it.
    """
    model.compile(optimizer=optimizer, loss=loss, metrics=["accuracy"])
    optimizer.build(model.trainable_variables)
    model.compute_metrics(None, one_label, np.zeros((1, model.output.shape[-1]), dtype="float32"))
    model.reset_metrics()
