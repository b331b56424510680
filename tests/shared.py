"""Real photos and really pre-trained weights that are tested with where they lie at hand, and never committed."""

import os
from pathlib import Path

import pytest

from helpers import config
from helpers.network import lite_weights

FOLDER = Path(os.environ.get("GRAFT_SHARED") or config.ROOT.parent / "shared")
if not FOLDER.is_absolute():
    FOLDER = config.ROOT / FOLDER
PHOTOS = FOLDER / "flower_photos"
MOBILENET = FOLDER / "weights" / "mobilenetv2_035_224_imagenet_notop.weights.h5"
MISSING = not (PHOTOS.is_dir() and MOBILENET.is_file())
REASON = "needs the real flower photos and MobileNetV2's ImageNet weights: set GRAFT_SHARED to the folder they lie in"

needs_lite0 = pytest.mark.skipif(
    lite_weights.package_file() is None, reason=f"the package {lite_weights.PACKAGE} is not installed"
)
