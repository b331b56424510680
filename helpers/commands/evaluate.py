"""`evaluate`: how a bundle's model does on a folder of labelled photos."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.commands.check import print_skipped, tell
from helpers.commands.options import add_bundle

if TYPE_CHECKING:
    from helpers.judging.report import Report

HELP = "judge a bundle's model on a folder of labelled photos"


def add_options(command: ArgumentParser) -> None:
    """Tell argparse what the command takes."""
    add_bundle(command)
    command.add_argument("folder", help="folder with one sub-folder per class; classes are matched by name")
    command.add_argument("--labels", help="CSV file with the class of each photo, instead of sub-folders")


def run(options: Namespace) -> None:
    """Say how well the model does, class by class, and which classes it doesn't know."""
    from helpers.sharing.bundle import load_bundle
    from helpers.sharing.labelled import judge_folder

    judged = judge_folder(load_bundle(options.bundle), options.folder, options.labels)
    print_skipped(judged.photos, Path(options.folder))
    tell(str(judged.report))
    for name, row in judged.report.per_class.iterrows():
        if not row.photos:
            tell(f"   {name}: no photos in the folder")
            continue
        tell(f"   {name}: {found_and_right(judged.report, str(name))}, {row.turned_away:.2f} called none of these")
    for name, row in judged.strange.iterrows():
        tell(
            f"   {name}: a class that the model doesn't know, left out above; {row.turned_away:.2f} of "
            f"{int(row.photos)} called none of these"
        )


def found_and_right(report: "Report", name: str) -> str:
    """Return a class's recall and precision in words.

    Args:
        report: From `evaluate`.
        name: Of the class.
    """
    row = report.per_class.loc[name]
    named = "none named so"
    if report.confusion[name].sum():
        named = f"{row.precision:.2f} of those named so are right"
    return f"{row.recall:.2f} of {int(row.photos)} found, {named}"
