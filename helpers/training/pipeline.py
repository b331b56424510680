"""The input pipeline: how photos, or their activations, reach Keras's `fit`, in which order."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from helpers import config
from helpers.photos.loading import Photos
from helpers.photos.photo import augment, smallest_crop_of
from helpers.photos.split import Split
from helpers.training.own_errors import remembered
from helpers.training.settings import TrainingSettings

Rows = np.ndarray | Callable[[np.ndarray], np.ndarray]  # an array, or a function that fetches the rows it is given


def batches_for(
    photos: Photos, settings: TrainingSettings, seed: int, activations: tuple[np.ndarray, np.ndarray] | None
) -> tuple[tf.data.Dataset, tf.data.Dataset]:
    """Return the training batches of all epochs, one epoch after the other, and the validation batches.

    Args:
        photos: What to train on.
        settings: How.
        seed: Decides the order and the views.
        activations: Of training and validation photos, shown in their place; `None` to show the photos themselves.
    """
    train, val = activations or (_images(photos.train, settings.augment, seed), _images(photos.val, False, seed))
    shape = activations[0].shape[1:] if activations else (photos.image_size, photos.image_size, 3)
    views = config.AUGMENT_VIEWS if settings.augment and activations else 0
    rows = rows_to_show(settings.epochs, len(photos.train), views, seed)
    train_labels, val_labels = (targets(split, settings.label_smoothing) for split in (photos.train, photos.val))
    shown = shuffled(train, train_labels, rows, settings.batch_size, shape)
    return shown, in_order(val, val_labels, settings.batch_size, shape)


def _images(split: Split, augmented: bool | float, seed: int) -> Rows:
    if not augmented:
        return split.images() if split.in_memory else split.images
    rng = np.random.default_rng([seed, 1])
    smallest_crop = smallest_crop_of(augmented)
    return lambda rows: augment(split.images(rows), rng, smallest_crop)


def targets(split: Split, label_smoothing: float) -> np.ndarray:
    """Return a split's labels as Keras's loss takes them: integers, or one-hot rows where they are smoothed."""
    if not label_smoothing:
        return np.asarray(split.labels)
    return np.eye(len(split.class_names), dtype="float32")[split.labels]


def rows_to_show(epochs: int, photos: int, views: int, seed: int) -> np.ndarray:
    """Return which row of the training array each step of each epoch shows.

    Args:
        epochs: Number of epochs.
        photos: Number of training photos.
        views: Views of each photo in the array (all first views first), or 0 if it holds the photos as they are.
        seed: Decides the order and the views. An epoch's order does not depend on how many epochs there are.

    Returns:
        Integers of shape `(epochs, photos)`. Each epoch shows each photo once.
    """
    table = np.empty((epochs, photos), dtype=np.int64)
    for epoch in range(epochs):
        rng = np.random.default_rng([seed, epoch])
        order = rng.permutation(photos)
        table[epoch] = order + photos * rng.integers(views, size=photos) if views else order
    return table


def shuffled(values: Rows, labels: np.ndarray, rows: np.ndarray, batch_size: int, shape: tuple) -> tf.data.Dataset:
    """Return batches of `(values, labels)` for all epochs, one after the other, in the order of `rows`.

    Args:
        values: Array of shape `(rows, …)`, or a function from row numbers to such an array.
        labels: One per photo. Where `values` holds several views, row `v * photos + p` has the label of photo `p`.
        rows: From `rows_to_show`.
        batch_size: Photos per batch; an epoch's last batch may be smaller.
        shape: Shape of one row of values.
    """
    epochs = tf.data.Dataset.from_tensor_slices(rows)
    batches = epochs.flat_map(lambda row: tf.data.Dataset.from_tensor_slices(row).batch(batch_size))
    return _fetch(batches, values, labels, shape)


def in_order(values: Rows, labels: np.ndarray, batch_size: int, shape: tuple) -> tf.data.Dataset:
    """Return batches of `(values, labels)`, each row once, in order."""
    return _fetch(tf.data.Dataset.range(len(labels)).batch(batch_size), values, labels, shape)


def _fetch(batches: tf.data.Dataset, values: Rows, labels: np.ndarray, shape: tuple) -> tf.data.Dataset:
    all_labels = tf.constant(labels)
    take = _taker(values, shape)

    def fetch(rows):
        return take(rows), tf.gather(all_labels, rows % len(labels))

    return batches.map(fetch, num_parallel_calls=1, deterministic=True).prefetch(2)


def _taker(values: Rows, shape: tuple) -> Callable:
    if callable(values):
        read = remembered(lambda rows: np.asarray(values(rows), dtype=np.float32))

        def take(rows):
            fetched = tf.numpy_function(read, [rows], tf.float32)
            return tf.ensure_shape(fetched, (None, *shape))

        return take
    table = _in_place(values) if isinstance(values, np.memmap) else tf.constant(values)
    return lambda rows: tf.cast(tf.gather(table, rows), tf.float32)


def _in_place(values: np.memmap) -> tf.Tensor:
    """Return a tensor on the same memory pages that an array is mapped to: nothing is copied or read in advance."""
    pages = values.view()
    pages.setflags(write=True)  # DLPack refuses read-only memory; nothing here writes to it
    return tf.experimental.dlpack.from_dlpack(pages.__dlpack__())
