"""The base: a network without its top, with the weights it learned to see with."""

import random
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keras
import numpy as np

from helpers import config
from helpers.network.blocks import weights_digest
from helpers.network.facts import state_facts
from helpers.network.graph import downloads_folder
from helpers.photos import sources
from helpers.photos.photo import check_image_size

NAMES = [
    *(f"EfficientNetB{size}" for size in range(8)),
    *(f"EfficientNetV2B{size}" for size in range(4)),
    "MobileNetV2",
]
_DOWNLOADS = "https://storage.googleapis.com"
_MOBILENET = re.compile(r"MobileNetV2(?:-(\d+(?:\.\d+)?))?")
_IMAGENET_STDDEV = (0.229, 0.224, 0.225)  # of red, green, blue: what Keras's ImageNet EfficientNets divide by twice


def load_base(
    name: str = "EfficientNetB0",
    weights: str | Path | None = "auto",
    image_size: int = config.IMAGE_SIZE,
    seed: int = config.SEED,
) -> keras.Model:
    """Load a network without its top. It takes photos as they are: RGB, 0 to 255, scaled inside.

    Args:
        name: `"EfficientNetB0"` to `"EfficientNetB7"`, `"EfficientNetV2B0"` to `"EfficientNetV2B3"`,
            `"MobileNetV2"`, or a slimmer or wider one such as `"MobileNetV2-0.35"`.
        weights: `"auto"` (what `GRAFT_WEIGHTS` says, else ImageNet's if they are on disk, else the bundled ones);
            `"bundled"` (EfficientNetB0 only); `"imagenet"` (downloaded once by Keras, checked); the path of a weights
            file; or `None` for random weights, which need `settle_statistics` before their output means anything.
        image_size: Side of the square photos in pixels.
        seed: Decides random weights.

    Returns:
        Flat `keras.Model` in the form of Keras Applications, all layers trainable. `base.pretrained` says whether it
        has learned anything, `base.licence` who made the weights, and `base.loading` which call loads it again.

    Raises:
        ValueError: If the name or size is wrong, or a weights file does not fit.
        FileNotFoundError: If a weights file is missing, or `"auto"` finds none for this base.
        ConnectionError: If ImageNet's weights aren't on disk and cannot be downloaded. Raised within five seconds.

    Example:
        >>> base = load_base("EfficientNetB0", image_size=128)
        >>> base.output_shape
        (None, 4, 4, 1280)
    """
    check_image_size(image_size)
    width = _check_name(name)
    kind = which_weights(name, weights)
    if kind is None:
        base, licence = _redraw(_build(name, width, image_size), seed), sources.RANDOM_WEIGHTS
    elif kind == "imagenet":
        base, licence = _download(name, width, image_size), sources.IMAGENET_WEIGHTS
    elif kind == "bundled":
        base, licence = _from_file(name, width, image_size, config.BUNDLED_BASE), sources.FORMULA_WEIGHTS
    else:
        base, licence = _from_file(name, width, image_size, Path(kind)), sources.UNKNOWN_WEIGHTS
    drawn = f", seed={seed}" if kind is None else ""
    state_facts(
        base,
        pretrained=kind is not None,
        licence=licence,
        loading=f"load_base({name!r}, weights={kind!r}, image_size={image_size}{drawn})",
        as_loaded=weights_digest(base),
    )
    return base


def _check_name(name: str) -> float:
    slim = _MOBILENET.fullmatch(str(name))
    if slim:
        return float(slim[1] or 1)
    if name not in NAMES:
        raise ValueError(f"Expected the name of a base: {', '.join(NAMES)}, or MobileNetV2-0.35. Received: {name!r}.")
    return 1.0


def which_weights(name: str, weights: str | Path | None) -> str | None:
    """Return what `weights` means for a base: `"bundled"`, `"imagenet"`, a path, or `None`. Errors as `load_base`."""
    width = _check_name(name)
    if weights is not None and not isinstance(weights, (str, Path)):
        raise ValueError(f"Expected weights to be a word, a path or None, see load_base. Received: {weights!r}.")
    file, url = imagenet_file(name, width)
    on_disk = (downloads_folder() / "models" / file).is_file()
    if weights == "auto":
        weights = config.weights_override() or ("imagenet" if on_disk else "bundled")
    if weights == "bundled" and name != "EfficientNetB0":
        raise FileNotFoundError(
            f"Expected weights for {name} on disk, found none: only EfficientNetB0 comes bundled. "
            'weights="imagenet" downloads them once; a path loads a weights file; None starts from random weights.'
        )
    if weights == "imagenet" and not on_disk:
        sources.check_in_reach(
            url, 'Use weights="bundled", the path of a weights file, or None; or run `make photos` once with a network'
        )
    return None if weights is None else str(weights)


def imagenet_file(name: str, width: float) -> tuple[str, str]:
    """Return what Keras calls a base's file of ImageNet weights, and where it downloads it from."""
    if name.startswith("MobileNetV2"):  # built on the tensor of scaled photos, it gets the weights for 224 pixels
        file = f"mobilenet_v2_weights_tf_dim_ordering_tf_kernels_{width}_224_no_top.h5"
        return file, f"{_DOWNLOADS}/tensorflow/keras-applications/mobilenet_v2/{file}"
    if name.startswith("EfficientNetV2"):
        file = f"{name.lower().replace('v2b', 'v2-b')}_notop.h5"
        return file, f"{_DOWNLOADS}/tensorflow/keras-applications/efficientnet_v2/{file}"
    file = f"{name.lower()}_notop.h5"
    return file, f"{_DOWNLOADS}/keras-applications/{file}"


def _build(name: str, width: float, image_size: int, weights: str | None = None) -> keras.Model:
    shape = (image_size, image_size, 3)
    with _draws_left_alone(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*input_shape.*")  # ImageNet's weights serve any size
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


def _download(name: str, width: float, image_size: int) -> keras.Model:
    try:
        return _build(name, width, image_size, weights="imagenet")
    except Exception as error:  # Keras raises a bare Exception when a download breaks off
        file, _ = imagenet_file(name, width)
        raise ConnectionError(
            f"ImageNet's weights for {name} could not be downloaded or did not pass Keras's check ({error}). Try "
            f"again, or delete '{downloads_folder() / 'models' / file}' first."
        ) from None


def _from_file(name: str, width: float, image_size: int, file: Path) -> keras.Model:
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
    if re.fullmatch(r"efficientnetb\d_notop\.h5", file.name):
        _correct_input_scaling(base)
    return base


def _correct_input_scaling(base: keras.Model) -> None:
    # ImageNet's EfficientNets were trained on pixels divided once more by the square root of the standard deviation.
    # Keras adds a layer for that when it downloads them, but not when it loads the same file by path:
    # https://github.com/tensorflow/tensorflow/issues/49930. Here it becomes part of the variance.
    for layer in base.layers:
        if isinstance(layer, keras.layers.Normalization):
            mean, variance, count = layer.get_weights()
            layer.set_weights([mean, variance * np.array(_IMAGENET_STDDEV, variance.dtype), count])
            layer.finalize_state()
