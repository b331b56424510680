"""`evaluate`: how a bundle's model does on a folder of labelled photos."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from helpers.commands.check import print_skipped, tell
from helpers.commands.options import add_bundle

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
        tell(
            f"   {name}: {row.recall:.2f} of {int(row.photos)} found, {row.precision:.2f} of those named so are right, "
            f"{row.turned_away:.2f} called none of these"
        )
    for name, row in judged.strange.iterrows():
        tell(
            f"   {name}: a class that the model doesn't know, left out above; {row.turned_away:.2f} of "
            f"{int(row.photos)} called none of these"
        )
