"""Labels from a table: a CSV file with the names of photos and the class of each."""

import csv
import unicodedata
from pathlib import Path
from typing import NamedTuple

from helpers.photos.names import printable
from helpers.photos.opening import SUFFIXES
from helpers.photos.parts import part_named

_FILE_COLUMNS = ("file", "files", "filename", "filenames", "file name", "path", "paths", "filepath", "filepaths",
                 "file path", "image", "images", "image name", "image path", "image id", "photo", "picture", "name",
                 "id")  # fmt: skip
_PART_COLUMNS = ("split", "part", "partition", "subset", "set", "data set", "dataset", "usage", "phase")
_LONGEST = 80  # characters of a name in a sentence
_LABEL_COLUMNS = ("label", "labels", "class", "class name", "category", "target", "species", "breed")


class Row(NamedTuple):
    """What a table tells of a photo: its class, and its part of a divided set, or an empty text."""

    label: str
    part: str


def find_table(labels: str | Path, folder: Path) -> Path:
    """Return the path of a table of labels: as it is given, or within the folder of photos.

    Raises:
        FileNotFoundError: If it is in neither place.
        ValueError: If different files are in both.
    """
    given, inside = Path(labels), folder / labels
    there = [path for path in (given, inside) if path.is_file()]
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
    labels: dict[Path, Row] = {}
    missing, unlabelled = [], []
    for number, name, row in _rows(table):
        name = name.replace("\\", "/").removeprefix("./")
        # Tables of photos' numbers often leave the ending out.
        found = [known[name]] if name in known else by_name.get(_composed(name)) or by_stem.get(_composed(name), [])
        if len(found) > 1:
            _tell_several(table, name, found)
        elif not found:
            missing.append(name or f"(no name in line {number})")
        elif not row.label:
            unlabelled.append(name)
        elif labels.setdefault(found[0], row) != row:
            _tell_two(table, name, labels[found[0]], row)
    _check_complete(table, folder, missing, unlabelled)
    return labels


def _tell_several(table: Path, name: str, found: list[Path]) -> None:
    raise ValueError(
        f"Expected each name in '{printable(table.name)}' to stand for one file. Received: '{_short(name)}', which "
        f"could be {' or '.join(_short(path.name) for path in found[:3])}. Write such names with their endings."
    )


def _tell_two(table: Path, name: str, first: Row, second: Row) -> None:
    one, other = (first.label, second.label) if first.label != second.label else (first.part, second.part)
    raise ValueError(
        f"Expected one {'label' if first.label != second.label else 'part'} per file in '{printable(table.name)}'. "
        f"Received: '{_short(one)}' and '{_short(other)}' for '{_short(name)}'. Keep the right one."
    )


def _alike_names(known: dict[str, Path]) -> tuple[dict[str, list[Path]], dict[str, list[Path]]]:
    """Return the files by their names, whichever way accents are written, and photos by their names without endings."""
    by_name: dict[str, list[Path]] = {}
    by_stem: dict[str, list[Path]] = {}
    for name, path in known.items():
        by_name.setdefault(_composed(name), []).append(path)
        if path.suffix.lower() in SUFFIXES:  # others, such as daisy.xml beside daisy.jpg, tell of photos
            by_stem.setdefault(_composed(name.removesuffix(path.suffix)), []).append(path)
    return by_name, by_stem


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)  # Macs write é as two characters, other systems as one


def _cells(table: Path) -> list[tuple[int, list[str]]]:
    """Return the rows of a table, each with the number of its last line."""
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:  # a cell in quotation marks may have several lines
            delimiter = max(",;\t", key=file.readline().count)
            file.seek(0)
            reader = csv.reader(file, delimiter=delimiter, strict=True)
            return [(reader.line_num, row) for row in reader]
    except UnicodeDecodeError:
        raise ValueError(
            f"Expected '{printable(table.name)}' to be text in UTF-8. Received: other bytes. Save it as CSV in UTF-8."
        ) from None
    except csv.Error as error:
        raise ValueError(
            f"Expected '{printable(table.name)}' to be a table, with a line per photo. Received: a cell that can't be "
            f"read ({error}). Look for a quotation mark without a second one, and save it as CSV again."
        ) from None


def _rows(table: Path) -> list[tuple[int, str, Row]]:
    numbered = [(number, row) for number, row in _cells(table) if row]
    rows = [row for _, row in numbered]
    header = [" ".join(cell.casefold().replace("_", " ").replace("-", " ").split()) for cell in rows[0]] if rows else []
    file_column, label_column = (_column(header, names) for names in (_FILE_COLUMNS, _LABEL_COLUMNS))
    if file_column is None or label_column is None or len(rows) < 2:
        received = ", ".join(f"'{_short(cell)}'" for cell in rows[0][:6]) if rows else "an empty file"
        raise ValueError(
            f"Expected the first line of '{printable(table.name)}' to name a column of files, such as 'file', and one "
            f"of classes, such as 'label', with a line per photo below. Received: {received}"
            f"{', and no other line' if len(rows) == 1 else ''}. Rename the columns."
        )
    _check_no_more_cells(table, len(header), numbered[1:])
    file_column = _of_files(header, rows[1:], file_column, label_column)
    cells = [(number, row + [""] * len(header)) for number, row in numbered[1:] if "".join(row).strip()]
    parts = _parts(table, header, cells)
    return [
        (number, row[file_column].strip(), Row(_composed(row[label_column].strip()), part))
        for (number, row), part in zip(cells, parts, strict=True)
    ]


def _parts(table: Path, header: list[str], cells: list[tuple[int, list[str]]]) -> list[str]:
    """Return the part that each line tells; empty texts where no column does."""
    for column in (header.index(name) for name in _PART_COLUMNS if name in header):
        parts = [part_named(row[column]) or "" for _, row in cells]
        if len(set(parts) - {""}) < 2:
            continue  # a column of something else, such as the number of a fold, or of one part alone
        for (number, row), part in zip(cells, parts, strict=True):
            if not part:
                raise ValueError(
                    f"Expected train, val or test in column '{header[column]}' of '{printable(table.name)}'. Received: "
                    f"'{_short(row[column].strip())}' in line {number}. Write one of them, or rename the column."
                )
        return parts
    return [""] * len(cells)


def _check_no_more_cells(table: Path, wanted: int, rows: list[tuple[int, list[str]]]) -> None:
    for number, row in rows:
        if "".join(row[wanted:]).strip():
            raise ValueError(
                f"Expected {wanted} cells in each line of '{printable(table.name)}', as in the first. Received: "
                f"{len(row)} in line {number}. Put text that holds a comma in quotation marks."
            )


def _of_files(header: list[str], rows: list[list[str]], found: int, labels: int) -> int:
    """Return the column of files, which isn't the one called "id" or "name" where another one holds photos' paths."""
    if header[found] not in ("id", "name"):
        return found
    others = [column for column in range(len(header)) if column not in (found, labels)]
    first = [row + [""] * len(header) for row in rows if "".join(row).strip()][:1]
    with_paths = [column for row in first for column in others if row[column].strip().lower().endswith(tuple(SUFFIXES))]
    return with_paths[0] if with_paths else found


def _column(header: list[str], names: tuple[str, ...]) -> int | None:
    return next((header.index(name) for name in names if name in header), None)


def _check_complete(table: Path, folder: Path, missing: list[str], unlabelled: list[str]) -> None:
    if missing:
        raise FileNotFoundError(
            f"Expected the files that '{printable(table.name)}' names to be in '{printable(folder)}'. Received: "
            f"{len(missing)} that aren't: {_some(missing)}. Give paths within the folder, or remove the lines."
        )
    if unlabelled:
        raise ValueError(
            f"Expected a label for each file in '{printable(table.name)}'. Received: none for {len(unlabelled)}: "
            f"{_some(unlabelled)}. Add the labels, or remove the lines."
        )


def _some(names: list[str]) -> str:
    return ", ".join(map(_short, names[:3])) + (", …" if len(names) > 3 else "")


def _short(name: str) -> str:
    shown = printable(name)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST // 2]}…{shown[-_LONGEST // 2 :]}"
