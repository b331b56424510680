"""ImageNet's weights as Keras Applications publishes them: which file, whether it is on disk, and a fault it has."""

import keras
import numpy as np

from helpers.network.graph import downloads_folder
from helpers.photos import sources

_DOWNLOADS = "https://storage.googleapis.com"
# Of red, green and blue in ImageNet's photos, which Keras's EfficientNets keep in their `Normalization` layer: as its
# variance they have the standard deviation.
_MEAN, _STDDEV = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_ROUNDING = 5e-4  # in a file of any precision


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
    """Let an EfficientNet with ImageNet's weights scale photos as they were scaled when it was trained.

    It is told by its statistics, not by the name of the file that they came from. Any other base is left as it is, and
    so is one that has been corrected before.

    Args:
        base: Without the layer of its own with which Keras makes up for this; changed in place.
    """
    # ImageNet's EfficientNets were trained on pixels divided by the standard deviation, but the published files say
    # that it is the variance: https://github.com/tensorflow/tensorflow/issues/49930. Keras adds a layer that divides
    # once more by its root, but only when it downloads the weights itself. That layer has no weights, so a file of
    # weights saved from such a model holds no trace of it. Here it becomes part of the variance, which is saved.
    for layer in base.layers:
        if isinstance(layer, keras.layers.Normalization) and layer.input_mean is None:  # else they aren't weights
            mean, variance, count = layer.get_weights()
            if np.allclose(mean, _MEAN, atol=_ROUNDING) and np.allclose(variance, _STDDEV, atol=_ROUNDING):
                layer.set_weights([mean, variance * np.array(_STDDEV, variance.dtype), count])
                layer.finalize_state()
