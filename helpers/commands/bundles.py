"""Commands that put a bundle's model to use."""

import contextlib
import sys


def add(commands) -> None:
    """Tell argparse of them."""
    command = commands.add_parser("predict", help="say what photos show, a line each, by a bundle's model")
    command.add_argument("bundle", help="folder written by save_bundle")
    command.add_argument("photos", nargs="+", help="files")
    command.set_defaults(do=predict)

    command = commands.add_parser("app", help="open a page on this computer that takes photos, by a bundle's model")
    command.add_argument("bundle", help="folder written by save_bundle")
    command.add_argument("--port", type=int, default=8000, help="8000 by default; 0 takes any that is free")
    command.add_argument("--open", action="store_true", help="open the page in the browser as well")
    command.set_defaults(do=app)


def predict(options) -> int:
    """Print a line for each photo, and return how many could not be read."""
    from helpers.sharing.bundle import load_bundle

    bundle, failed = load_bundle(options.bundle), 0
    for photo in options.photos:
        try:
            print(f"{photo}: {bundle.predict(photo)}", flush=True)
        except (ValueError, OSError) as error:
            print(f"graft: {error}", file=sys.stderr, flush=True)
            failed += 1
    return min(failed, 125)  # an exit status has eight bits


def app(options) -> None:
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
