"""Accuracy on real flower photos, over several seeds: `python -m tests.benchmarks.real_photos`.

Frozen: only a head is trained on MobileNetV2-0.35 with ImageNet's weights. Fine-tuned: then the blocks above a
boundary too, with BatchNormalization frozen and free. The seed decides the split, the head and the order of photos.
"""

import argparse

import numpy as np
import pandas as pd
from scipy import stats

from helpers import attach_head, evaluate, fit, freeze, load_base, load_photos
from helpers.network.head import copy_of
from tests import shared


def one_seed(base, folder, image_size: int, seed: int, until: str, epochs: int, rate: float) -> dict[str, float]:
    """Return the test accuracy of each way of training, and the head-only validation accuracy."""
    photos = load_photos(folder, image_size=image_size, seed=seed)
    model = attach_head(base, classes=len(photos.class_names), seed=seed)
    freeze(model, until="top")
    fit(model, photos, epochs=20, learning_rate=1e-3, seed=seed, progress=False)
    accuracies = {"frozen": evaluate(model, photos.test).accuracy}
    for batchnorm in ("frozen", "free"):
        tuned = copy_of(model)
        tuned.pretrained = True
        freeze(tuned, until=until, batchnorm=batchnorm)
        fit(tuned, photos, epochs=epochs, learning_rate=rate, seed=seed, progress=False)
        accuracies[f"fine-tuned, BatchNorm {batchnorm}"] = evaluate(tuned, photos.test).accuracy
    return accuracies


def interval(values: pd.Series) -> str:
    """Return a mean and its 95% interval by Student's t."""
    half = stats.t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
    return f"{values.mean():.3f} ± {half:.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", default=str(shared.PHOTOS))
    parser.add_argument("--base", default="MobileNetV2-0.35")
    parser.add_argument("--weights", default=str(shared.MOBILENET))
    parser.add_argument("--image-size", type=int, default=224)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--until", default="block5c", help="last frozen block while fine-tuning")
    parser.add_argument("--epochs", type=int, default=5, help="of fine-tuning")
    parser.add_argument("--learning-rate", type=float, default=1e-4, help="of fine-tuning")
    options = parser.parse_args()
    base = load_base(options.base, weights=options.weights, image_size=options.image_size)
    rows = []
    for seed in range(options.seeds):
        boundary = (options.until, options.epochs, options.learning_rate)
        rows.append(one_seed(base, options.folder, options.image_size, seed, *boundary))
        print(f"seed {seed}: " + ", ".join(f"{name} {value:.3f}" for name, value in rows[-1].items()), flush=True)
    for name, values in pd.DataFrame(rows).items():
        print(f"{name}: {interval(values)}")


if __name__ == "__main__":
    main()
