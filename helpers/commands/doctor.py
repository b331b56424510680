"""`doctor`: what this machine has, to put into a bug report."""

import os
import platform
from argparse import ArgumentParser, Namespace
from pathlib import Path

from helpers import config

HELP = "say what this machine has, for a bug report"


def add_options(command: ArgumentParser) -> None:
    """Tell argparse what the command takes: nothing."""


def run(options: Namespace) -> None:
    """Print versions, and which photos, base and cache folder would be used; go on where something is wrong."""
    from helpers.photos import sources

    print(f"Python {platform.python_version()} on {platform.system()} {platform.machine()}, {os.cpu_count()} cores")
    libraries = (*config.LIBRARIES, "jupyterlab", "papermill")
    found = config.versions(libraries)
    for name in libraries:
        print(f"{name} {found.get(name, 'is not installed')}")
    try:
        print(f'Photos that source="auto" means: {sources.find_photos().name}')
    except (ValueError, OSError) as error:
        print(f'Photos that source="auto" means: none ({error})')
    try:
        _tell_base()
    except Exception as error:  # a broken TensorFlow or Keras is what somebody may be looking for
        print(f"Base: not known, because Keras couldn't be loaded ({type(error).__name__}: {error})")
    print(f"Activations cache writable: {_writable(config.cache_folder())}")


def _tell_base() -> None:
    from helpers.network import lite, lite_weights
    from helpers.network.base import which_base

    try:
        lite_weights.read_package()
        state = "as published (SHA-256 checked)"
    except (ValueError, OSError) as error:
        state = f"not usable ({error})"
    print(f"{lite.NAME}'s weights in {lite_weights.PACKAGE}: {state}")
    try:
        name, weights = which_base("auto", "auto")
        told = f'weights="{weights}"' if weights in ("bundled", "imagenet") else "weights from a file"
        print(f'Base that load_base("auto") means: {name}, {told}')
    except (ValueError, OSError) as error:
        print(f'Base that load_base("auto") means: none ({error})')


def _writable(folder: Path) -> str:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return f"no ({error.strerror})"
    return "yes" if os.access(folder, os.W_OK) else "no"
