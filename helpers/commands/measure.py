"""Commands that measure for long, and store what they found."""

from helpers import config
from helpers.commands.parameters import add_lessons_and_parameters, literal, parameters_of
from helpers.teaching import lessons


def add(commands) -> None:
    """Tell argparse of them."""
    command = commands.add_parser("sweep", help="train for every combination of settings and seeds, a row each")
    command.add_argument("--out", required=True, help="file of finished rows; a sweep broken off goes on from it")
    command.add_argument("--seeds", type=int, default=5, help="how many (5 by default)")
    command.add_argument("--jobs", type=int, default=1, help="processes at a time; -1 for one a core")
    command.add_argument("-s", "--setting", nargs="+", action="append", default=[], metavar=("NAME", "VALUE"),
                         help="a setting and its values, such as: -s until block6d top -s per_class 10 50")  # fmt: skip
    command.set_defaults(do=sweep)

    command = commands.add_parser("experiment", help="compute the results that lessons show and do not compute")
    command.add_argument("name", help="such as photos_per_class")
    command.add_argument("--jobs", type=int, default=1, help="processes at a time; -1 for one a core")
    command.set_defaults(do=experiment)

    command = commands.add_parser(
        "bands", help="run lessons with several seeds, and store how far their results lie apart"
    )
    add_lessons_and_parameters(command)
    command.add_argument("--name", default="bundled", help="what to call these parameters; bundled by default")
    command.add_argument("--seeds", type=int, default=5, help="how many (5 by default)")
    command.add_argument("--jobs", type=int, default=1, help="lessons at a time")
    command.set_defaults(do=bands)

    index_help = "find, for the bundled base and pictures, the places that excite each channel most"
    commands.add_parser("index", help=index_help).set_defaults(do=index)


def sweep(options) -> int:
    """Train over a grid, print a row each, and return how many failed."""
    from helpers.experiments.sweep import sweep

    grid = {name: [literal(value) for value in values] for name, *values in options.setting}
    table = sweep(grid, seeds=range(options.seeds), n_jobs=options.jobs, results=options.out)
    print(table.drop(columns=["where", "photos"], errors="ignore").to_string(index=False))
    return min(int(table.error.notna().sum()), 125)  # an exit status has eight bits


def experiment(options) -> None:
    """Run an experiment and store its results."""
    from helpers import experiments

    experiments.run_experiment(options.name, options.jobs)


def bands(options) -> None:
    """Run lessons with several seeds, and store their results."""
    from helpers.teaching.measuring_bands import measure_bands

    paths = lessons.lesson_paths(options.lessons)
    measure_bands(paths, parameters_of(options), options.name, options.seeds, options.jobs)


def index(options) -> None:
    """Make the index that the layer microscope and `strongest_patches` take for the bundled base and pictures."""
    from helpers.judging import patches
    from helpers.network.base import load_base
    from helpers.photos.loading import load_flowers

    made = patches.index_strongest(load_base(weights="bundled"), load_flowers("bundled"))
    patches.save_index(made)
    print(f"{sum(map(len, made.strongest.values()))} channels: {config.STRONGEST.relative_to(config.ROOT)}")
