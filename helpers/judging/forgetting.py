"""How much of its source task a base still knows: what fine-tuning can cost."""

from functools import lru_cache

import keras
import numpy as np

from helpers import config
from helpers.activations import engines
from helpers.photos.photo import read_photo


def source_accuracy(base: keras.Model) -> float:
    """Measure how much of the source task a bundled base, fine-tuned or not, still knows.

    The head that the base was pre-trained with is put back onto it, and classifies one picture per class of the source
    task, none of which it was trained on. The input size is the base's own; the pictures are 128 pixels square.

    Args:
        base: A base from `load_base(weights="bundled")`, or a model built on one by `attach_head`.

    Returns:
        Share of the pictures, 0 to 1, that are classified correctly. Chance level is 1 in the number of
            classes.

    Raises:
        ValueError: If the base's last layer doesn't fit the head.
        FileNotFoundError: If the head isn't on disk.

    Example:
        >>> source_accuracy(load_base(weights="bundled"))  # doctest: +SKIP
    """
    if not config.SOURCE_HEAD.is_file():
        raise FileNotFoundError(
            f"Expected the source task's head in '{config.SOURCE_HEAD.name}', next to the bundled base. Received: no "
            "such file. Restore it: git checkout -- data/base"
        )
    top = [layer for layer in base.layers if layer.name == "top_activation"]
    with np.load(config.SOURCE_HEAD) as head:
        kernel, bias = head["kernel"].astype("float32"), head["bias"]
    if not top or top[0].output.shape[-1] != len(kernel):
        raise ValueError(
            f"Expected the bundled EfficientNetB0 or a model on it, with {len(kernel)} channels at 'top_activation'. "
            f"Received: '{base.name}', which has no such layer. Pass a base from load_base(weights=\"bundled\")."
        )
    seeing = keras.Model(base.input, keras.layers.GlobalAveragePooling2D()(top[0].output))
    pictures, labels = source_pictures(base.input_shape[1])
    features = engines.predict_images(seeing, pictures)
    return float(((features @ kernel + bias).argmax(axis=1) == labels).mean())


def source_classes() -> list[str]:
    """Return the names of the classes that the bundled base was pre-trained on.

    Returns:
        List of names, in the order of the source task's labels.

    Example:
        >>> len(source_classes())  # doctest: +SKIP
    """
    with np.load(config.SOURCE_HEAD) as head:
        return [str(name) for name in head["class_names"]]


@lru_cache(maxsize=1)
def source_pictures(image_size: int = config.IMAGE_SIZE) -> tuple[np.ndarray, np.ndarray]:
    """Return one picture per class of the source task, none of which the bundled base was trained on.

    Args:
        image_size: Side of the square pictures in pixels.

    Returns:
        The pictures, `uint8` of shape `(classes, image_size, image_size, 3)`, and the class number of each.

    Example:
        >>> pictures, labels = source_pictures(128)
    """
    files = sorted(config.SOURCE_PICTURES.glob("*.jpg"))
    pictures = np.stack([read_photo(file, image_size) for file in files])
    pictures.setflags(write=False)  # they are cached and shared
    return pictures, np.array([int(file.stem) for file in files])
