"""A check leaves the lesson's random numbers as they were, whatever it or the answer draws.

Otherwise what a lesson prints after an exercise would depend on how often its check was run.
"""

import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np


@contextmanager
def random_state_kept() -> Iterator[None]:
    """Put back the global random state of Python, NumPy, Keras and TensorFlow after the block.

    Keras and TensorFlow are left alone if nothing has loaded them.

    Example:
        >>> with random_state_kept():
        ...     np.random.seed(0)
    """
    python, numpy = random.getstate(), np.random.get_state()
    keras = _graph().random_state() if "keras" in sys.modules else None
    tensorflow = _tensorflow_state()
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)
        if keras is not None:
            _graph().restore_random_state(keras)
        _restore_tensorflow(tensorflow)


def _graph() -> ModuleType:
    from helpers.network import graph  # it loads Keras, so only where that is loaded already

    return graph


def _tensorflow_state() -> tuple[Any, Any] | None:
    # The generator of op seeds belongs to TensorFlow's eager context; only setting its seed is public. There is none
    # until a seed has been set.
    if "tensorflow" not in sys.modules:
        return None
    from tensorflow.python.eager.context import context

    generator = getattr(context(), "_rng", None)
    return context()._seed, generator.getstate() if generator else None


def _restore_tensorflow(state: tuple[Any, Any] | None) -> None:
    if state is None:
        return
    from tensorflow.python.eager.context import context

    seed, drawn = state
    generator = getattr(context(), "_rng", None)
    if generator and (context()._seed != seed or generator.getstate() != drawn):
        # This also clears the cache of operations: one with a seed that comes again would go on where it was.
        context()._set_global_seed(seed)
        if drawn is not None:
            context()._rng.setstate(drawn)
