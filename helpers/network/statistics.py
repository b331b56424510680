"""Settling a network: setting its normalisation statistics by one pass over photos."""

import keras
import numpy as np

from helpers import checks
from helpers.bars import Bar
from helpers.network.blocks import check_flat, weights_digest
from helpers.network.claiming import claimed
from helpers.network.facts import state_facts
from helpers.photos.split import Split


@checks.checked(model=checks.kind_of(keras.Model), split=checks.kind_of(Split), batch_size=checks.batch_size)
def settle_statistics(model: keras.Model, split: Split, batch_size: int = 64) -> keras.Model:
    """Set a network's normalisation statistics by one pass over photos. Its other weights don't change.

    Without it, a network with random weights is almost silent: BatchNormalization in inference mode divides by
    statistics that were never measured, and the signal shrinks to nothing on its way up. Each layer's statistics
    become the plain average over the batches; those of the input normalisation, if there is one, become the photos'
    own mean and variance.

    Args:
        model: A base, or a model built on one; changed in place.
        split: The `Split` to measure, usually `photos.train`.
        batch_size: Photos per batch. Statistics of small batches are noisy.

    Returns:
        The same model.

    Raises:
        ValueError: If the split is empty, or the model holds another one as a layer.
        RuntimeError: If another thread is training the model, or one that shares layers with it.

    Example:
        >>> base = settle_statistics(load_base(weights=None), photos.train)
    """
    if not len(split):
        raise ValueError("Expected photos to measure statistics on. Received: an empty split. Use photos.train.")
    check_flat(model)
    with claimed(model):
        _settle(model, split, batch_size)
    return model


def _settle(model: keras.Model, split: Split, batch_size: int) -> None:
    untouched = getattr(model, "as_loaded", None) == weights_digest(model)
    norms = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    drops = [layer for layer in model.layers if isinstance(layer, keras.layers.Dropout)]
    before = [(layer, layer.momentum, layer.trainable) for layer in norms]
    rates = [(layer, layer.rate) for layer in drops]
    _settle_input(model, split, batch_size)
    try:
        for layer in norms:
            layer.trainable = True  # otherwise Keras neither uses nor updates the batch's statistics
        for layer in drops:
            layer.rate = 0.0
        with Bar("measuring statistics", len(split), "photos") as bar:
            for number, (images, _) in enumerate(split.batches(batch_size)):
                bar.to(number * batch_size)
                for layer in norms:
                    layer.momentum = number / (number + 1)  # the moving average becomes the plain average
                model(np.asarray(images, "float32"), training=True)
    finally:
        for layer, momentum, trainable in before:
            layer.momentum, layer.trainable = momentum, trainable
        for layer, rate in rates:
            layer.rate = rate
    if untouched:
        state_facts(model, as_settled=(weights_digest(model), split.fingerprint, batch_size))


def _settle_input(model: keras.Model, split: Split, batch_size: int) -> None:
    for layer in model.layers:
        if isinstance(layer, keras.layers.Normalization) and layer.input_mean is None:  # else its statistics are fixed
            mean, variance, count = layer.get_weights()
            measured = _mean_and_variance(split, batch_size)
            layer.set_weights([measured[0].reshape(mean.shape), measured[1].reshape(variance.shape), count])
            layer.finalize_state()
    model.predict_function = model.test_function = model.train_function = None  # they have the old statistics built in


def _mean_and_variance(split: Split, batch_size: int) -> tuple[np.ndarray, np.ndarray]:
    pixels_seen, total, squares = 0, np.zeros(3), np.zeros(3)
    for images, _ in split.batches(batch_size):
        scaled = images.reshape(-1, 3) / 255.0
        pixels_seen += len(scaled)
        total += scaled.sum(axis=0)
        squares += (scaled**2).sum(axis=0)
    mean = total / pixels_seen
    return mean, squares / pixels_seen - mean**2
