"""`train`: from a folder of photos to a bundle."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.commands.check import print_skipped, tell
from helpers.commands.evaluate import found_and_right
from helpers.commands.options import positive

if TYPE_CHECKING:
    from helpers.sharing.making.one_go import Made

HELP = "train a model on a folder of photos, and write it with its card into a bundle"
_INTERRUPTED = 130  # as the shell counts a program that Ctrl+C ended


def add_options(command: ArgumentParser) -> None:
    """Tell argparse what the command takes."""
    command.add_argument("folder", help="folder with one sub-folder per class, or with train, val and test")
    command.add_argument("--out", required=True, metavar="BUNDLE", help="where to write the bundle")
    command.add_argument("--image-size", type=int, help="width and height of the photos in pixels (default: 128)")
    command.add_argument("--per-class", type=int, help="training photos per class (default: all)")
    command.add_argument("--base", default="auto", help="EfficientNetLite0, EfficientNetB0, … (default: the best here)")
    command.add_argument("--seed", type=int, default=0, help="decides split, head and order (default: 0)")
    command.add_argument(
        "--seeds", type=positive, default=1, help="train with so many seeds, and tell how far they differ (default: 1)"
    )
    command.add_argument(
        "--groups",
        metavar="PATTERN",
        help="regular expression: photos in whose paths it finds the same text, such as 'plant[0-9]+', stay together",
    )
    command.add_argument("--resume", action="store_true", help="go on with a run that was broken off")
    command.add_argument("--replace", action="store_true", help="replace the bundle that is there already")


def run(options: Namespace) -> int | None:
    """Make a bundle, and say how well its model does."""
    from helpers.sharing.making.one_go import make_bundle
    from helpers.sharing.making.plan import Plan
    from helpers.sharing.making.work import Work

    given = {"image_size": options.image_size} if options.image_size is not None else {}
    plan = Plan(
        folder=options.folder,
        per_class=options.per_class,
        base=options.base,
        seed=options.seed,
        groups=options.groups,
        **given,
    )
    try:
        made = make_bundle(
            plan,
            options.out,
            seeds=options.seeds,
            resume=options.resume,
            replace=options.replace,
            tell=tell,
            on_photos=lambda photos: print_skipped(photos, Path(options.folder)),
        )
    except KeyboardInterrupt:
        if Work(Path(options.out).absolute()).has_stages:
            tell("Stopped. The same command with --resume goes on from the last complete stage.")
        else:
            tell("Stopped before a stage was complete. The same command begins anew.")
        return _INTERRUPTED
    _tell_result(made)
    return None


def _tell_result(made: "Made") -> None:
    from helpers.sharing.licences import licence_questions

    trained = made.trained
    tell(trained.verdict)
    tell(str(trained.report))
    for name in trained.report.per_class.index:
        tell(f"   {name}: {found_and_right(trained.report, name)}")
    if made.interval is not None:
        low, high = made.interval
        listed = ", ".join(f"{accuracy:.3f}" for accuracy in made.accuracies)
        tell(f"{len(made.accuracies)} seeds: {listed}; 95% interval of their mean {low:.3f} to {high:.3f}")
    for question in licence_questions(trained.photos, trained.model):
        tell(question)
    tell(f"Bundle: {made.bundle}")
