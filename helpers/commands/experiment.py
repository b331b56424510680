"""`experiment`: compute a result that lessons show but don't compute, and store it."""

from argparse import ArgumentParser, Namespace

from helpers.commands.options import add_jobs

HELP = "compute results that lessons show but take too long to compute"


def add_options(command: ArgumentParser) -> None:
    """Tell argparse what the command takes."""
    command.add_argument("name", help="such as photos_per_class")
    add_jobs(command)


def run(options: Namespace) -> None:
    """Run an experiment and store its results."""
    from helpers.experiments.stored import run_experiment

    run_experiment(options.name, options.jobs)
