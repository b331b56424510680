"""Weights that aren't numbers: what a training that diverged leaves behind."""

import keras
import numpy as np

_NAMED = 3  # layers


def check_finite(model: keras.Model) -> None:
    """Raise `ValueError` if a model's weights hold NaN or infinity; the message names the layers.

    Some layers hide them: ReLU6 on a processor may turn NaN into a number, and then the model answers confidently.

    Args:
        model: Any Keras model.
    """
    broken = [layer.name for layer in model.layers if not all(np.isfinite(array).all() for array in _arrays(layer))]
    if broken:
        others = f" and {len(broken) - _NAMED} more" if len(broken) > _NAMED else ""
        raise ValueError(
            f"Expected a model whose weights are numbers. Received: NaN or infinity in {', '.join(broken[:_NAMED])}"
            f"{others}. A training that diverged leaves such weights: build or load the model again, and train it with "
            "a smaller learning_rate."
        )


def _arrays(layer: keras.layers.Layer) -> list[np.ndarray]:
    return [array for array in layer.get_weights() if array.dtype.kind == "f"]
