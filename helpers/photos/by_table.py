"""Classes told by a table, for photos that lie anywhere in a folder; and parts, by the table or by folders' names."""

import os
from pathlib import Path

from helpers.photos.found import FoundFile, Layout, check_same_classes, class_name, reason_to_refuse
from helpers.photos.labels import read_labels
from helpers.photos.names import printable
from helpers.photos.parts import part_within, parts_among
from helpers.photos.table import Row
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
    placed = _by_folder(folder, table, rows, ask=not told)
    for path, part in told.items():
        # Photos to validate on are often taken from the training photos by the table alone.
        if placed.get(path, part) != part and (placed[path], part) != ("train", "val"):
            raise ValueError(
                f"Expected '{printable(table.name)}' and the folders to put each photo into the same part. "
                f"Received: {part} for '{_within(folder, path)}'. Correct the table, or move the photo."
            )
    return told or placed


def _by_folder(folder: Path, table: Path, rows: dict[Path, Row], ask: bool) -> dict[Path, str]:
    """Return the part of each photo, where at some depth all of them lie in folders named like parts.

    Args:
        folder, table, rows: As above.
        ask: Whether to raise `ValueError` if some photos lie in such folders, and others beside them.
    """
    places = {path: path.relative_to(folder).parts[:-1] for path in rows}
    for depth in range(max(map(len, places.values()), default=0)):
        names = {path: place[depth] for path, place in places.items() if len(place) > depth}
        parts = parts_among(set(names.values()))
        found = {path: parts[name] for path, name in names.items() if name in parts}
        several = len(set(found.values())) > 1
        if several and len(found) == len(rows):
            return found
        hinted = {part_within(name) for name in set(names.values()) - set(parts)} - {None, *found.values()}
        meant = several or (found and hinted)
        if ask and meant and len(found) < len(rows):
            beside = next(path for path in rows if path not in found)
            raise ValueError(
                f"Expected each photo that '{printable(table.name)}' names to be in a part of a divided folder, or "
                f"none. Received: '{_within(folder, beside)}' beside photos in "
                f"{' and '.join(sorted(set(found.values())))}. Move it into a part, or leave its line out."
            )
    return {}


def _within(folder: Path, path: Path) -> str:
    return printable(path.relative_to(folder).as_posix())
