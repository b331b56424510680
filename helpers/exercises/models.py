"""What checks do with a learner's model, blaming the answer for what goes wrong in it."""

from typing import Any

import keras
import numpy as np

from helpers.exercises.running import AnswerError, expecting
from helpers.exercises.values import described
from helpers.network.blocks import Block, blocks

_SECONDS = 60  # Keras traces a large model first, which isn't the learner's fault


def model_of(answer: Any) -> keras.Model:
    """Return the answer, or raise `AnswerError` if it is no Keras model with inputs and outputs."""
    if not isinstance(answer, keras.Model):
        raise AnswerError(f"Expected a keras.Model. Received: {described(answer)}.")
    if not getattr(answer, "inputs", None) or not getattr(answer, "outputs", None):  # it was never called
        raise AnswerError("Expected a model with an input and an output. Build it with keras.Model(base.input, …).")
    return answer


def blocks_of(model: keras.Model) -> list[Block]:
    """Return a model's blocks, or raise `AnswerError` if it isn't built on a base."""
    try:
        return blocks(model)
    except ValueError as error:
        raise AnswerError(str(error)) from error


def outputs_of(model: keras.Model, photos: np.ndarray) -> np.ndarray:
    """Return what a learner's model makes of photos, if it has a single output."""
    with expecting("Your model could not be run on photos: {error}", _SECONDS):
        found = model(photos, training=False)  # for a few photos faster than predict, which is traced first
    while isinstance(found, (list, tuple, dict)) and len(found) == 1:
        found = next(iter(found.values() if isinstance(found, dict) else found))
    if isinstance(found, (list, tuple, dict)):
        raise AnswerError(f"Expected a model with one output. Yours has {len(found)}.")
    return np.asarray(found)


def train_for_an_epoch(model: keras.Model, inputs: np.ndarray, labels: np.ndarray, sentence: str) -> None:
    """Train a learner's model for one epoch; if that fails, say the sentence, with the error for `{error}`."""
    with expecting(sentence, _SECONDS):
        model.fit(inputs, labels, verbose=0)  # pyright: ignore[reportArgumentType]  # it takes 0, too


def photos_for(base: keras.Model, count: int) -> np.ndarray:
    """Return random photos of the size that a base takes, as float32."""
    size = base.input_shape[1] or 64
    return np.random.default_rng(0).integers(0, 256, (count, size, size, 3)).astype("float32")
