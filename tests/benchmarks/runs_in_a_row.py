"""How soon runs in the freeze lab start and end, one after the other: `python -m tests.benchmarks.runs_in_a_row`.

What a learner does: the head is trained first, and then one run follows another from the same start, each with another
learning rate. Between two presses of Train the lab is left alone until it has done what it does ahead. The first run at
a boundary trains the head, computes activations and traces; the others find all that.
"""

import argparse
import datetime
import json
import os
import resource
import statistics
import tempfile
import time

from helpers import config, load_base, load_flowers
from helpers.experiments.shared import BLOCKS, HEAD
from helpers.training.recipe import Step
from helpers.widgets import FreezeLab
from tests.benchmarks.against_plain_keras import processor
from tests.benchmarks.readme_part import into_readme

BOUNDARIES = ("top", "block6a", "block5c", "block4a")


class TimedLab(FreezeLab):
    """A freeze lab that notes when the first batch of the last step was done."""

    first_batch = 0.0

    def _progress(self, what: str, done: int, total: int) -> None:
        if not self.first_batch and self.countdown.last_step and what == "training":
            self.first_batch = time.perf_counter()
        super()._progress(what, done, total)

    def press(self, run: int) -> tuple[float, float, float]:
        """Train, and return the seconds to the end of the first batch, to the end of the run, and those foretold."""
        self.learning_rate.index, self.first_batch = run % len(self.learning_rate.options), 0.0
        for thread in (self.ahead, self.reckoner):  # what is kept ahead changes what is foretold
            thread.wait()
        shown = self._foreseen[1] or self.forecast()
        began = time.perf_counter()
        self.start_training()
        self.worker.wait()
        seconds = time.perf_counter() - began
        self.clock.wait()
        return self.first_batch - began, seconds, shown.total


def measure(base_name: str, options) -> list[dict]:
    """Return a row per boundary."""
    photos = load_flowers("bundled", options.image_size, per_class=options.per_class)
    base = load_base(base_name, image_size=options.image_size)
    rows = []
    for until in BOUNDARIES:
        how = BLOCKS | {"epochs": options.epochs, "until": until, "name": until}
        lab = TimedLab(photos, base, [Step(until="top", **HEAD)], **how)
        lab._seen()
        lab.clock.wait()
        (first_batch, first, foretold), *later = map(lab.press, range(options.runs))
        rows.append(
            {
                "base": base_name,
                "until": until,
                "first_run_first_batch_seconds": first_batch,
                "first_run_seconds": first,
                "later_runs_first_batch_median_seconds": statistics.median(batch for batch, _, _ in later),
                "later_runs_median_seconds": statistics.median(seconds for _, seconds, _ in later),
                "first_run_foretold_over_taken": foretold / first,
                "last_run_foretold_over_taken": later[-1][2] / later[-1][1],
            }
        )
        rows[-1]["first_run_over_later_runs"] = first / rows[-1]["later_runs_median_seconds"]
        print(*(f"{name} {value:.2f}" if isinstance(value, float) else value for name, value in rows[-1].items()))
    return rows


def as_markdown(record: dict) -> str:
    """Return the figures as a table."""
    lines = [
        f"Freeze lab, {record['per_class']} photos per class, {record['image_size']} px, {record['epochs']} epochs; "
        f"the first of {record['runs']} runs in a row, which also trains the head, and the median of the others. "
        f"*Foretold*: the seconds that the lab said beforehand, over those it took. "
        f"{record['processor']}; {record['date']}.",
        "",
        "| frozen up to | first run | later runs | until their first batch is done | foretold: first run, last run |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for row in record["rows"]:
        lines.append(
            f"| {row['base']}, {row['until']} | {row['first_run_seconds']:.1f} s | "
            f"{row['later_runs_median_seconds']:.1f} s | {row['later_runs_first_batch_median_seconds']:.2f} s | "
            f"{row['first_run_foretold_over_taken']:.1f}, {row['last_run_foretold_over_taken']:.1f} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bases", nargs="+", default=["EfficientNetLite0", "EfficientNetB0"])
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--per-class", type=int, default=40)
    parser.add_argument("--image-size", type=int, default=128)
    parser.add_argument(
        "--write", action="store_true", help="write data/results/runs_in_a_row.json and the README's table"
    )
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
        into_readme("runs", as_markdown(record))


if __name__ == "__main__":
    main()
