"""What a shortcut costs in accuracy, on real photos: `python -m tests.benchmarks.shortcuts augmentation`.

Augmentation: four kept views of each photo compared with fresh views in every epoch, with the same seeds, splits, heads
and epochs.
"""

import argparse
import time

import numpy as np

from helpers import attach_head, evaluate, fit, freeze, load_base, load_photos
from tests import shared

PAIRS = {
    "augmentation": [("fresh views", {"augment": True, "cache": False}), ("kept views", {"augment": True})],
}


def accuracies(options, seeds: range, **settings) -> tuple[list[float], float]:
    """Return the test accuracy for each seed, and the seconds of all trainings."""
    found, began = [], time.perf_counter()
    for seed in seeds:
        photos = load_photos(options.folder, options.image_size, seed=seed)
        model = attach_head(load_base(weights="bundled", image_size=options.image_size), 5, seed=seed)
        freeze(model, until=options.until)
        fit(
            model, photos, epochs=options.epochs, learning_rate=options.learning_rate, seed=seed, keep="last",
            progress=False, **settings,
        )  # fmt: skip
        found.append(evaluate(model, photos.test).accuracy)
    return found, time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=PAIRS)
    parser.add_argument("--folder", default=str(shared.PHOTOS))
    parser.add_argument("--image-size", type=int, default=128)
    parser.add_argument("--until", default="block6d")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    means = []
    for name, settings in PAIRS[options.what]:
        found, seconds = accuracies(options, range(options.seeds), **settings)
        means.append(np.mean(found))
        told = " ".join(f"{accuracy:.3f}" for accuracy in found)
        print(f"{name:12s} mean {means[-1]:.3f} ({told}), {seconds:.0f} s", flush=True)
    print(f"difference {100 * (means[1] - means[0]):+.1f} points")


if __name__ == "__main__":
    main()
