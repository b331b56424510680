"""What a network draws while it trains: dropout, stochastic depth and augmentation, and where their draws begin.

Keras seeds each layer's generator anew in every network that it builds, also in a copy. Without this module, plain
`model.fit` would give other numbers in every session, whatever seed was set.
"""

import keras
import numpy as np

from helpers.network.graph import sublayers_of


def draws_of(layer: keras.layers.Layer) -> list[tuple[keras.layers.Layer, keras.random.SeedGenerator]]:
    """Return what draws at random in a layer, and its generator: the layer itself, or the layers of a `Pipeline`."""
    parts = [(each, _generator(each)) for each in sublayers_of(layer)]
    return [(each, generator) for each, generator in parts if generator is not None]


def _generator(layer: keras.layers.Layer) -> keras.random.SeedGenerator | None:
    # Built-in layers keep it as `seed_generator`, the name that Keras's guides give it, or as `generator`.
    return getattr(layer, "seed_generator", None) or getattr(layer, "generator", None)


def set_draws(model: keras.Model, seed: int) -> None:
    """Set a network's generators to where a seed begins: generators count their draws, so this repeats them.

    Args:
        model: Any model; changed in place.
        seed: A whole number, 0 or more.
    """
    for number, layer in enumerate(model.layers):
        for turn, (_, generator) in enumerate(draws_of(layer)):
            generator.state.assign(np.array([seed, number + turn * len(model.layers)], dtype="uint32"))


def copy_draws(source: keras.Model, target: keras.Model) -> None:
    """Set the generators of a network to where those of another are, which has the same layers."""
    for layer, other in zip(source.layers, target.layers, strict=True):
        for each, its_copy in zip(sublayers_of(layer), sublayers_of(other), strict=True):
            begun, follows = _generator(each), _generator(its_copy)
            # A dropout whose rate is 0 when it is copied has no generator in the copy: it draws nothing.
            if begun is not None and follows is not None:
                follows.state.assign(begun.state.value)
