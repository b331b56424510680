"""`index`: the patches that excite each channel of the default base most."""

from argparse import ArgumentParser, Namespace

from helpers import config

HELP = "find the places in the bundled pictures that excite each channel of the default base most"


def add_options(command: ArgumentParser) -> None:
    """Tell argparse what the command takes: nothing."""


def run(options: Namespace) -> None:
    """Make the index that the layer microscope and `strongest_patches` use for the default base and pictures."""
    from helpers.judging import strongest_places
    from helpers.network.base import load_base
    from helpers.photos.loading import load_flowers

    made = strongest_places.index_strongest(load_base("EfficientNetLite0"), load_flowers("bundled"))
    strongest_places.save_index(made)
    print(f"{sum(map(len, made.strongest.values()))} channels: {config.STRONGEST.relative_to(config.ROOT)}")
