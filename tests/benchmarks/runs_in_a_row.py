"""How soon a run starts and ends when runs follow each other: `python -m tests.benchmarks.runs_in_a_row --write`.

What a learner does in the freeze lab: the head is trained, and then one run follows another from the same start, each
with another learning rate. The first run at a boundary computes activations and traces; the others find both.
"""

import argparse
import datetime
import json
import os
import resource
import statistics
import tempfile
import time

import keras

from helpers import attach_head, config, copy_of, fit, freeze, load_base, load_flowers
from helpers.experiments.shared import BLOCKS, HEAD
from tests.benchmarks.against_plain_keras import processor

BOUNDARIES = ("top", "block6d", "block5c", "block3b")


def one_run(start: keras.Model, photos, until: str, epochs: int, rate: float) -> tuple[float, float]:
    """Return the seconds from the press of Train to the first batch, and to the end."""
    began, batches = time.perf_counter(), []

    def on_batch(what: str, done: int, total: int) -> None:
        if what == "training" and not batches:
            batches.append(time.perf_counter() - began)

    model = copy_of(start)
    freeze(model, until=until)
    fit(model, photos, **BLOCKS | {"epochs": epochs, "learning_rate": rate}, progress=False, on_batch=on_batch)
    return batches[0], time.perf_counter() - began


def measure(base_name: str, options) -> list[dict]:
    """Return a row per boundary."""
    photos = load_flowers("bundled", options.image_size, per_class=options.per_class)
    start = attach_head(load_base(base_name, image_size=options.image_size), classes=len(photos.class_names))
    freeze(start, until="top")
    fit(start, photos, **HEAD, progress=False)
    rows = []
    for until in BOUNDARIES:
        rates = [1e-3 / (1 + run) for run in range(options.runs)]
        runs = [one_run(start, photos, until, options.epochs, rate) for rate in rates]
        (first_batch, first), later = runs[0], runs[1:]
        rows.append(
            {
                "base": base_name,
                "until": until,
                "first_run_first_batch_seconds": first_batch,
                "first_run_seconds": first,
                "later_runs_first_batch_median_seconds": statistics.median(batch for batch, _ in later),
                "later_runs_median_seconds": statistics.median(seconds for _, seconds in later),
            }
        )
        rows[-1]["first_run_over_later_runs"] = first / rows[-1]["later_runs_median_seconds"]
        print(*(f"{name} {value:.2f}" if isinstance(value, float) else value for name, value in rows[-1].items()))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bases", nargs="+", default=["EfficientNetLite0", "EfficientNetB0"])
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--per-class", type=int, default=40)
    parser.add_argument("--image-size", type=int, default=128)
    parser.add_argument("--write", action="store_true", help="write data/results/runs_in_a_row.json")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GRAFT_CACHE"] = folder
        rows = [row for base in options.bases for row in measure(base, options)]
    record = {
        "date": datetime.date.today().isoformat(), "processor": processor(), "versions": config.versions(),
        "runs": options.runs, "epochs": options.epochs, "per_class": options.per_class,
        "image_size": options.image_size, "rows": rows,
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }  # fmt: skip
    print(f"peak memory {record['peak_memory_mb']:.0f} MB")
    if options.write:
        (config.RESULTS / "runs_in_a_row.json").write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
