"""Head-only training against plain Keras, side by side in one process: `make bench`.

Both sides start from the same folder of photos and the same base, decode, and train a head for the same epochs on a
frozen base. Plain Keras is written as its transfer-learning guide writes it: a `tf.data` pipeline whose decoded
photos are kept after the first epoch, `base(x, training=False)`, pooling, dropout, a dense layer, `fit`.
"""

import argparse
import platform
import time
from pathlib import Path

import keras
import tensorflow as tf

from helpers import attach_head, features, fit, freeze, load_base, load_photos
from tests import shared

BATCH_SIZE, RATE = 32, 1e-3


def plain_keras(base: keras.Model, photos, epochs: int) -> float:
    """Train as the guide does, on the same photos in the same splits; return the seconds it took."""
    began = time.perf_counter()
    size = photos.image_size

    def decode(path, label):
        picture = tf.io.decode_jpeg(tf.io.read_file(path), channels=3)
        return tf.image.resize(picture, (size, size), antialias=True), label

    def pipeline(split) -> tf.data.Dataset:
        paths = tf.data.Dataset.from_tensor_slices(([str(path) for path in split.paths], split.labels))
        return (
            paths.map(decode, num_parallel_calls=tf.data.AUTOTUNE).batch(BATCH_SIZE).cache().prefetch(tf.data.AUTOTUNE)
        )

    base.trainable = False
    inputs = keras.Input((size, size, 3))
    x = keras.layers.GlobalAveragePooling2D()(base(inputs, training=False))
    x = keras.layers.Dropout(0.2)(x)
    model = keras.Model(inputs, keras.layers.Dense(len(photos.class_names), activation="softmax")(x))
    model.compile(keras.optimizers.Adam(RATE), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(pipeline(photos.train), epochs=epochs, validation_data=pipeline(photos.val), shuffle=False, verbose=0)
    return time.perf_counter() - began


def graft(base: keras.Model, folder: Path, size: int, epochs: int) -> tuple[float, float, dict]:
    """Load, freeze and train with the helpers, from an empty cache, then once more with another learning rate.

    Returns the seconds of both, and what the first run says of its parts.
    """
    features.forget()
    began = time.perf_counter()
    photos = load_photos(folder, image_size=size)
    read = time.perf_counter()
    model = attach_head(base, classes=len(photos.class_names))
    freeze(model, until="top")
    run = fit(model, photos, epochs=epochs, learning_rate=RATE, batch_size=BATCH_SIZE, progress=False)
    cold = time.perf_counter() - began
    parts = {"decode": read - began, "prefix": run.settings["cache_seconds"], "head": run.history.seconds.sum()}
    began = time.perf_counter()
    fit(model, photos, epochs=epochs, learning_rate=RATE / 3, batch_size=BATCH_SIZE, progress=False)
    return cold, time.perf_counter() - began, parts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=shared.PHOTOS, help="one sub-folder of JPEGs per class")
    parser.add_argument("--image-size", type=int, default=224)
    parser.add_argument("--epochs", type=int, default=20)
    options = parser.parse_args()
    base = load_base("EfficientNetB0", weights=None, image_size=options.image_size)
    photos = load_photos(options.folder, image_size=options.image_size)
    cold, warm, parts = graft(base, options.folder, options.image_size, options.epochs)
    plain = plain_keras(base, photos, options.epochs)
    count = len(photos.train) + len(photos.val)
    print(f"{count} photos, {options.image_size} px, EfficientNetB0, {options.epochs} epochs, {platform.machine()}")
    print(f"plain Keras                  {plain:7.1f} s")
    print(f"graft, nothing cached        {cold:7.1f} s   {plain / cold:5.1f} times faster")
    print(f"graft, another learning rate {warm:7.1f} s   {plain / warm:5.1f} times faster")
    print("parts of the first: " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in parts.items()))


if __name__ == "__main__":
    main()
