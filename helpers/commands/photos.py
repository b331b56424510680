"""Commands about photos: fetch the real ones, look through a folder."""

from pathlib import Path

from helpers import config


def add(commands) -> None:
    """Tell argparse of them."""
    command = commands.add_parser("photos", help="download the real flower photos and ImageNet's weights")
    command.set_defaults(do=photos)

    command = commands.add_parser("check", help="look through a folder of photos, and say what would be refused")
    command.add_argument("folder", help="folder with one sub-folder of photos per class")
    command.set_defaults(do=check)


def photos(options) -> None:
    """Download what the course can use and does not bring along: the one command that needs a network."""
    from helpers.network.base import load_base
    from helpers.photos import sources

    print(f"Photos: {sources.download_flowers().relative_to(config.ROOT)} ({sources.TF_FLOWERS})")
    load_base("EfficientNetB0", weights="imagenet")
    print(f"Weights: EfficientNetB0 on ImageNet ({sources.IMAGENET_WEIGHTS})")


def check(options) -> None:
    """Say what `load_photos` makes of a folder."""
    from helpers.photos.loading import load_photos
    from helpers.photos.split import count_by_class

    loaded = load_photos(options.folder)
    print(loaded)
    for split in (loaded.train, loaded.val, loaded.test):
        counts = ", ".join(f"{count} {name}" for name, count in count_by_class(split).items())
        print(f"{split.name}: {counts}")
    report_skipped(loaded, Path(options.folder))


def report_skipped(loaded, folder: Path) -> None:
    """Print a line for each photo that was passed over."""
    for path, reason in loaded.skipped:
        print(f"skipped {path.relative_to(folder)}: {reason}")
