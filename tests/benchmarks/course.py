"""How long the whole course takes without a learner, in two processes: `python -m tests.benchmarks.course --write`.

Every lesson runs from its first cell to its last in a kernel of its own, with nothing kept from before. The next lesson
begins when a process is free.
"""

import argparse
import datetime
import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from helpers import config
from helpers.teaching import lessons
from helpers.teaching.lesson_costs import Cost, measure_lesson, stored_costs
from tests.benchmarks.against_plain_keras import processor


def measure(paths: list[Path], processes: int) -> tuple[float, dict[str, Cost]]:
    """Return the seconds that all lessons took together, and what each of them took."""
    began = time.perf_counter()
    with ThreadPoolExecutor(processes) as pool:  # each thread waits for a kernel, which is a process
        costs = dict(zip((path.stem for path in paths), pool.map(measure_lesson, paths), strict=True))
    return time.perf_counter() - began, costs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="write data/results/course.json")
    options = parser.parse_args()
    # The longest first, so that no process is left with one of them at the end.
    before = stored_costs()
    paths = sorted(lessons.lesson_paths(), key=lambda path: -before.get(path.stem, {}).get("seconds", 0))
    seconds, costs = measure(paths, options.processes)
    for name, cost in sorted(costs.items()):
        print(f"{name:32s} {cost.seconds:6.1f} s {cost.memory / 1e9:5.2f} GB")
    print(f"the course in {options.processes} processes: {seconds:.0f} s")
    record = {
        "date": datetime.date.today().isoformat(), "processor": processor(), "versions": config.versions(),
        "processes": options.processes, "seconds": seconds,
        "most_memory_mb": max(cost.memory for cost in costs.values()) / 1e6,
        "lessons": {name: {"seconds": cost.seconds, "memory_mb": cost.memory / 1e6} for name, cost in costs.items()},
    }  # fmt: skip
    if options.write:
        (config.RESULTS / "course.json").write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
