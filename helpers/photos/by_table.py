"""Classes told by a table, for photos that lie anywhere in a folder; and parts, by the table or by folders' names."""

import os
from pathlib import Path

from helpers.photos.found import FoundFile, Layout, check_same_classes, class_name, reason_to_refuse
from helpers.photos.labels import Row, read_labels
from helpers.photos.names import printable
from helpers.photos.parts import parts_among
from helpers.photos.walking import files_below


def layout_by_table(folder: Path, table: Path) -> Layout:
    """Return how a folder is laid out whose photos' classes a table tells.

    Raises:
        FileNotFoundError: If the table names files that aren't there.
        ValueError: If the table is none, or there are fewer than two classes, or it is unclear what belongs to a part.
    """
    files, refused = files_below(folder, folder)
    files = [path for path in files if not (os.path.exists(path) and path.samefile(table))]
    rows = read_labels(table, folder, files)
    parts = _parts(folder, table, rows)
    found = []
    for path in files:
        reason = reason_to_refuse(path) or ("" if path in rows else f"has no label in '{printable(table.name)}'")
        if reason:
            refused.append((path, reason))
        else:
            found.append(FoundFile(path, class_name(rows[path].label), parts.get(path, "")))
    class_names = tuple(sorted({class_name(row.label) for row in rows.values()}))
    check_same_classes(folder, found)
    if len(class_names) < 2:
        received = ", ".join(f"only '{name}'" for name in class_names) or "no label"
        raise ValueError(
            f"Expected at least two classes in '{printable(table.name)}'. Received: {received}. Add photos of others."
        )
    return Layout(found, refused, class_names)


def _parts(folder: Path, table: Path, rows: dict[Path, Row]) -> dict[Path, str]:
    """Return the part of each photo, as the table or the folders say; nothing where neither divides the photos."""
    told = {path: row.part for path, row in rows.items() if row.part}
    placed = _by_folder(folder, rows)
    if told:
        for path, part in told.items():
            if placed.get(path, part) != part:
                raise ValueError(
                    f"Expected '{printable(table.name)}' and the folders to put each photo into the same part. "
                    f"Received: {part} for '{_within(folder, path)}'. Correct the table, or move the photo."
                )
        return told
    beside = next((path for path in rows if path not in placed), None)
    if len(set(placed.values())) < 2:
        return {}
    if beside is not None:
        raise ValueError(
            f"Expected each photo that '{printable(table.name)}' names to be in a part of a divided folder, or none. "
            f"Received: '{_within(folder, beside)}' beside photos in {' and '.join(sorted(set(placed.values())))}. "
            "Move it into a part, or leave its line out."
        )
    return placed


def _by_folder(folder: Path, rows: dict[Path, Row]) -> dict[Path, str]:
    """Return the part of each photo that lies in a folder named like one, at whatever depth."""
    places = {path: path.relative_to(folder).parts[:-1] for path in rows}
    parts = parts_among(sorted({name for place in places.values() for name in place}))
    found = {path: next((parts[name] for name in place if name in parts), "") for path, place in places.items()}
    return {path: part for path, part in found.items() if part}


def _within(folder: Path, path: Path) -> str:
    return printable(path.relative_to(folder).as_posix())
