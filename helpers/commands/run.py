"""`run`: execute lessons with other parameters."""

import os
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.commands.check import print_skipped
from helpers.commands.failures import tell_failure
from helpers.commands.options import add_lessons, add_parameters, exit_status, parameters_of, positive

if TYPE_CHECKING:
    from helpers.teaching.lessons import LessonError, Result

HELP = "execute lessons with other parameters, one line of result per lesson"


def add_options(command: ArgumentParser) -> None:
    """Tell argparse what the command takes."""
    add_lessons(command)
    add_parameters(command)
    command.add_argument("--seed", type=int)
    command.add_argument("--out", help="folder for the executed copies; none is overwritten (default: a temporary one)")
    command.add_argument(
        "--timeout", type=positive, default=1800, metavar="SECONDS", help="how long a cell may take (default: 1800)"
    )
    command.add_argument("--report", metavar="FOLDER", help="write report.md and report.html there")


def run(options: Namespace) -> int:
    """Execute lessons, print a line when each begins and its result when it ends; return how many failed."""
    from helpers.teaching import lessons, reporting

    parameters = parameters_of(options)
    chosen = {path: lessons.known_parameters(path) for path in lessons.lesson_paths(options.lessons)}
    unknown = set(parameters) - {name for known in chosen.values() for name in known}
    if unknown:
        raise ValueError(f"Expected parameters that these lessons have. Received: {', '.join(sorted(unknown))}.")
    _check_copies(list(chosen), options)
    if options.report:
        Path(options.report).mkdir(parents=True, exist_ok=True)
    _try_photos(parameters)
    ran = []
    for number, (path, known) in enumerate(chosen.items(), start=1):
        print(f"{path.stem} begins ({number} of {len(chosen)})", flush=True)
        # Each lesson gets the parameters it has a name for: the first lesson, for example, has no base.
        wanted = {name: value for name, value in parameters.items() if name in known}
        ran.append(reporting.Ran(path, _attempt(path, wanted, options), wanted))
        if options.report:  # rewritten after each lesson, so that an interrupted run leaves a report
            reporting.write_report(options.report, ran, parameters)
    if options.report:
        print(f"Report: {Path(options.report) / 'report.html'}")
    return exit_status(sum(each.failed for each in ran))


def _attempt(path: Path, parameters: dict, options: Namespace) -> "Result | LessonError":
    # Whatever ends a lesson, the next one runs.
    from helpers.teaching import lessons

    try:
        result = lessons.run_lesson(path, parameters, options.out, timeout=options.timeout)
    except Exception as error:
        failed = error if isinstance(error, lessons.LessonError) else lessons.LessonError(path.stem, "", str(error))
        failed.__cause__ = failed.__cause__ or error
        tell_failure(failed, options, "failed")
        return failed
    print(result, flush=True)
    return result


def _check_copies(paths: list[Path], options: Namespace) -> None:
    # Before anything runs: an hour later, refusing to overwrite a copy would lose the run.
    from helpers.teaching.lessons import free_copy

    if options.out:
        for path in paths:
            free_copy(path, options.out)
        twice = sorted({path.name for path in paths if [each.name for each in paths].count(path.name) > 1})
        if twice:
            raise ValueError(
                f"Expected lessons with different file names, because their copies go into one folder. "
                f"Received: {', '.join(twice)} more than once. Run them one at a time, each with its own --out."
            )


def _try_photos(parameters: dict) -> None:
    # Read the photos once before any kernel starts, so that a mistake is reported at once and in one sentence.
    from helpers.photos import sources
    from helpers.photos.loading import load_flowers

    source = parameters.get("SOURCE", "auto")
    loaded = load_flowers(source, parameters.get("IMAGE_SIZE"), per_class=parameters.get("PER_CLASS"))
    print(loaded, flush=True)
    print_skipped(loaded, sources.find_photos(source).folder)
    weights = parameters.get("BASE_WEIGHTS", "auto")
    if isinstance(weights, str) and os.sep in weights and not Path(weights).is_file():
        raise FileNotFoundError(f"Expected a weights file. Received: '{weights}', which does not exist.")
