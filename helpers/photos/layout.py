"""How a folder is laid out: which files may be photos, of which class, and of which part if it is divided already."""

from pathlib import Path

from helpers.photos.by_folder import EXPECTED, layout_by_folder
from helpers.photos.by_table import layout_by_table
from helpers.photos.found import Layout
from helpers.photos.labels import find_table
from helpers.photos.names import printable


def layout_of(folder: Path, labels: str | Path | None = None) -> Layout:
    """Return how a folder is laid out.

    Args:
        folder: Path of a folder with one sub-folder per class; or with `train`, `val` and `test`, each with such
            sub-folders; or, with `labels`, of any folder.
        labels: A CSV file with the class of each photo.

    Raises:
        FileNotFoundError: If there is no such folder, or the table names files that aren't there.
        ValueError: If it is unclear what is a class, or there are fewer than two.
    """
    if not folder.exists():
        what = EXPECTED if labels is None else "Expected a folder of photos"
        raise FileNotFoundError(f"{what}. Received: '{printable(folder)}', which does not exist. Check the path.")
    if not folder.is_dir():
        raise ValueError(f"{EXPECTED}. Received: '{printable(folder)}', which is a file.")
    return layout_by_folder(folder) if labels is None else layout_by_table(folder, find_table(labels, folder))
