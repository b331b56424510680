"""ImageNet's weights as Keras Applications publishes them: which file, whether it is on disk, and a fault it has."""

import keras
import numpy as np

from helpers.network.graph import downloads_folder
from helpers.photos import sources

_DOWNLOADS = "https://storage.googleapis.com"
_STDDEV = (0.229, 0.224, 0.225)  # of red, green, blue: what Keras's ImageNet EfficientNets divide by twice


def keras_file(name: str, width: float) -> tuple[str, str]:
    """Return what Keras calls a base's file of ImageNet weights, and where it downloads it from."""
    if name.startswith("MobileNetV2"):  # built on the tensor of scaled photos, it gets the weights for 224 pixels
        file = f"mobilenet_v2_weights_tf_dim_ordering_tf_kernels_{width}_224_no_top.h5"
        return file, f"{_DOWNLOADS}/tensorflow/keras-applications/mobilenet_v2/{file}"
    if name.startswith("EfficientNetV2"):
        file = f"{name.lower().replace('v2b', 'v2-b')}_notop.h5"
        return file, f"{_DOWNLOADS}/tensorflow/keras-applications/efficientnet_v2/{file}"
    file = f"{name.lower()}_notop.h5"
    return file, f"{_DOWNLOADS}/keras-applications/{file}"


def on_disk(name: str, width: float) -> bool:
    """Return whether Keras has already downloaded a base's ImageNet weights."""
    return (downloads_folder() / "models" / keras_file(name, width)[0]).is_file()


def check_in_reach(name: str, width: float) -> None:
    """Raise `ConnectionError` within five seconds if a base's ImageNet weights can't be downloaded."""
    sources.check_in_reach(
        keras_file(name, width)[1],
        'Use weights="bundled", the path of a weights file, or None; or run `make photos` once with a network',
    )


def download_error(name: str, width: float, error: Exception) -> ConnectionError:
    """Return the error to raise when Keras's download broke off."""
    file = downloads_folder() / "models" / keras_file(name, width)[0]
    return ConnectionError(
        f"ImageNet's weights for {name} could not be downloaded or did not pass Keras's check ({error}). Try again, or "
        f"delete '{file}' first."
    )


def correct_input_scaling(base: keras.Model) -> None:
    """Add to an EfficientNet loaded from ImageNet's file what Keras adds when it downloads the file itself."""
    # ImageNet's EfficientNets were trained on pixels divided once more by the square root of the standard deviation.
    # Keras adds a layer for that when it downloads them, but not when it loads the same file by path:
    # https://github.com/tensorflow/tensorflow/issues/49930. Here it becomes part of the variance.
    for layer in base.layers:
        if isinstance(layer, keras.layers.Normalization):
            mean, variance, count = layer.get_weights()
            layer.set_weights([mean, variance * np.array(_STDDEV, variance.dtype), count])
            layer.finalize_state()
