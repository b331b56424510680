"""A seed decides all that a network draws in training, in Keras's own `fit`, too, and in another process."""

import subprocess
import sys

import keras
import numpy as np
import pytest

from helpers import attach_head, config, load_base
from helpers.network.head import copy_of
from helpers.network.randomness import draws_of, set_draws
from tests.networks import behind_every_name

IN_ANOTHER_PROCESS = "from tests.network.test_randomness import losses; print(losses(1))"


def losses(seed: int) -> list[float]:
    """Return what plain Keras's `fit` tells of each epoch."""
    with behind_every_name():
        model = attach_head(load_base("EfficientNetB0", weights=None, image_size=32, seed=seed), classes=3)
    keras.utils.set_random_seed(0)
    photos = np.random.default_rng(0).uniform(0, 255, (8, 32, 32, 3)).astype("float32")
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model.fit(photos, np.arange(8) % 3, batch_size=4, epochs=2, verbose=0).history["loss"]


@pytest.mark.thorough
def test_plain_keras_gives_the_same_losses_in_another_process():
    command = [sys.executable, "-c", IN_ANOTHER_PROCESS]
    done = subprocess.run(command, cwd=config.ROOT, capture_output=True, check=True, timeout=300)
    assert done.stdout.decode() == f"{losses(1)}\n"
    assert losses(1) != losses(2)


def states(model: keras.Model) -> list[list[int]]:
    return [np.asarray(generator.state).tolist() for layer in model.layers for _, generator in draws_of(layer)]


def test_a_copy_draws_what_its_original_would(small):
    model = attach_head(small, classes=3)
    set_draws(model, 7)
    model(np.zeros((1, 32, 32, 3), "float32"), training=True)  # moves the generators on
    assert states(copy_of(model)) == states(model)
    before = states(model)
    set_draws(model, 7)
    assert states(model) != before


def test_no_two_layers_draw_alike():
    drawn = states(attach_head(load_base("EfficientNetB0", weights=None, image_size=32), classes=3))
    assert len(drawn) > 5
    assert len({tuple(state) for state in drawn}) == len(drawn)
