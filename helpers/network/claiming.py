"""One training at a time: the layers of a model that is being trained belong to that training alone.

A training changes more than weights for a while: it switches stochastic depth off in frozen blocks, and counts the
draws of dropout. A second one on the same layers, in another thread or from a callback, would mix its own changes in;
what it put back at its end would stay for good.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import keras

_lock = threading.Lock()
_claimed: set[int] = set()  # layers by `id`, which is theirs as long as their model is in training


@contextmanager
def claimed(model: keras.Model) -> Iterator[None]:
    """Keep a model's layers from being trained by anyone else while the block runs.

    Args:
        model: A flat model.

    Raises:
        RuntimeError: If one of them is being trained already.

    Example:
        >>> with claimed(model):
        ...     model.fit(photos.train.images(), photos.train.labels)
    """
    layers = {id(layer): layer.name for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)}
    with _lock:
        shared = [name for key, name in layers.items() if key in _claimed]
        if shared:
            raise RuntimeError(
                "Expected a model that nobody else is training. Received: one of which another training, in another "
                f"thread or around this call, has {len(shared)} of {len(layers)} layers, such as '{shared[0]}'. Wait "
                "until it has ended, or train a copy: copy_of(model), or attach_head without share=True."
            )
        _claimed.update(layers)
    try:
        yield
    finally:
        with _lock:
            _claimed.difference_update(layers)
