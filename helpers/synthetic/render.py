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
from helpers.synthetic import calls, camera, flowers, textures


@dataclass(frozen=True)
class Set:
    """A set of pictures: where it lies under the folder, its kind, how many of each class, how large.

    The kind is one of `flowers.choose`; other subjects have none.
    """

    folder: str
    kind: str
    per_class: int
    size: int

    @property
    def subject(self) -> str:
        """What its pictures show, a name in `CLASSES`; also the name of the table that tells of them."""
        return self.folder.partition("_")[0]


CLASSES = {"flowers": tuple(flowers.SPECIES), "calls": calls.CLASSES, "textures": textures.CLASSES}
COLUMNS = {"flowers": flowers.COLUMNS, "calls": calls.COLUMNS, "textures": textures.COLUMNS}
SETS = (
    Set("flowers", "photo", 200, 160),
    Set("flowers_near", "near", 40, 128),
    Set("flowers_far", "far", 40, 128),
    Set("flowers_shortcut", "shortcut", 40, 128),
    Set("calls", "", 92, 128),
    Set("textures", "", 28, 96),
)


def sets_of(subject: str) -> tuple[Set, ...]:
    """Return the sets of pictures that show a subject, a name in `CLASSES`."""
    return tuple(each for each in SETS if each.subject == subject)


def render(folder: Path, sets: tuple[Set, ...], processes: int = 2) -> Path:
    """Draw the sets of pictures of one subject and the table of what they show.

    Args:
        folder: Where `flowers/<class>/…` and the others go. Pictures already there are overwritten.
        sets: Which sets, all of them of one subject.
        processes: How many draw at once.

    Returns:
        The table: a row for each picture, its path first, then the columns of its `Parameters`.
    """
    (subject,) = {each.subject for each in sets}
    jobs = [(each, name, seed) for each in sets for name in CLASSES[subject] for seed in range(each.per_class)]
    rows = []
    with ProcessPoolExecutor(processes, get_context("spawn"), initializer=_one_thread) as team:
        results = team.map(_draw_one, [folder] * len(jobs), jobs, chunksize=8)
        for row in tqdm(results, total=len(jobs), desc=f"drawing {subject}", unit="picture"):
            rows.append(row)
    table = folder / f"{subject}.csv"
    unfinished = table.with_name(f"unfinished-{table.name}")
    with unfinished.open("w", newline="") as out:
        writer = csv.DictWriter(out, ["path", *COLUMNS[subject]], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    unfinished.replace(table)
    return table


def picture_file(which: Set, name: str, seed: int) -> str:
    """Return a picture's path under the folder, such as `"flowers/daisy/daisy_007.jpg"`."""
    return f"{which.folder}/{name}/{name}_{seed:03d}.jpg"


def picture(which: Set, name: str, seed: int) -> tuple[bytes, dict]:
    """Draw one picture of a class.

    Returns:
        The JPEG, and what it shows, as a row of the table without its path.
    """
    if which.subject == "calls":
        call = calls.choose(name, seed)
        return camera.as_jpeg(calls.draw(call, which.size), calls.QUALITY), calls.as_row(call)
    if which.subject == "textures":
        texture = textures.choose(name, seed)
        return camera.as_jpeg(textures.draw(texture, which.size), textures.QUALITY), textures.as_row(texture)
    flower = flowers.choose(name, seed, which.kind)
    return camera.as_jpeg(flowers.draw(flower, which.size), flower.quality), flowers.as_row(flower)


def _draw_one(folder: Path, job: tuple[Set, str, int]) -> dict:
    data, row = picture(*job)
    path = picture_file(*job)
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".unfinished")
    unfinished.write_bytes(data)
    unfinished.replace(file)
    return {"path": path, **row}


def _one_thread() -> None:
    import cv2

    cv2.setNumThreads(1)


def main() -> None:
    """Run the command."""
    told = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(prog="python -m helpers.synthetic.render", description=told)
    parser.add_argument("--folder", type=Path, default=config.DATA)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--subjects", nargs="+", choices=CLASSES, default=list(CLASSES), help="what to draw")
    options = parser.parse_args()
    # Otherwise the threads of BLAS and the processes compete for the cores. It must be set before NumPy is imported.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    for subject in options.subjects:
        print(render(options.folder, sets_of(subject), options.processes))


if __name__ == "__main__":
    main()
