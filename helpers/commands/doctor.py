"""The command that says what this machine has, for a report of trouble."""

import os
import platform
from pathlib import Path

from helpers import config


def add(commands) -> None:
    """Tell argparse of it."""
    commands.add_parser("doctor", help="say what this machine has").set_defaults(do=doctor)


def doctor(options) -> None:
    """Say what there is, for a report of trouble."""
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
