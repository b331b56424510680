"""How Keras is told to train: the loss, the weights of the classes in it, the optimiser and its learning rate."""

from functools import lru_cache

import keras
import numpy as np
import tensorflow as tf

from helpers import config
from helpers.training.settings import TrainingSettings


def optimizer_for(settings: TrainingSettings) -> keras.optimizers.Optimizer:
    """Return Adam, or AdamW where `weight_decay` is set. A `RateCallback` sets its learning rate."""
    if not settings.weight_decay:
        return keras.optimizers.Adam(settings.learning_rate)
    optimizer = keras.optimizers.AdamW(settings.learning_rate, weight_decay=settings.weight_decay)
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer


def set_back(optimizer: keras.optimizers.Optimizer) -> None:
    """Make an optimizer forget all steps that it has taken."""
    for variable in optimizer.variables:
        variable.assign(keras.ops.zeros_like(variable))


class RateCallback(keras.callbacks.Callback):
    """Sets the learning rate before each step. A schedule inside the optimizer would become part of the traced step."""

    def __init__(self, rates: np.ndarray) -> None:
        super().__init__()
        self.rates, self.step = rates, 0

    def on_train_batch_begin(self, batch: int, logs: dict[str, float] | None = None) -> None:
        if self.step == 0 or self.rates[self.step] != self.rates[self.step - 1]:
            self.model.optimizer.learning_rate = self.rates[self.step]
        self.step += 1


def rates_for(settings: TrainingSettings, steps: int) -> np.ndarray:
    """Return the learning rate of each step: float32 of shape `(steps,)`.

    Args:
        settings: How to train.
        steps: How many steps there are in all, which is how long a schedule called `"cosine"` lasts.
    """
    if settings.schedule is None:
        return np.full(steps, settings.learning_rate, dtype="float32")
    if settings.schedule == "cosine":
        return _cosine(settings.learning_rate, steps)
    return _table(settings.schedule, steps)


@lru_cache(maxsize=16)
def _cosine(learning_rate: float, steps: int) -> np.ndarray:
    warmup = min(config.WARMUP_STEPS, steps // 10)
    schedule = keras.optimizers.schedules.CosineDecay(
        learning_rate if not warmup else 0.0,
        decay_steps=max(1, steps - warmup),
        warmup_target=learning_rate if warmup else None,
        warmup_steps=warmup,
    )
    return _table(schedule, steps)


def _table(schedule: keras.optimizers.schedules.LearningRateSchedule, steps: int) -> np.ndarray:
    numbers = tf.range(steps, dtype=tf.int64)
    return tf.function(lambda: tf.map_fn(schedule, numbers, fn_output_signature=tf.float32))().numpy()


def loss_for(label_smoothing: float) -> keras.losses.Loss:
    """Return cross-entropy: for integer labels or, where they are smoothed, for one-hot rows."""
    if label_smoothing:
        return keras.losses.CategoricalCrossentropy(label_smoothing=label_smoothing)
    return keras.losses.SparseCategoricalCrossentropy()


def class_weights(labels: np.ndarray, class_weight: str | None) -> dict[int, float] | None:
    """Return how much a photo of each class counts in the training loss, as Keras's `fit` takes it.

    Args:
        labels: Of the training photos: integers of shape `(photos,)`.
        class_weight: `None`, or `"balanced"` for photos / (classes * photos of the class), which is 1 on average.

    Returns:
        Maps each label that occurs to a weight; `None` where every photo counts the same.

    Example:
        >>> class_weights(np.array([0, 0, 0, 1]), "balanced")
        {0: 0.6666666666666666, 1: 2.0}
    """
    if class_weight is None:
        return None
    from sklearn.utils.class_weight import compute_class_weight  # slow to import, and few trainings need it

    classes = np.unique(labels)
    weights = compute_class_weight(class_weight, classes=classes, y=labels)
    return dict(zip(classes.tolist(), weights.tolist(), strict=True))


def compile_whole(model: keras.Model, settings: TrainingSettings, one_label: np.ndarray) -> None:
    """Compile a model, and create right away the variables that Keras would create while it traces a step.

    Otherwise Keras traces each step twice, because the variables of the first trace are new in the second.

    Args:
        model: With one output.
        settings: How to train; `traced_settings` are those that matter here.
        one_label: Any batch of one label, as the loss takes it.
    """
    optimizer = optimizer_for(settings)
    model.compile(optimizer=optimizer, loss=loss_for(settings.label_smoothing), metrics=["accuracy"])
    optimizer.build(model.trainable_variables)
    model.compute_metrics(None, one_label, np.zeros((1, model.output.shape[-1]), dtype="float32"))
    model.reset_metrics()


def traced_settings(settings: TrainingSettings) -> tuple:
    """Return the purpose of a twin that is trained: the settings that are traced with a step. The others are put in."""
    return "to train", settings.weight_decay, settings.label_smoothing, settings.class_weight
