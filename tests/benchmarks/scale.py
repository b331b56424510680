"""Time and memory against the number of photos: `python -m tests.benchmarks.scale --photos 1000 10000 100000`.

Each number of photos has a process of its own. The files are the bundled pictures over and over, each with a comment
of its own inside, so that no two are alike. What is timed is all that a user does: read, look for damage and doubles,
split, run the frozen base, train a head for five epochs.
"""

import argparse
import itertools
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from helpers import config

CODE = """
import json, sys
from tests.benchmarks.scale import train
print(json.dumps(train(sys.argv[1], int(sys.argv[2]))))
"""


def write_photos(folder: Path, count: int) -> None:
    """Write so many different JPEGs, in five classes."""
    pictures = [(file.parent.name, file.read_bytes()) for file in sorted(config.BUNDLED_FLOWERS.glob("*/*.jpg"))]
    for number, (label, data) in enumerate(itertools.islice(itertools.cycle(pictures), count)):
        (folder / label).mkdir(exist_ok=True)
        comment = str(number).encode()
        marked = data[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + data[2:]
        (folder / label / f"{number:06d}.jpg").write_bytes(marked)


def train(folder: str, size: int) -> dict[str, float]:
    """Do what a user does; return the seconds of the parts and the largest resident memory."""
    from helpers import attach_head, fit, freeze, load_base, load_photos

    began = time.perf_counter()
    photos = load_photos(folder, image_size=size)
    read = time.perf_counter()
    model = attach_head(load_base(weights="bundled", image_size=size), classes=len(photos.class_names))
    freeze(model, until="top")
    run = fit(model, photos, epochs=5, progress=False)
    return {
        "read": read - began,
        "frozen base": run.settings["cache_seconds"],
        "five epochs": float(run.history.seconds.sum()),
        "in all": time.perf_counter() - began,
        "resident GB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
        "kept MB": run.settings["cached_bytes"] / 1e6,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--image-size", type=int, default=config.IMAGE_SIZE)
    options = parser.parse_args()
    for count in options.photos:
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as cache:
            write_photos(Path(folder), count)
            done = subprocess.run(
                [sys.executable, "-c", CODE, folder, str(options.image_size)],
                capture_output=True, text=True, cwd=config.ROOT, env={"GRAFT_CACHE": cache, "PATH": ""},
            )  # fmt: skip
        if done.returncode:
            sys.exit(done.stderr)
        measured = json.loads(done.stdout.splitlines()[-1])
        told = ", ".join(f"{name} {value:.2f}" for name, value in measured.items())
        print(f"{count:7d} photos: {told}; {1000 * measured['in all'] / count:.2f} ms a photo", flush=True)


if __name__ == "__main__":
    main()
