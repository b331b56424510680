"""`grade`: run students' notebooks, and write a sheet with every exercise and quiz question."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.commands.options import positive

if TYPE_CHECKING:
    from helpers.teaching.grading import Grade

HELP = "run students' notebooks, and write a CSV with every exercise and quiz question"


def add_options(command: ArgumentParser) -> None:
    """Tell argparse what the command takes."""
    command.add_argument("folder", help="a folder per student, or a notebook per student; it is only read")
    command.add_argument(
        "--out", default="grades.csv", metavar="CSV", help="must not be there yet (default: grades.csv)"
    )
    command.add_argument(
        "--timeout", type=positive, default=300, metavar="SECONDS", help="how long a cell may take (default: 300)"
    )
    command.add_argument(
        "--whole", type=positive, default=1800, metavar="SECONDS", help="how long a notebook may take (default: 1800)"
    )


def run(options: Namespace) -> None:
    """Grade notebook by notebook, print a line for each, and write the sheet anew after each."""
    from helpers.teaching import grading, handed_in, student_runs

    found, sheet = handed_in.handed_in(options.folder), Path(options.out)
    if sheet.exists():
        raise ValueError(
            f"Expected a new file for the grades. Received: '{sheet}', which already exists. Choose another --out."
        )
    cut = student_runs.network_can_be_cut()
    how = "without a network" if cut else "WITH a network, because it can't be cut off on this machine"
    print(f"The notebooks run under your account, {how}.")
    limits, rows = student_runs.Limits(options.timeout, options.whole), []
    _write(sheet, rows)
    for number, (student, path) in enumerate(found, start=1):
        own = Path(options.folder) / student
        graded = grading.grade(student, path, own if path.is_relative_to(own) else None, limits)
        rows += graded
        _write(sheet, rows)
        line = f"{student}, {path.name} ({number} of {len(found)}): {_summary(graded)}"
        print(line.encode(errors="backslashreplace").decode(), flush=True)
    print(f"Grades: {sheet}")


def _summary(graded: "list[Grade]") -> str:
    from helpers.teaching import grading

    exercises = [each for each in graded if each.item.startswith("q")]
    told = [each.message for each in graded if each.item == grading.NOTEBOOK]
    right = sum(each.state == grading.RIGHT for each in exercises)
    return "; ".join([*([f"{right} of {len(exercises)} right"] if exercises else []), *told])


def _write(sheet: Path, rows: "list[Grade]") -> None:
    import csv
    import io
    from dataclasses import astuple, fields

    from helpers.activations.whole_files import write_whole
    from helpers.teaching.grading import Grade

    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow([field.name for field in fields(Grade)])
    writer.writerows([[_plain(value) for value in astuple(row)] for row in rows])
    write_whole(sheet, table.getvalue().encode(errors="backslashreplace"))


def _plain(value: str) -> str:
    # A spreadsheet takes such a cell for a formula, and students decide what is in it.
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") and len(value) > 1 else value
