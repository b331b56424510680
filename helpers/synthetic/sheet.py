"""Contact sheets, to look at what is drawn: ``python -m helpers.synthetic.sheet``."""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from helpers import config
from helpers.synthetic import source_task
from helpers.synthetic.render import CLASSES, SETS, Set, picture_file


def set_sheet(folder: Path, which: Set, columns: int = 12, rows_each: int = 2) -> Image.Image:
    """Return a sheet of the bundled pictures of one set, some rows for each class."""
    count = columns * rows_each
    files = [folder / picture_file(which, name, number) for name in CLASSES[which.subject] for number in range(count)]
    return tile([_read(file) for file in files], columns)


def _read(file: Path) -> np.ndarray:
    with Image.open(file) as picture:
        return np.asarray(picture.convert("RGB"))


def source_sheet(size: int = 128, columns: int = 15) -> Image.Image:
    """Return a sheet of freshly drawn pictures of the source task, one of each third class."""
    drawn = [
        source_task.draw(each, np.random.default_rng([1, each.number]), size)[0]
        for each in source_task.source_classes()[::3]
    ]
    return tile(drawn, columns)


def tile(pictures: list[np.ndarray], columns: int) -> Image.Image:
    """Return one image of pictures of one size, row by row; the last row is left black where pictures run out."""
    side = pictures[0].shape[0]
    rows = -(-len(pictures) // columns)
    sheet = np.zeros((rows * side, columns * side, 3), np.uint8)
    for number, picture in enumerate(pictures):
        y, x = divmod(number, columns)
        sheet[y * side : (y + 1) * side, x * side : (x + 1) * side] = picture
    return Image.fromarray(sheet)


def main() -> None:
    """Run the command."""
    told = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(prog="python -m helpers.synthetic.sheet", description=told)
    parser.add_argument("--out", type=Path, default=config.DATA / "cache" / "sheets")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for each in SETS:
        set_sheet(config.DATA, each).save(options.out / f"{each.folder}.png")
    source_sheet().save(options.out / "source.png")
    print(options.out)


if __name__ == "__main__":
    main()
