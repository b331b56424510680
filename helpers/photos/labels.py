"""Labels from a table: a CSV file with the names of photos and the class of each."""

import os
from pathlib import Path

from helpers.photos.names import printable
from helpers.photos.opening import SUFFIXES
from helpers.photos.table import Row, composed, read_rows, shortened


def find_table(labels: str | Path, folder: Path) -> Path:
    """Return the path of a table of labels: as it is given, or within the folder of photos.

    Raises:
        FileNotFoundError: If it is in neither place.
        ValueError: If different files are in both.
    """
    given, inside = Path(labels), folder / labels
    there = [path for path in (given, inside) if os.path.isfile(path)]
    if not there:
        raise FileNotFoundError(
            f"Expected labels to be the path of a CSV file. Received: '{printable(given)}', which is neither here nor "
            f"in '{printable(folder)}'. Check the path."
        )
    if len(there) == 2 and not given.samefile(inside):
        raise ValueError(
            f"Expected one table of labels. Received: '{printable(given)}', which is both here and in "
            f"'{printable(folder)}'. Pass the full path of the one you mean."
        )
    return there[0]


def read_labels(table: Path, folder: Path, files: list[Path]) -> dict[Path, Row]:
    """Return the class of each photo that a table names, and its part if the table has a column for that.

    Args:
        table: A CSV file with a header row. One column has the photos' paths within the folder; another one has the
            class of each; a third one may say train, val or test. Commas, semicolons and tabs are understood.
        folder: What the paths are relative to.
        files: All files in the folder.

    Returns:
        Dict from files to rows.

    Raises:
        FileNotFoundError: If the table names files that aren't there.
        ValueError: If it isn't such a table, a row has no label, a file has two, or a name stands for several files.
    """
    known = {path.relative_to(folder).as_posix(): path for path in files}
    by_name, by_stem = _alike_names(known)

    def meant(name: str) -> list[Path]:
        name = name.replace("\\", "/").removeprefix("./")
        # Tables of photos' numbers often leave the ending out.
        return [known[name]] if name in known else by_name.get(composed(name)) or by_stem.get(composed(name), [])

    labels: dict[Path, Row] = {}
    missing, unlabelled = [], []
    column, lines = read_rows(table, meant)
    for number, name, row in lines:
        found = meant(name)
        if len(found) > 1:
            _tell_several(table, name, found)
        elif not found:
            missing.append(name or f"(no name in line {number})")
        elif not row.label:
            unlabelled.append(name)
        elif labels.setdefault(found[0], row) != row:
            _tell_two(table, name, labels[found[0]], row)
    _check_complete(table, column, folder, missing, unlabelled)
    return labels


def _tell_several(table: Path, name: str, found: list[Path]) -> None:
    raise ValueError(
        f"Expected each name in '{printable(table.name)}' to stand for one file. Received: '{shortened(name)}', which "
        f"could be {' or '.join(shortened(path.name) for path in found[:3])}. Write such names with their endings."
    )


def _tell_two(table: Path, name: str, first: Row, second: Row) -> None:
    one, other = (first.label, second.label) if first.label != second.label else (first.part, second.part)
    raise ValueError(
        f"Expected one {'label' if first.label != second.label else 'part'} per file in '{printable(table.name)}'. "
        f"Received: '{shortened(one)}' and '{shortened(other)}' for '{shortened(name)}'. Keep the right one."
    )


def _alike_names(known: dict[str, Path]) -> tuple[dict[str, list[Path]], dict[str, list[Path]]]:
    """Return the files by their names, whichever way accents are written, and photos by their names without endings."""
    by_name: dict[str, list[Path]] = {}
    by_stem: dict[str, list[Path]] = {}
    for name, path in known.items():
        by_name.setdefault(composed(name), []).append(path)
        if path.suffix.lower() in SUFFIXES:  # others, such as daisy.xml beside daisy.jpg, tell of photos
            by_stem.setdefault(composed(name.removesuffix(path.suffix)), []).append(path)
    return by_name, by_stem


def _check_complete(table: Path, column: str, folder: Path, missing: list[str], unlabelled: list[str]) -> None:
    if missing:
        raise FileNotFoundError(
            f"Expected the files that '{printable(table.name)}' names in column '{shortened(column)}' to be in "
            f"'{printable(folder)}'. Received: "
            f"{len(missing)} that aren't: {_some(missing)}. Give paths within the folder, or remove the lines."
        )
    if unlabelled:
        raise ValueError(
            f"Expected a label for each file in '{printable(table.name)}'. Received: none for {len(unlabelled)}: "
            f"{_some(unlabelled)}. Add the labels, or remove the lines."
        )


def _some(names: list[str]) -> str:
    return ", ".join(map(shortened, names[:3])) + (", …" if len(names) > 3 else "")
