"""`python -m helpers …`: the course from the command line."""

import argparse
import ast
import contextlib
import os
import platform
import sys
from importlib import metadata
from pathlib import Path

from helpers import config


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status. A user's mistake ends in one sentence, never in a traceback."""
    parser = argparse.ArgumentParser(prog="python -m helpers", description="Graft: transfer learning you can touch.")
    commands = parser.add_subparsers(dest="command", required=True)
    _add_photos(commands)
    _add_check(commands)
    _add_run(commands)
    _add_sweep(commands)
    _add_experiment(commands)
    _add_bands(commands)
    index_help = "find, for the bundled base and pictures, the places that excite each channel most"
    commands.add_parser("index", help=index_help).set_defaults(do=index)
    _add_store(commands)
    _add_editions(commands)
    _add_predict(commands)
    _add_app(commands)
    commands.add_parser("doctor", help="say what this machine has").set_defaults(do=doctor)
    options = parser.parse_args(arguments)
    try:
        return options.do(options) or 0
    except (ValueError, OSError, RuntimeError) as error:
        print(f"graft: {error}", file=sys.stderr)
        return 1


def _add_photos(commands) -> None:
    command = commands.add_parser("photos", help="download the real flower photos and ImageNet's weights")
    command.set_defaults(do=photos)


def photos(options) -> None:
    """Download what the course can use and does not bring along: the one command that needs a network."""
    from helpers import load_base, sources

    print(f"Photos: {sources.download_flowers().relative_to(config.ROOT)} ({sources.TF_FLOWERS})")
    load_base("EfficientNetB0", weights="imagenet")
    print(f"Weights: EfficientNetB0 on ImageNet ({sources.IMAGENET_WEIGHTS})")


def _add_check(commands) -> None:
    command = commands.add_parser("check", help="look through a folder of photos, and say what would be refused")
    command.add_argument("folder", help="folder with one sub-folder of photos per class")
    command.set_defaults(do=check)


def check(options) -> None:
    """Say what `load_photos` makes of a folder."""
    from helpers import load_photos
    from helpers.data import count_by_class

    loaded = load_photos(options.folder)
    print(loaded)
    for split in (loaded.train, loaded.val, loaded.test):
        counts = ", ".join(f"{count} {name}" for name, count in count_by_class(split).items())
        print(f"{split.name}: {counts}")
    _report_skipped(loaded, Path(options.folder))


def _report_skipped(loaded, folder: Path) -> None:
    for path, reason in loaded.skipped:
        print(f"skipped {path.relative_to(folder)}: {reason}")


def _add_lessons_and_parameters(command) -> None:
    command.add_argument("lessons", nargs="*", help="notebooks; all of them by default")
    command.add_argument("--source", help='"bundled", "photos", or a folder with one sub-folder per class')
    command.add_argument("--base", help="EfficientNetB0, MobileNetV2-0.35, …")
    command.add_argument("--weights", help='"bundled", "imagenet", "random", or a weights file')
    command.add_argument("--image-size", type=int, help="side of the photos in pixels")
    command.add_argument("--per-class", type=int, help="training photos a class")
    command.add_argument("--epochs", type=int)
    command.add_argument("-p", "--parameter", nargs=2, action="append", default=[], metavar=("NAME", "VALUE"))


def _add_run(commands) -> None:
    command = commands.add_parser("run", help="execute lessons with other parameters, one line of result each")
    _add_lessons_and_parameters(command)
    command.add_argument("--seed", type=int)
    command.add_argument("--out", help="folder for the executed copies; a temporary one by default")
    command.add_argument("--report", metavar="FOLDER", help="write report.md and report.html there")
    command.set_defaults(do=run)


def run(options) -> int:
    """Execute lessons, print a line when each begins and its result when it ends; return how many failed."""
    from helpers import lessons, reporting

    parameters = _parameters(options)
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
    from helpers import lessons

    try:
        result = lessons.run_lesson(path, parameters, out)
    except lessons.LessonError as error:
        print(f"failed: {error}", file=sys.stderr, flush=True)
        return error
    print(result, flush=True)
    return result


def _parameters(options) -> dict:
    given = {
        "SOURCE": _absolute(options.source),
        "BASE": options.base,
        "BASE_WEIGHTS": _absolute(options.weights),
        "IMAGE_SIZE": options.image_size,
        "PER_CLASS": options.per_class,
        "EPOCHS": options.epochs,
        "SEED": getattr(options, "seed", None),
    }
    given = {name: value for name, value in given.items() if value is not None}
    if options.weights == "random":
        given["BASE_WEIGHTS"] = None
    return given | {name: _literal(value) for name, value in options.parameter}


def _absolute(given: str | None) -> str | None:
    # A lesson runs in its own folder, where a relative path would mean something else.
    if given is None or given in ("auto", "bundled", "photos", "imagenet", "random"):
        return given
    return str(Path(given).resolve())


def _literal(text: str):
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text


def _try_photos(parameters: dict) -> None:
    # Read the photos once before any kernel starts, so that a mistake is told at once and in one sentence.
    from helpers import load_flowers, sources

    source = parameters.get("SOURCE", "auto")
    loaded = load_flowers(source, parameters.get("IMAGE_SIZE"), per_class=parameters.get("PER_CLASS"))
    print(loaded, flush=True)
    _report_skipped(loaded, sources.find_photos(source).folder)
    weights = parameters.get("BASE_WEIGHTS", "auto")
    if isinstance(weights, str) and os.sep in weights and not Path(weights).is_file():
        raise FileNotFoundError(f"Expected a weights file. Received: '{weights}', which does not exist.")


def _add_sweep(commands) -> None:
    command = commands.add_parser("sweep", help="train for every combination of settings and seeds, a row each")
    command.add_argument("--out", required=True, help="file of finished rows; a sweep broken off goes on from it")
    command.add_argument("--seeds", type=int, default=5, help="how many (5 by default)")
    command.add_argument("--jobs", type=int, default=1, help="processes at a time; -1 for one a core")
    command.add_argument("-s", "--setting", nargs="+", action="append", default=[], metavar=("NAME", "VALUE"),
                         help="a setting and its values, such as: -s until block6d top -s per_class 10 50")  # fmt: skip
    command.set_defaults(do=sweep)


def sweep(options) -> int:
    """Train over a grid, print a row each, and return how many failed."""
    from helpers import sweep

    grid = {name: [_literal(value) for value in values] for name, *values in options.setting}
    table = sweep(grid, seeds=range(options.seeds), n_jobs=options.jobs, results=options.out)
    print(table.drop(columns=["where", "photos"], errors="ignore").to_string(index=False))
    return min(int(table.error.notna().sum()), 125)  # an exit status has eight bits


def _add_experiment(commands) -> None:
    command = commands.add_parser("experiment", help="compute the results that lessons show and do not compute")
    command.add_argument("name", help="such as photos_per_class")
    command.add_argument("--jobs", type=int, default=1, help="processes at a time; -1 for one a core")
    command.set_defaults(do=experiment)


def experiment(options) -> None:
    """Run an experiment and store its results."""
    from helpers import experiments

    experiments.run_experiment(options.name, options.jobs)


def _add_bands(commands) -> None:
    command = commands.add_parser(
        "bands", help="run lessons with several seeds, and store how far their results lie apart"
    )
    _add_lessons_and_parameters(command)
    command.add_argument("--name", default="bundled", help="what to call these parameters; bundled by default")
    command.add_argument("--seeds", type=int, default=5, help="how many (5 by default)")
    command.add_argument("--jobs", type=int, default=1, help="lessons at a time")
    command.set_defaults(do=bands)


def bands(options) -> None:
    """Run lessons with several seeds, and store their results."""
    from helpers import bands, lessons

    paths = lessons.lesson_paths(options.lessons)
    bands.measure_bands(paths, _parameters(options), options.name, options.seeds, options.jobs)


def index(options) -> None:
    """Make the index that the layer microscope and `strongest_patches` take for the bundled base and pictures."""
    from helpers import load_base, load_flowers, patches

    made = patches.index_strongest(load_base(weights="bundled"), load_flowers("bundled"))
    patches.save_index(made)
    print(f"{sum(map(len, made.strongest.values()))} channels: {config.STRONGEST.relative_to(config.ROOT)}")


def _add_store(commands) -> None:
    command = commands.add_parser("store", help="execute lessons as they are and store their outputs in them")
    command.add_argument("lessons", nargs="*", help="notebooks; all of them by default")
    command.set_defaults(do=store)


def store(options) -> None:
    """Execute lessons in place."""
    from helpers import lessons

    for path in lessons.lesson_paths(options.lessons):
        print(f"{path.stem:32s} {lessons.store_outputs(path):6.1f} s", flush=True)


def _add_editions(commands) -> None:
    command = commands.add_parser("editions", help="write the lessons without solutions, and with solutions and notes")
    command.add_argument("lessons", nargs="*", help="notebooks; all of them by default")
    command.add_argument("--out", required=True, metavar="FOLDER", help="gets student/ and instructor/")
    command.set_defaults(do=editions)


def editions(options) -> None:
    """Write a student's and an instructor's edition."""
    from helpers.editions import write_editions
    from helpers.lessons import lesson_paths

    for folder in write_editions(options.out, lesson_paths(options.lessons)):
        print(folder)


def _add_predict(commands) -> None:
    command = commands.add_parser("predict", help="say what photos show, a line each, by a bundle's model")
    command.add_argument("bundle", help="folder written by save_bundle")
    command.add_argument("photos", nargs="+", help="files")
    command.set_defaults(do=predict)


def predict(options) -> int:
    """Print a line for each photo, and return how many could not be read."""
    from helpers import load_bundle

    bundle, failed = load_bundle(options.bundle), 0
    for photo in options.photos:
        try:
            print(f"{photo}: {bundle.predict(photo)}", flush=True)
        except (ValueError, OSError) as error:
            print(f"graft: {error}", file=sys.stderr, flush=True)
            failed += 1
    return min(failed, 125)  # an exit status has eight bits


def _add_app(commands) -> None:
    command = commands.add_parser("app", help="open a page on this computer that takes photos, by a bundle's model")
    command.add_argument("bundle", help="folder written by save_bundle")
    command.add_argument("--port", type=int, default=8000, help="8000 by default; 0 takes any that is free")
    command.add_argument("--open", action="store_true", help="open the page in the browser as well")
    command.set_defaults(do=app)


def app(options) -> None:
    """Serve a page for this computer alone, until interrupted."""
    from helpers import load_bundle
    from helpers.app import server

    bundle = load_bundle(options.bundle)

    def ready(address: str) -> None:
        print(f"{bundle}\nOpen {address} in a browser. Ctrl+C ends it.", flush=True)
        if options.open:
            server.open_page(address)

    with contextlib.suppress(KeyboardInterrupt):
        server.serve(bundle, options.port, ready)


def doctor(options) -> None:
    """Say what there is, for a report of trouble."""
    from helpers import sources

    print(f"Python {platform.python_version()} on {platform.system()} {platform.machine()}, {os.cpu_count()} cores")
    for name in ("keras", "numpy", "pillow", "scikit-learn", "openvino", "jupyterlab", "papermill"):
        try:
            print(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            print(f"{name} is not installed")
    try:
        print(f'Photos that source="auto" means: {sources.find_photos().name}')
    except (ValueError, OSError) as error:
        print(f'Photos that source="auto" means: none ({error})')
    print(f"Activations cache writable: {_writable(config.cache_folder())}")


def _writable(folder: Path) -> str:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return f"no ({error.strerror})"
    return "yes" if os.access(folder, os.W_OK) else "no"


if __name__ == "__main__":
    sys.exit(main())
