"""What matrix products save in training: `python -m tests.benchmarks.pointwise`.

A training step above each boundary, on random activations, with the convolutions of Keras and with those of
`helpers.network.pointwise`. The two take turns, and the best turn of each counts.
"""

import argparse

import keras
import numpy as np

from helpers import attach_head, freeze, load_base
from helpers.network import cutting, head
from helpers.network.pointwise import quicker
from helpers.training import compiling
from helpers.training.settings import TrainingSettings
from tests.benchmarks.against_pytorch import photos_per_second

BOUNDARIES = ("block6d", "block5c", "block3b", None)


def a_step(part: keras.Model):
    """Return a function that trains a network for one batch."""
    photos = np.random.default_rng(0).random((32, *part.input_shape[1:]), dtype="float32")
    labels = np.arange(32) % 5
    compiling.compile_whole(part, TrainingSettings(), labels[:1])
    return lambda: part.train_on_batch(photos, labels)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base", default="EfficientNetLite0")
    parser.add_argument("--image-size", type=int, default=128)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--steps", type=int, default=4, help="per turn")
    options = parser.parse_args()
    model = attach_head(load_base(options.base, image_size=options.image_size), classes=5)
    for until in BOUNDARIES:
        freeze(model, until=until)
        cut = cutting.find_cut(model)
        part = cutting.suffix(model, cut) if cut else cutting.whole(model)
        steps = [a_step(head.copy_of(part)), a_step(head.copy_with(part, quicker))]
        plain, products = photos_per_second(steps, options.turns, options.steps)
        rates = f"{plain:.0f} and {products:.0f} photos a second, {products / plain:.2f} times as many"
        print(f"above {until}: {rates}", flush=True)


if __name__ == "__main__":
    main()
