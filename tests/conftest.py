"""Every test, and every lesson under nbval, runs on the bundled sources with a cache that is empty at the start."""

import os
import shutil
import subprocess
import tempfile

import numpy as np
import pytest
from PIL import Image

from tests.patience import SOON

os.environ["GRAFT_SOURCE"] = "bundled"
os.environ["GRAFT_BASE"] = "EfficientNetLite0"  # or the bundled base, where its package isn't installed
os.environ["TQDM_DISABLE"] = "1"  # on a slow machine a bar would appear among the outputs that nbval compares
os.environ["MPLBACKEND"] = os.environ.get("MPLBACKEND", "agg")
# What somebody has set for their own lessons would decide what is tested.
for name in ("GRAFT_WEIGHTS", "GRAFT_ENGINE", "GRAFT_SOLUTIONS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ.pop(name, None)


_LONG = ("test_photo_booth", "test_map_and_race", "test_fit", "test_lab", "test_equality", "test_freeze_lab")


def pytest_configure(config) -> None:
    """Make the cache once, in the process that starts the others; they inherit its address."""
    if not hasattr(config, "workerinput"):
        config.graft_cache = os.environ["GRAFT_CACHE"] = tempfile.mkdtemp(prefix="graft-tests-")
        os.environ["GRAFT_PROGRESS"] = os.path.join(config.graft_cache, "progress")
        os.environ["KERAS_HOME"] = os.path.join(config.graft_cache, "keras")  # weights downloaded before would be taken


def pytest_unconfigure(config) -> None:
    """Remove the cache."""
    shutil.rmtree(getattr(config, "graft_cache", "/nonexistent"), ignore_errors=True)


def pytest_collection_modifyitems(items) -> None:
    """Let the longest files begin, so that no process is left with one of them at the end."""
    items.sort(key=lambda item: item.path.suffix != ".ipynb" and item.path.stem not in _LONG)


@pytest.fixture
def photo_folder(tmp_path):
    """Return a function that draws a folder of small noise photos: class name to number of photos."""

    def draw(counts: dict[str, int], side: int = 48, seed: int = 0):
        rng = np.random.default_rng(seed)
        for name, count in counts.items():
            (tmp_path / name).mkdir(exist_ok=True)
            for number in range(count):
                noise = rng.integers(0, 256, (side, side, 3), dtype=np.uint8)
                Image.fromarray(noise).save(tmp_path / name / f"{name}_{number:03d}.png")
        return tmp_path

    return draw


@pytest.fixture(scope="session")
def playwright():
    """Playwright, which a thread can start only once: tests of the lessons and of the website share it."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=1000 * SOON)  # a kernel's answer may take longer than Playwright's five seconds
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright):
    """Headless Chromium, without a camera."""
    from tests.browser.conftest import CHROMIUM, FLAGS

    chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield chromium
    chromium.close()


@pytest.fixture(scope="session")
def flowers(tmp_path_factory):
    """Return forty of the bundled pictures of each class at 32 pixels, six of them to train on."""
    from helpers import config, load_photos

    folder = tmp_path_factory.mktemp("few") / "flowers"
    for picture in sorted(config.BUNDLED_FLOWERS.glob("*/*.jpg")):
        if int(picture.stem.split("_")[1]) < 40:
            (folder / picture.parent.name).mkdir(parents=True, exist_ok=True)
            (folder / picture.parent.name / picture.name).symlink_to(picture)
    return load_photos(folder, image_size=32, per_class=6)


@pytest.fixture(scope="session")
def efficientnet():
    """Return the bundled EfficientNetB0 for 32 pixels. Tests work on copies."""
    from helpers import load_base

    return load_base("EfficientNetB0", weights="bundled", image_size=32)


@pytest.fixture(scope="session")
def mobilenet(flowers):
    """Return the first blocks of a MobileNetV2 for 32 pixels, random but settled: without stochastic depth."""
    from helpers import load_base, settle_statistics
    from tests.networks import behind_every_name, first_inverted_residuals

    with behind_every_name(first_inverted_residuals):
        base = settle_statistics(load_base("MobileNetV2-0.35", weights=None, image_size=32), flowers.train)
    base.pretrained = True
    return base


@pytest.fixture(scope="session")
def small(flowers):
    """Return a base of five blocks for 32 pixels, random but settled."""
    from helpers import load_base, settle_statistics
    from tests.networks import behind_every_name

    with behind_every_name():
        base = settle_statistics(load_base("EfficientNetB0", weights=None, image_size=32), flowers.train)
    base.pretrained = True
    return base


@pytest.fixture(scope="session")
def trained(efficientnet, flowers):
    """Return a trained model with what `evaluate` and `fit` say of it: of few blocks, so that it is exported soon."""
    from helpers import attach_head, evaluate, fit, freeze

    model = attach_head(efficientnet, classes=5, cut_at="block4a")
    freeze(model, until="block4a")
    run = fit(model, flowers, epochs=6, learning_rate=0.01, progress=False)
    return model, evaluate(model, flowers.test), run


@pytest.fixture(scope="session")
def bundle_folder(trained, flowers, tmp_path_factory):
    """Return a bundle of the trained model. Tests work on copies."""
    from helpers import save_bundle

    model, report, run = trained
    folder = tmp_path_factory.mktemp("bundles") / "flowers"
    return save_bundle(model, flowers, report, folder, run=run, date="2026-11-24")


@pytest.fixture(scope="session")
def strange(bundle_folder):
    """Return a picture that the bundle has seen nothing like: a crystal, a fan or whatever comes first."""
    from helpers import config, load_bundle

    bundle = load_bundle(bundle_folder)
    return next(path for path in sorted(config.SOURCE_PICTURES.glob("*.jpg")) if not bundle.predict(path).known)


@pytest.fixture
def small_disk(tmp_path):
    """Return a function that mounts a disk of the given size, such as "400k"."""
    place = tmp_path / "disk"

    def mount(size: str):
        if os.name != "posix" or os.geteuid() != 0:
            pytest.skip("mounting a small disk needs root")
        place.mkdir()
        if subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place], capture_output=True
        ).returncode:
            pytest.skip("mounting is not allowed here")
        return place

    yield mount
    if place.exists():
        subprocess.run(["umount", "-l", place], capture_output=True)
