"""Draw the bundled pictures: ``python -m helpers.synthetic.render``. The same files byte for byte on every run.

Byte for byte holds for one machine and one version of NumPy and OpenCV; elsewhere a pixel may differ by a shade.
"""

import argparse
import csv
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from tqdm import tqdm

from helpers import config
from helpers.synthetic import camera, flowers


@dataclass(frozen=True)
class Set:
    """A set of pictures: where it lies under the folder, its kind (see `flowers.choose`), how many, how large."""

    folder: str
    kind: str
    per_class: int
    size: int


SETS = (
    Set("flowers", "photo", 200, 160),
    Set("flowers_near", "near", 40, 128),
    Set("flowers_far", "far", 40, 128),
    Set("flowers_shortcut", "shortcut", 40, 128),
)
TABLE = "flowers.csv"


def render(folder: Path, sets: tuple[Set, ...] = SETS, processes: int = 2) -> Path:
    """Draw the sets of pictures and the table of what they show.

    Args:
        folder: Where `flowers/<class>/…` and the others go. Pictures already there are overwritten.
        sets: Which sets.
        processes: How many draw at once.

    Returns:
        The table: a row for each picture, its path first, then the columns of `flowers.Parameters`.
    """
    jobs = [(each, species, seed) for each in sets for species in flowers.SPECIES for seed in range(each.per_class)]
    rows = []
    with ProcessPoolExecutor(processes, get_context("spawn"), initializer=_one_thread) as team:
        results = team.map(_draw_one, [folder] * len(jobs), jobs, chunksize=8)
        for row in tqdm(results, total=len(jobs), desc="drawing flowers", unit="picture"):
            rows.append(row)
    table = folder / TABLE
    unfinished = table.with_name(f"unfinished-{TABLE}")
    with unfinished.open("w", newline="") as out:
        writer = csv.DictWriter(out, ["path", *flowers.COLUMNS], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    unfinished.replace(table)
    return table


def picture_file(which: Set, species: str, seed: int) -> str:
    """Return a picture's path under the folder, such as `"flowers/daisy/daisy_007.jpg"`."""
    return f"{which.folder}/{species}/{species}_{seed:03d}.jpg"


def _draw_one(folder: Path, job: tuple[Set, str, int]) -> dict:
    which, species, seed = job
    parameters = flowers.choose(species, seed, which.kind)
    data = camera.as_jpeg(flowers.draw(parameters, which.size), parameters.quality)
    file = folder / picture_file(which, species, seed)
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".unfinished")
    unfinished.write_bytes(data)
    unfinished.replace(file)
    return {"path": picture_file(which, species, seed), **flowers.as_row(parameters)}


def _one_thread() -> None:
    import cv2

    cv2.setNumThreads(1)


def main() -> None:
    """Run the command."""
    told = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(prog="python -m helpers.synthetic.render", description=told)
    parser.add_argument("--folder", type=Path, default=config.DATA)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    # Otherwise the threads of BLAS and the processes compete for the cores. It must be set before NumPy is imported.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    print(render(options.folder, processes=options.processes))


if __name__ == "__main__":
    main()
