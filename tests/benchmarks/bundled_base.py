"""What the bundled base is worth: `python -m tests.benchmarks.bundled_base probe|tune …`; the model card's figures.

`probe`: a logistic regression on frozen features, bundled base against random base and colour histogram, three seeds.
`tune`: head, fine-tuning and training from scratch, on the same photos with the same augmentation and schedule.

Scratch is given a fair chance: its own best of three learning rates, as many passes or as many seconds as head and
fine-tuning together, whichever is more, input normalisation set, BatchNormalization's statistics recomputed at the end.
"""

import argparse
import math

import numpy as np

from helpers import attach_head, evaluate, fit, freeze, load_base, load_photos, settle_statistics
from helpers import config as paths
from helpers.judging import linear_probe
from helpers.network.head import copy_of
from tests import shared
from tests.benchmarks.against_plain_keras import empty_cache

RECIPE = {"schedule": "cosine", "weight_decay": 0.01, "label_smoothing": 0.1, "augment": True, "keep": "last"}
SCRATCH_RATES = (5e-4, 1.5e-3, 5e-3)


def features_of(base, photos, cut: str | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return the pooled features and the labels of all photos."""
    parts = (photos.train, photos.val, photos.test)
    images = np.concatenate([part.images() for part in parts])
    labels = np.concatenate([part.labels for part in parts])
    if base is None:
        return np.sqrt(linear_probe.colour_histograms(images)), labels
    return base.predict(images.astype("float32"), batch_size=64, verbose=0).mean(axis=(1, 2)), labels


def run_probe(options) -> None:
    """Print the median of three seeds for each base, size and number of photos."""
    for size in options.sizes:
        photos = load_photos(options.photos, image_size=size)
        bundled = load_base(weights="bundled", image_size=size)
        chance = settle_statistics(load_base("EfficientNetB0", None, image_size=size), photos.train)
        for name, base in (("bundled", bundled), ("random", chance), ("colour histogram", None)):
            features, labels = features_of(base, photos)
            for per_class in options.per_class:
                scores = [
                    linear_probe.probe(features, labels, *linear_probe.deal_out(labels, per_class, seed), seed)
                    for seed in range(3)
                ]
                told = " ".join(f"{score:.3f}" for score in scores)
                print(f"{size} px, {per_class} a class, {name}: median {np.median(scores):.3f} ({told})", flush=True)


def run_tune(options) -> None:
    """Print test accuracies and seconds of the three ways of training."""
    for per_class in options.per_class:
        photos = load_photos(options.photos, options.sizes[0], options.seed, per_class, tuple(options.split))
        counts = f"{len(photos.train)} photos to train, {len(photos.test)} to test"
        print(f"{options.sizes[0]} px, {counts}, seed {options.seed}", flush=True)
        with empty_cache():  # else the seconds would depend on what was run before
            seconds = _transfer(photos, options)
        _scratch(photos, options, seconds)


def _transfer(photos, options) -> float:
    base = load_base(weights="bundled", image_size=photos.image_size)
    model = attach_head(base, len(photos.class_names), seed=options.seed)
    freeze(model, until="top")
    head = fit(model, photos, epochs=40, learning_rate=3e-3, schedule="cosine", keep="last", progress=False)
    print(f"  frozen, 40 epochs: {evaluate(model, photos.test).accuracy:.3f} in {head.seconds:.0f} s", flush=True)
    for batchnorm in options.batchnorm:
        tuned = copy_of(model)
        tuned.pretrained = True
        freeze(tuned, until=options.until, batchnorm=batchnorm)
        run = fit(
            tuned, photos, epochs=options.epochs, learning_rate=options.learning_rate, seed=options.seed,
            progress=False, **RECIPE | {"augment": not options.plain},
        )  # fmt: skip
        accuracy = evaluate(tuned, photos.test).accuracy
        recipe = f"BatchNorm {batchnorm}, rate {options.learning_rate}, {options.epochs} epochs"
        recipe += ", as they are" if options.plain else ", augmented"
        print(f"  fine-tuned above {options.until}, {recipe}: {accuracy:.3f} in {run.seconds:.0f} s", flush=True)
    return head.seconds + run.seconds


def _scratch(photos, options, seconds: float) -> None:
    epochs = options.epochs
    for rate in () if options.no_scratch else SCRATCH_RATES:
        model, run = _from_scratch(photos, options, rate, epochs)
        if run.seconds < 0.95 * seconds:  # as many passes took less time than transfer had: more passes
            epochs = math.ceil(epochs * seconds / run.seconds)
            model, run = _from_scratch(photos, options, rate, epochs)
        before = evaluate(model, photos.test).accuracy
        settle_statistics(model, photos.train)
        after = evaluate(model, photos.test).accuracy
        print(
            f"  scratch, rate {rate}, {epochs} epochs: {after:.3f} (statistics as training left them: {before:.3f}) "
            f"in {run.seconds:.0f} s",
            flush=True,
        )


def _from_scratch(photos, options, rate: float, epochs: int):
    base = load_base("EfficientNetB0", None, photos.image_size, options.seed)
    model = attach_head(settle_statistics(base, photos.train), len(photos.class_names), seed=options.seed)
    freeze(model, until=None)
    return model, fit(model, photos, epochs=epochs, learning_rate=rate, seed=options.seed, progress=False, **RECIPE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["probe", "tune"])
    parser.add_argument("--photos", default=str(shared.PHOTOS), help='a folder, or "bundled"')
    parser.add_argument("--sizes", type=int, nargs="+", default=[96, 128])
    parser.add_argument("--per-class", type=int, nargs="+", default=[100])
    parser.add_argument("--split", type=float, nargs=3, default=[0.64, 0.01, 0.35])
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--until", default=None, help="last frozen block while fine-tuning; none by default")
    parser.add_argument("--batchnorm", nargs="+", default=["free"])
    parser.add_argument("--plain", action="store_true", help="fine-tune without augmentation")
    parser.add_argument("--no-scratch", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    options.photos = str(paths.BUNDLED_FLOWERS) if options.photos == "bundled" else options.photos
    {"probe": run_probe, "tune": run_tune}[options.what](options)


if __name__ == "__main__":
    main()
