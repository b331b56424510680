"""The command that executes lessons with other parameters."""

import os
import sys
from pathlib import Path

from helpers.commands.parameters import add_lessons_and_parameters, parameters_of
from helpers.commands.photos import report_skipped
from helpers.teaching import lessons


def add(commands) -> None:
    """Tell argparse of them."""
    command = commands.add_parser("run", help="execute lessons with other parameters, one line of result each")
    add_lessons_and_parameters(command)
    command.add_argument("--seed", type=int)
    command.add_argument("--out", help="folder for the executed copies; a temporary one by default")
    command.add_argument("--report", metavar="FOLDER", help="write report.md and report.html there")
    command.set_defaults(do=run)


def run(options) -> int:
    """Execute lessons, print a line when each begins and its result when it ends; return how many failed."""
    from helpers.teaching import reporting

    parameters = parameters_of(options)
    chosen = {path: lessons.known_parameters(path) for path in lessons.lesson_paths(options.lessons)}
    unknown = set(parameters) - {name for known in chosen.values() for name in known}
    if unknown:
        raise ValueError(f"Expected parameters that these lessons have. Received: {', '.join(sorted(unknown))}.")
    _try_photos(parameters)
    if options.report:
        Path(options.report).mkdir(parents=True, exist_ok=True)
    ran = []
    for number, (path, known) in enumerate(chosen.items(), start=1):
        print(f"{path.stem} begins ({number} of {len(chosen)})", flush=True)
        # A lesson is given what it has a name for: the first, say, knows no base.
        wanted = {name: value for name, value in parameters.items() if name in known}
        ran.append(reporting.Ran(path, _attempt(path, wanted, options.out), wanted))
        if options.report:  # anew after each lesson, so that a run broken off leaves one
            reporting.write_report(options.report, ran, parameters)
    if options.report:
        print(f"Report: {Path(options.report) / 'report.html'}")
    return sum(each.failed for each in ran)


def _attempt(path: Path, parameters: dict, out: str | None):
    try:
        result = lessons.run_lesson(path, parameters, out)
    except lessons.LessonError as error:
        print(f"failed: {error}", file=sys.stderr, flush=True)
        return error
    print(result, flush=True)
    return result


def _try_photos(parameters: dict) -> None:
    # Read the photos once before any kernel starts, so that a mistake is told at once and in one sentence.
    from helpers.photos import sources
    from helpers.photos.loading import load_flowers

    source = parameters.get("SOURCE", "auto")
    loaded = load_flowers(source, parameters.get("IMAGE_SIZE"), per_class=parameters.get("PER_CLASS"))
    print(loaded, flush=True)
    report_skipped(loaded, sources.find_photos(source).folder)
    weights = parameters.get("BASE_WEIGHTS", "auto")
    if isinstance(weights, str) and os.sep in weights and not Path(weights).is_file():
        raise FileNotFoundError(f"Expected a weights file. Received: '{weights}', which does not exist.")
