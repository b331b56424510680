"""The network that learns the source task: the stock EfficientNetB0 with one head for each known factor."""

from typing import Any

import keras
import numpy as np

from helpers.synthetic import source_task

LOSS_WEIGHTS = {"label": 1.0, "shape": 0.6, "family": 0.3, "palette": 0.3, "count": 0.15, "ground": 0.15}
BATCHNORM_MOMENTUM = 0.97  # Keras's 0.99 lags behind weights that move fast
LABEL_SMOOTHING = 0.05
# Keras declares these by their defaults alone, which are words; it takes other values as well.
QUIETLY: dict[str, Any] = {"verbose": 0}
_RANDOM: dict[str, Any] = {"weights": None}
_UNCOMPILED: dict[str, Any] = {"jit_compile": False}


def build_source_model(size: int, total_steps: int, learning_rate: float) -> keras.Model:
    """Return the compiled model: photos of `size` pixels in, one set of logits for each factor out.

    Args:
        size: Side of the pictures.
        total_steps: Optimiser steps of the whole training; the learning rate falls to 0 over them along a cosine.
        learning_rate: At its highest, after the warm-up.
    """
    base = keras.applications.EfficientNetB0(include_top=False, input_shape=(size, size, 3), **_RANDOM)
    for layer in base.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = BATCHNORM_MOMENTUM
        if isinstance(layer, keras.layers.Dropout):
            layer.rate = 0.0  # stochastic depth guards against overfitting; here there is always a new picture
    pooled = keras.layers.GlobalAveragePooling2D(name="pooled")(base.output)
    sizes = source_task.factor_sizes()
    heads = {name: keras.layers.Dense(sizes[name], dtype="float32", name=name)(pooled) for name in LOSS_WEIGHTS}
    model = keras.Model(base.input, heads)
    schedule: Any = keras.optimizers.schedules.CosineDecay(
        0.0, total_steps, alpha=0.0, warmup_target=learning_rate, warmup_steps=max(1, total_steps // 30)
    )
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=0.02)
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    model.compile(
        optimizer,
        loss={name: _loss(sizes[name]) for name in LOSS_WEIGHTS},
        loss_weights=LOSS_WEIGHTS,
        metrics={name: [keras.metrics.CategoricalAccuracy(name="accuracy")] for name in ("label", "shape", "palette")},
        **_UNCOMPILED,
    )
    optimizer.build(model.trainable_variables)
    return model


def _loss(classes: int) -> keras.losses.Loss:
    smoothing = LABEL_SMOOTHING if classes > 100 else 0.0
    return keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=smoothing)


def targets(factors: np.ndarray) -> dict[str, np.ndarray]:
    """Return one-hot targets for each head from rows of factors, shape (n, 6)."""
    sizes = source_task.factor_sizes()
    return {name: np.eye(sizes[name], dtype="float32")[factors[:, column]] for column, name in enumerate(sizes)}


def set_input_scaling(model: keras.Model, pictures: np.ndarray) -> None:
    """Set the input normalisation to the pictures' own mean and variance."""
    for layer in model.layers:
        if isinstance(layer, keras.layers.Normalization):
            scaled = pictures.reshape(-1, 3) / 255.0
            mean, variance, count = layer.get_weights()
            layer.set_weights([scaled.mean(0).reshape(mean.shape), scaled.var(0).reshape(variance.shape), count])
            layer.finalize_state()
