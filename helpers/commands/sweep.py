"""`sweep`: train for every combination of settings and seeds."""

from argparse import ArgumentParser, Namespace

from helpers.commands.options import add_jobs, add_seeds, exit_status, literal

HELP = "train for every combination of settings and seeds, one row per run"


def add_options(command: ArgumentParser) -> None:
    """Tell argparse what the command takes."""
    command.add_argument("--out", required=True, help="file of finished rows; an interrupted sweep continues from it")
    add_seeds(command)
    add_jobs(command)
    command.add_argument("-s", "--setting", nargs="+", action="append", default=[], metavar=("NAME", "VALUE"),
                         help="a setting and its values, such as: -s until block6d top -s per_class 10 50")  # fmt: skip


def run(options: Namespace) -> int:
    """Train over a grid, print a row for each run, and return how many failed."""
    from helpers.experiments.sweep import sweep

    grid = {name: [literal(value) for value in values] for name, *values in options.setting}
    table = sweep(grid, seeds=range(options.seeds), n_jobs=options.jobs, results=options.out)
    print(table.drop(columns=["where", "photos"], errors="ignore").to_string(index=False))
    return exit_status(int(table.error.notna().sum()))
