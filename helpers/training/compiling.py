"""How Keras is told to train: the loss, the optimiser and its learning rate."""

import keras
import numpy as np
import tensorflow as tf

from helpers import config
from helpers.training.settings import TrainingSettings


def optimizer_for(settings: TrainingSettings, steps: int) -> keras.optimizers.Optimizer:
    """Return Adam, or AdamW where weights are to decay.

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
    """Return cross-entropy, of numbered labels or, where they are smoothed, of one-hot rows."""
    if label_smoothing:
        return keras.losses.CategoricalCrossentropy(label_smoothing=label_smoothing)
    return keras.losses.SparseCategoricalCrossentropy()


def compile_whole(
    model: keras.Model, optimizer: keras.optimizers.Optimizer, loss: keras.losses.Loss, labels: tf.TensorSpec
) -> None:
    """Compile a model, and make at once the variables that Keras makes while it traces a step.

    It would have to trace that step again: once more for training, and once more for evaluation.

    Args:
        model: With one output.
        optimizer: From `optimizer_for`.
        loss: From `loss_for`.
        labels: What a batch of labels looks like.
    """
    model.compile(optimizer=optimizer, loss=loss, metrics=["accuracy"])
    optimizer.build(model.trainable_variables)
    one_label = np.zeros((1, *labels.shape[1:]), labels.dtype.as_numpy_dtype)
    model.compute_metrics(None, one_label, np.zeros((1, *model.output_shape[1:]), dtype="float32"))
    model.reset_metrics()
