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
    """Print versions, and which photos and cache folder would be used; go on where something is wrong."""
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
    print(f"Activations cache writable: {_writable(config.cache_folder())}")


def _writable(folder: Path) -> str:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return f"no ({error.strerror})"
    return "yes" if os.access(folder, os.W_OK) else "no"
