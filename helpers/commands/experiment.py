"""`experiment`: compute a result that lessons show but don't compute, and store it."""

from argparse import ArgumentParser, Namespace

from helpers.commands.options import add_jobs

HELP = "compute results that lessons show but take too long to compute"


def add_options(command: ArgumentParser) -> None:
    """Tell argparse what the command takes."""
    command.add_argument("name", help="such as photos_per_class; all runs every experiment")
    add_jobs(command)


def run(options: Namespace) -> None:
    """Run an experiment, or all of them, and store the results."""
    from helpers.experiments.stored import EXPERIMENTS, run_experiment

    if options.name != "all":
        run_experiment(options.name, options.jobs)
        return
    for name, experiment in EXPERIMENTS.items():
        missing = experiment.missing_photos()
        if missing:
            print(f"{name}: left out. {missing}")
        else:
            run_experiment(name, options.jobs)
