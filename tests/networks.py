"""A network that is built, traced and trained in a moment, and has all that a large one has."""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager

import keras
import pytest

from helpers.network import base as base_module

# Builds an EfficientNet of any size; the public ones are eight sizes of it.
efficientnet = inspect.getmodule(keras.applications.EfficientNetB0)


def first_stages(input_tensor=None, name: str = "first_stages") -> keras.Model:
    """Return EfficientNet's first two stages under its top, random, for 32 pixels: five blocks, one with a skip."""
    return efficientnet.EfficientNet(
        width_coefficient=0.25,
        depth_coefficient=1.0,
        default_size=32,
        blocks_args=efficientnet.DEFAULT_BLOCKS_ARGS[:2],
        name=name,
        include_top=False,
        weights=None,
        input_tensor=input_tensor,
        input_shape=(32, 32, 3),
    )


@contextmanager
def behind_every_name() -> Iterator[None]:
    """Let `load_base` build these few blocks, whichever base it is asked for; it draws their weights by its seed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(base_module, "_build", lambda *_, **__: first_stages())
        yield
