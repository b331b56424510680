"""`doctor`: what this machine has, how fast it is, and what the lessons will take on it."""

import os
import platform
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from helpers import config

if TYPE_CHECKING:
    from helpers.training.speed import Speed

HELP = "say what this machine has, how fast it is, and how long each lesson will take"


def add_options(command: ArgumentParser) -> None:
    """Tell argparse what the command takes."""
    command.add_argument(
        "--bundle", metavar="FOLDER", help="check a bundle instead: its files, and how they fit together"
    )


def run(options: Namespace) -> int:
    """Print what is there, and go on where something is wrong; return 1 for a bundle that can't be used."""
    if options.bundle:
        return _tell_bundle(Path(options.bundle))
    _tell_installed()
    _tell_photos()
    try:
        _tell_base()
    except Exception as error:  # a broken TensorFlow or Keras is what somebody may be looking for
        print(f"Base: not known, because Keras couldn't be loaded ({type(error).__name__}: {error})")
    print(f"Activations cache writable: {_writable(config.cache_folder())}")
    _tell_disk()
    try:
        _tell_speed()
    except Exception as error:  # the base can't be loaded, or something is broken: the lines above say more
        print(f"Speed: not measured ({type(error).__name__}: {error})")
    return 0


def _tell_installed() -> None:
    print(f"Python {platform.python_version()} on {platform.system()} {platform.machine()}, {os.cpu_count()} cores")
    libraries = (*config.LIBRARIES, "jupyterlab", "papermill")
    found = config.versions(libraries)
    for name in libraries:
        print(f"{name} {found.get(name, 'is not installed')}")


def _tell_photos() -> None:
    from helpers.photos import sources

    try:
        print(f'Photos that source="auto" means: {sources.find_photos().name}')
    except (ValueError, OSError) as error:
        print(f'Photos that source="auto" means: none ({error})')


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


def _tell_disk() -> None:
    from helpers.teaching.lesson_costs import bytes_in

    kept = bytes_in(config.cache_folder())
    print(
        f"Disk: {bytes_in(Path(sys.prefix)) / 1e9:.1f} GB for this Python, {kept / 1e6:.0f} MB in the activations cache"
    )


def _tell_speed() -> None:
    from helpers.network.base import load_base, which_base
    from helpers.training.speed import measure_speed

    name, _ = which_base("auto", "auto")
    speed = measure_speed(load_base("auto", image_size=config.IMAGE_SIZE))
    print(
        f"Speed: {speed.forward:.0f} photos per second forward, {speed.training:.0f} in training all of {name} "
        f"({config.IMAGE_SIZE} px)"
    )
    _tell_lessons(speed)


def _tell_lessons(speed: "Speed") -> None:
    from helpers.teaching.lesson_costs import stored_costs
    from helpers.training.speed import Speed

    costs = stored_costs()
    if costs:
        last = max(cost["machine"]["date"] for cost in costs.values())
        print(f"Lessons here, about (last measured on {last}; the seconds are scaled to this machine's speed):")
    for name, cost in costs.items():
        seconds = cost["seconds"] * speed.slower_than(Speed(cost["machine"]["forward"], cost["machine"]["training"]))
        memory, cache = cost["memory"] / 1e9, cost["cache"] / 1e6
        print(f"{name:32s} {seconds:5.0f} s {memory:5.1f} GB of memory {cache:5.0f} MB of cache")


def _tell_bundle(folder: Path) -> int:
    from helpers.sharing.bundle import load_bundle

    try:
        bundle = load_bundle(folder)
    except (OSError, ValueError) as error:
        print(f"Bundle: not usable. {error}")
        return 1
    print(
        f"Bundle: {len(bundle.class_names)} classes ({', '.join(bundle.class_names)}), photos of {bundle.image_size} px"
    )
    print("Its files are those that were written together, and fit each other.")
    return 0
