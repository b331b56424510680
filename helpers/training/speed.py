"""How many photos per second a base takes on this machine: forward alone, and in training all of it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from helpers import config


@dataclass(frozen=True)
class Speed:
    """Photos per second.

    Attributes:
        forward: In inference mode.
        training: Forward and back, with gradients for every weight of the base.
    """

    forward: float
    training: float

    def slower_than(self, other: "Speed") -> float:
        """Return how many times as long work takes at this speed; forward and training count the same.

        Example:
            >>> Speed(forward=100, training=20).slower_than(Speed(forward=200, training=40))
            2.0
        """
        return ((other.forward / self.forward) * (other.training / self.training)) ** 0.5


def measure_speed(base: keras.Model, seconds: float = 1.0, batch_size: int = config.BATCH_SIZE) -> Speed:
    """Measure how fast a base is. TensorFlow's preparations, which take longer than the measuring, don't count.

    Args:
        base: From `load_base`; it isn't changed.
        seconds: How long each of the two is measured.
        batch_size: Photos at a time.

    Returns:
        A `Speed`.

    Example:
        >>> measure_speed(load_base(image_size=128))
        Speed(forward=210.4, training=31.7)
    """
    values = np.random.default_rng(0).uniform(0, 255, (batch_size, *base.input_shape[1:]))
    photos = tf.constant(values.astype("float32"))
    weights = [variable.value for variable in base.variables if variable.dtype == "float32"]

    @tf.function
    def forward() -> tf.Tensor:
        return tf.reduce_sum(base(photos, training=False))

    @tf.function
    def training() -> list:
        with tf.GradientTape() as tape:
            tape.watch(weights)
            total = tf.reduce_sum(base(photos, training=False))
        return [each for each in tape.gradient(total, weights) if each is not None]

    return Speed(*(batch_size * _per_second(work, seconds) for work in (forward, training)))


def _per_second(work: Callable[[], Any], seconds: float) -> float:
    work()  # traces it
    turns, began = 0, time.perf_counter()
    while (taken := time.perf_counter() - began) < seconds:
        work()
        turns += 1
    return turns / taken
