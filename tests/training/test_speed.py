"""How fast a base is, against one whose time is known."""

import time

import keras
import pytest
import tensorflow as tf

from helpers.training.speed import Speed, measure_speed


@keras.saving.register_keras_serializable("tests")
class Slow(keras.layers.Layer):
    """Takes a known time per batch, forward, and half as long again on the way back."""

    def __init__(self, forward: float, back: float) -> None:
        super().__init__()
        self.seconds = forward, back

    def call(self, inputs):
        @tf.custom_gradient
        def slowly(values):
            return _after(self.seconds[0], values), lambda upstream: _after(self.seconds[1], upstream)

        return slowly(inputs)


def _after(seconds, values):
    def wait(given):
        time.sleep(seconds)
        return given

    waited = tf.py_function(wait, [values], values.dtype)
    waited.set_shape(values.shape)
    return waited


def test_photos_per_second_are_those_of_a_base_of_known_speed():
    base = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Conv2D(2, 3), Slow(0.05, 0.1)])
    speeds = [measure_speed(base, seconds=0.6, batch_size=4) for _ in range(3)]  # a busy machine may slow down some
    assert 0.4 * 4 / 0.05 < max(speed.forward for speed in speeds) <= 4 / 0.05
    assert 0.4 * 4 / 0.15 < max(speed.training for speed in speeds) <= 4 / 0.15


def test_measuring_changes_nothing(small):
    before = small.get_weights()
    measure_speed(small, seconds=0.01)
    assert all((old == new).all() for old, new in zip(before, small.get_weights(), strict=True))


@pytest.mark.parametrize(
    ("here", "there", "times"), [((10, 5), (10, 5), 1), ((5, 5), (10, 10), 2), ((10, 2), (10, 8), 2)]
)
def test_a_machine_that_is_half_as_fast_takes_twice_as_long(here, there, times):
    assert Speed(*here).slower_than(Speed(*there)) == pytest.approx(times)
