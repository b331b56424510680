"""`app`: a page on this computer that takes photos, and answers with a bundle's model."""

import contextlib
from argparse import ArgumentParser, Namespace

from helpers.commands.options import add_bundle

HELP = "open a page on this computer that classifies photos with a bundle's model"


def add_options(command: ArgumentParser) -> None:
    """Tell argparse what the command takes."""
    add_bundle(command)
    command.add_argument("--port", type=int, default=8000, help="8000 by default; 0 takes any free port")
    command.add_argument("--open", action="store_true", help="also open the page in the browser")


def run(options: Namespace) -> None:
    """Serve a page for this computer alone, until interrupted."""
    from helpers.sharing.app import server
    from helpers.sharing.bundle import load_bundle

    bundle = load_bundle(options.bundle)

    def ready(address: str) -> None:
        print(f"{bundle}\nOpen {address} in a browser. Ctrl+C ends it.", flush=True)
        if options.open:
            server.open_page(address)

    with contextlib.suppress(KeyboardInterrupt):
        server.serve(bundle, options.port, ready)
