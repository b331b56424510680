"""`photos`: download the real photos and ImageNet's weights."""

from argparse import ArgumentParser, Namespace

from helpers import config

HELP = "download the real flower photos and ImageNet's weights"


def add_options(command: ArgumentParser) -> None:
    """Tell argparse what the command takes: nothing."""


def run(options: Namespace) -> None:
    """Download what the course can use but doesn't include: the one command that needs a network."""
    from helpers.network.base import load_base
    from helpers.photos import sources

    print(f"Photos: {sources.download_flowers().relative_to(config.ROOT)} ({sources.TF_FLOWERS})")
    load_base("EfficientNetB0", weights="imagenet")
    print(f"Weights: EfficientNetB0 on ImageNet ({sources.IMAGENET_WEIGHTS})")
