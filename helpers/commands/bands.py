"""`bands`: how far each lesson's results vary from seed to seed."""

from argparse import ArgumentParser, Namespace

from helpers.commands.options import add_jobs, add_lessons, add_parameters, add_seeds, parameters_of

HELP = "run lessons with several seeds and store how much their results vary"


def add_options(command: ArgumentParser) -> None:
    """Tell argparse what the command takes."""
    add_lessons(command)
    add_parameters(command)
    command.add_argument("--name", default="bundled", help="what to call these parameters (default: bundled)")
    add_seeds(command)
    add_jobs(command, "lessons at a time")


def run(options: Namespace) -> None:
    """Run lessons with several seeds, and store their results."""
    from helpers.teaching import lessons
    from helpers.teaching.measuring_bands import measure_bands

    paths = lessons.lesson_paths(options.lessons)
    measure_bands(paths, parameters_of(options), options.name, options.seeds, options.jobs)
