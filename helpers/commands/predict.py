"""`predict`: what photos show, according to a bundle's model."""

from argparse import ArgumentParser, Namespace

from helpers.commands.failures import tell_failure
from helpers.commands.options import add_bundle, exit_status

HELP = "say what photos show, one line per photo, with a bundle's model"


def add_options(command: ArgumentParser) -> None:
    """Tell argparse what the command takes."""
    add_bundle(command)
    command.add_argument("photos", nargs="+", help="photo files")


def run(options: Namespace) -> int:
    """Print a line for each photo, and return how many could not be read."""
    from helpers.sharing.bundle import load_bundle

    bundle, failed = load_bundle(options.bundle), 0
    for photo in options.photos:
        try:
            print(f"{photo}: {bundle.predict(photo)}", flush=True)
        except (ValueError, OSError) as error:
            tell_failure(error, options)
            failed += 1
    return exit_status(failed)
