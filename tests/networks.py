"""Networks that are built, traced and trained in a moment, and have all that a large one has."""

import inspect
from collections.abc import Callable, Iterator
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


def first_inverted_residuals(scaling: Callable | None = None) -> keras.Model:
    """Return MobileNetV2's first seven blocks under its top, slim and random, for 32 pixels, on photos scaled so."""
    photo = keras.Input((32, 32, 3))
    scaled = (scaling or keras.layers.Rescaling(1 / 127.5, offset=-1, name="rescaling"))(photo)
    whole = keras.applications.MobileNetV2(include_top=False, weights=None, input_tensor=scaled, alpha=0.35)
    x = whole.get_layer("block_6_project_BN").output
    for name in ("Conv_1", "Conv_1_bn", "out_relu"):
        layer = whole.get_layer(name)
        x = layer.__class__.from_config(layer.get_config())(x)
    return keras.Model(photo, x, name="mobilenetv2_0.35")


@contextmanager
def behind_every_name(build: Callable[[], keras.Model] = first_stages) -> Iterator[None]:
    """Let `load_base` build so few blocks, whichever base it is asked for; it draws their weights by its seed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(base_module, "_build", lambda *_, **__: build())
        yield
