"""What checks do with a learner's model, blaming the answer for what goes wrong in it."""

from typing import Any

import keras
import numpy as np

from helpers.exercises.problem import AnswerError, expecting
from helpers.network.blocks import Block, blocks


def model_of(answer: Any) -> keras.Model:
    """Return the answer, or raise `AnswerError` if it is no Keras model with inputs and outputs."""
    if not isinstance(answer, keras.Model):
        raise AnswerError(f"Expected a keras.Model. Received: an answer of type {type(answer).__name__}.")
    with expecting("Expected a model with an input and an output. Build it with keras.Model(base.input, …)."):
        _ = answer.input, answer.output  # a model that was never called has neither
    return answer


def blocks_of(model: keras.Model) -> list[Block]:
    """Return a model's blocks, or raise `AnswerError` if it isn't built on a base."""
    try:
        return blocks(model)
    except ValueError as error:
        raise AnswerError(str(error)) from error


def outputs_of(model: keras.Model, photos: np.ndarray) -> np.ndarray:
    """Return what a learner's model makes of photos."""
    with expecting("Your model could not be run on photos: {error}"):
        return np.asarray(model.predict(photos, verbose=0))  # pyright: ignore[reportArgumentType]  # it takes 0, too


def train_for_an_epoch(model: keras.Model, inputs: np.ndarray, labels: np.ndarray) -> None:
    """Train a model for one epoch without a word."""
    model.fit(inputs, labels, verbose=0)  # pyright: ignore[reportArgumentType]  # it takes 0, too
