"""A table of labels as it is written: which of its columns names files, classes and parts, and what each line says."""

import csv
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from helpers.photos.names import printable
from helpers.photos.opening import SUFFIXES
from helpers.photos.parts import parts_among

_FILE_COLUMNS = ("file", "files", "filename", "filenames", "file name", "path", "paths", "filepath", "filepaths",
                 "file path", "image", "images", "image name", "image path", "image id", "photo", "picture", "name",
                 "id")  # fmt: skip
_PART_COLUMNS = ("split", "part", "partition", "subset", "set", "data set", "dataset", "usage", "phase")
_LABEL_COLUMNS = ("label", "labels", "class", "class name", "category", "target", "species", "breed")
_LONGEST = 80  # characters of a name in a sentence


class Row(NamedTuple):
    """What a table tells of a photo: its class, and its part of a divided set, or an empty text."""

    label: str
    part: str


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
    except OSError as error:
        raise ValueError(
            f"Expected to read '{printable(table.name)}'. Received: {error.strerror}. Close it in other programs, or "
            "check its permissions."
        ) from None
    except csv.Error as error:
        raise ValueError(
            f"Expected '{printable(table.name)}' to be a table, with a line per photo. Received: a cell that can't be "
            f"read ({error}). Look for a quotation mark without a second one, and save it as CSV again."
        ) from None


def read_rows(table: Path, meant: Callable[[str], list[Path]]) -> tuple[str, list[tuple[int, str, Row]]]:
    """Return the name of the column of files, and for each line its number, its file's name, and what it tells.

    Args:
        table: A CSV file.
        meant: Returns the files that a name may stand for.
    """
    numbered = [(number, row) for number, row in _cells(table) if row]
    rows = [row for _, row in numbered]
    header = [" ".join(cell.casefold().replace("_", " ").replace("-", " ").split()) for cell in rows[0]] if rows else []
    file_columns, label_columns = _columns(header, _FILE_COLUMNS), _columns(header, _LABEL_COLUMNS)
    if not file_columns or not label_columns or len(rows) < 2:
        received = ", ".join(f"'{shortened(cell)}'" for cell in rows[0][:6]) if rows else "an empty file"
        raise ValueError(
            f"Expected the first line of '{printable(table.name)}' to name a column of files, such as 'file', and one "
            f"of classes, such as 'label', with a line per photo below. Received: {received}"
            f"{', and no other line' if len(rows) == 1 else ''}. Rename the columns."
        )
    _check_no_more_cells(table, len(header), numbered[1:])
    cells = [(number, row + [""] * len(header)) for number, row in numbered[1:] if "".join(row).strip()]
    filled = [row for _, row in cells]
    file_column = _of_files(header, filled, file_columns, label_columns, meant)
    label_column = _of_classes(table, header, filled, label_columns)
    parts = _parts(table, header, cells)
    return header[file_column], [
        (number, row[file_column].strip(), Row(composed(row[label_column].strip()), part))
        for (number, row), part in zip(cells, parts, strict=True)
    ]


def _parts(table: Path, header: list[str], cells: list[tuple[int, list[str]]]) -> list[str]:
    """Return the part that each line tells; empty texts where no column does."""
    for column in _columns(header, _PART_COLUMNS):
        words = [row[column].strip() for _, row in cells]
        parts = parts_among(set(words))
        told = set(parts.values())
        if len(set(words)) < 2 or not told or (len(told) < 2 and "train" not in told):
            continue  # a column of something else, such as the number of a fold, or of one part alone
        for (number, _), word in zip(cells, words, strict=True):
            if word not in parts:
                raise ValueError(
                    f"Expected train, val or test in column '{header[column]}' of '{printable(table.name)}'. Received: "
                    f"'{shortened(word)}' in line {number}. Write one of them, or rename the column."
                )
        if len(told) > 1:
            return [parts[word] for word in words]
    return [""] * len(cells)


def _check_no_more_cells(table: Path, wanted: int, rows: list[tuple[int, list[str]]]) -> None:
    for number, row in rows:
        if "".join(row[wanted:]).strip():
            raise ValueError(
                f"Expected {wanted} cells in each line of '{printable(table.name)}', as in the first. Received: "
                f"{len(row)} in line {number}. Put text that holds a comma in quotation marks."
            )


def _of_files(
    header: list[str],
    rows: list[list[str]],
    named: list[int],
    labels: list[int],
    meant: Callable[[str], list[Path]],
) -> int:
    """Return the column of files.

    Of the columns that are called like one, it is the first whose cells are all names of photos that are there, with
    their endings; or the one whose cells stand for the most. If another column has paths of the same photos, a column
    of numbers was one of running numbers. If it has paths of others, those are masks, thumbnails or the like.
    """
    others = [column for column in range(len(header)) if column not in (*named, *labels)]
    paths = [column for column in others if rows and _is_name_of_photo(rows[0][column])]
    found = {column: _files_of(rows, column, meant) for column in (*named, *paths)}
    whole = [column for column in named if rows and None not in found[column]]
    for column in whole:
        if all(_is_name_of_photo(row[column]) for row in rows):
            return column
    if not whole:
        first = (*paths, *named) if header[named[0]] in ("id", "name") else (*named, *paths)
        return max(first, key=lambda column: sum(file is not None for file in found[column]))
    best = max(whole, key=lambda column: len(set(found[column])))
    for column in paths:
        there = [file for file in found[column] if file is not None]
        if 2 * len(there) > len(rows) and set(there) & set(found[best]):
            return column
    return best


def _files_of(rows: list[list[str]], column: int, meant: Callable[[str], list[Path]]) -> list[Path | None]:
    """Return for each cell of a column the one file that it stands for, or `None`."""
    found = (meant(row[column].strip()) for row in rows)
    return [files[0] if len(files) == 1 else None for files in found]


def _is_name_of_photo(cell: str) -> bool:
    return cell.strip().lower().endswith(tuple(SUFFIXES))


def _of_classes(table: Path, header: list[str], rows: list[list[str]], columns: list[int]) -> int:
    """Return the column of classes; raise `ValueError` where two columns tell different ones."""
    first, *others = columns
    for other in others:
        if len({row[other].strip() for row in rows} - {""}) < 2:
            continue  # an empty column, or one that says the same of all, divides nothing
        pairs = {(row[first].strip(), row[other].strip()) for row in rows}
        if not len(pairs) == len({one for one, _ in pairs}) == len({another for _, another in pairs}):
            raise ValueError(
                f"Expected one column of classes in '{printable(table.name)}'. Received: '{header[first]}' and "
                f"'{header[other]}', which divide the photos differently. Rename the one that doesn't count."
            )
    return first


def _columns(header: list[str], names: tuple[str, ...]) -> list[int]:
    """Return the columns with one of some names, in the order of the names."""
    return [column for name in names for column, cell in enumerate(header) if cell == name]


def composed(name: str) -> str:
    """Return a name with its accents written in one way: Macs write é as two characters, other systems as one."""
    return unicodedata.normalize("NFC", name)


def shortened(name: str) -> str:
    """Return a name as a sentence can hold it, without its middle where it is very long."""
    shown = printable(name)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST // 2]}…{shown[-_LONGEST // 2 :]}"
