"""What the old head says: the classes that a base learned first, and what it calls a new photo.

A base is published without its head, the layer that told the source task's classes apart. Put back, it shows what the
base takes your photos for, and how near its old task is to yours.
"""

from dataclasses import dataclass
from functools import lru_cache

import keras
import numpy as np
import pandas as pd

from helpers import checks, config
from helpers.activations import engines
from helpers.network import lite_weights
from helpers.photos import sources


@dataclass(frozen=True, eq=False, repr=False)
class SourceHead:
    """The layer that answered the source task.

    Attributes:
        kernel: Array of shape `(features, classes)`.
        bias: Array of shape `(classes,)`.
        class_names: Name of each class.
        plants: Whether each class is a plant or a part of one: bool, of shape `(classes,)`.
    """

    kernel: np.ndarray
    bias: np.ndarray
    class_names: tuple[str, ...]
    plants: np.ndarray

    def probabilities(self, model: keras.Model, images: np.ndarray) -> np.ndarray:
        """Return what the head says of photos that a base looked at.

        Args:
            model: The head's own base, or a model built on it.
            images: Photos, 0 to 255, of shape `(photos, size, size, 3)`.

        Returns:
            Array of shape `(photos, classes)`.
        """
        top = [layer for layer in model.layers if layer.name == "top_activation"]
        if not top or top[0].output.shape[-1] != len(self.kernel):
            raise ValueError(
                f"Expected a base with {len(self.kernel)} channels at 'top_activation', or a model on it. "
                f"Received: '{model.name}', which has no such layer."
            )
        seeing = keras.Model(model.input, keras.layers.GlobalAveragePooling2D()(top[0].output))
        scores = engines.predict_images(seeing, images) @ self.kernel + self.bias
        likely = np.exp(scores - scores.max(axis=1, keepdims=True))
        return likely / likely.sum(axis=1, keepdims=True)


@checks.checked(model=checks.kind_of(keras.Model))
def has_source_head(model: keras.Model) -> bool:
    """Tell whether the head that a base was trained with is here, so that it can be asked about new photos.

    Args:
        model: A base from `load_base`, or a model built on one.

    Returns:
        True for EfficientNetLite0 with ImageNet's weights and for the bundled EfficientNetB0; False for bases that
        Keras publishes without their head, for random weights, and for weights from a file.

    Example:
        >>> has_source_head(load_base("EfficientNetB0", "bundled"))
        True
    """
    return _licence_of(model) in _HEADS


def _licence_of(model: keras.Model) -> sources.Licence | None:
    return getattr(model, "licence", None) or getattr(model, "base_licence", None)


def source_head(model: keras.Model) -> SourceHead:
    """Return the head that a base was trained with before the course met it.

    Args:
        model: A base from `load_base`, or a model built on one: EfficientNetLite0, whose head tells ImageNet's 1,000
            classes apart, or the bundled EfficientNetB0, whose head tells 440 drawn shapes apart.

    Returns:
        A `SourceHead`.

    Raises:
        ValueError: If the base's head isn't on this machine.

    Example:
        >>> source_head(load_base("EfficientNetB0", "bundled")).class_names[0]
        'rosette-00 in palette 12'
    """
    licence = _licence_of(model)
    if licence in _HEADS:
        return _HEADS[licence]()
    raise ValueError(
        f"Expected a base whose source head comes with the course: EfficientNetLite0 with ImageNet's weights or the "
        f"bundled EfficientNetB0. Received: '{model.name}', whose weights are others. Use load_base()."
    )


@lru_cache(maxsize=1)
def _imagenet_head() -> SourceHead:
    kernel, bias = lite_weights.top_weights()
    table = pd.read_csv(config.IMAGENET_CLASSES)
    return SourceHead(kernel, bias, tuple(table.name), table.plant.to_numpy(bool))


@lru_cache(maxsize=1)
def formula_head() -> SourceHead:
    """Return the head that the bundled base was pre-trained with."""
    if not config.SOURCE_HEAD.is_file():
        raise FileNotFoundError(
            f"Expected the source task's head in '{config.SOURCE_HEAD.name}', next to the bundled base. Received: no "
            "such file. Restore it: git checkout -- data/base"
        )
    with np.load(config.SOURCE_HEAD) as head:
        names = tuple(str(name) for name in head["class_names"])
        kernel, bias = head["kernel"].astype("float32"), head["bias"]
    return SourceHead(kernel, bias, names, np.zeros(len(names), bool))


# Whose head is here, told by the licence of the weights: it differs between bases of one architecture.
_HEADS = {sources.LITE_WEIGHTS: _imagenet_head, sources.FORMULA_WEIGHTS: formula_head}


@checks.checked(model=checks.kind_of(keras.Model))
def source_classes(model: keras.Model) -> list[str]:
    """Return the names of the classes that a base was trained on first.

    Args:
        model: As for `source_head`, which raises the same errors.

    Returns:
        List of names, in the order of the source task's labels.

    Example:
        >>> source_classes(load_base("EfficientNetLite0"))[985]  # doctest: +SKIP
        'daisy'
    """
    return list(source_head(model).class_names)


@checks.checked(model=checks.kind_of(keras.Model), images=checks.pixels(4), top=checks.whole(1, checks.MOST_UNITS))
def source_answers(model: keras.Model, images: np.ndarray, top: int = 5) -> pd.DataFrame:
    """Return what a base's old head would call some photos.

    Args:
        model: As for `source_head`, which raises the same errors.
        images: Photos, 0 to 255, of shape `(photos, size, size, 3)`.
        top: How many answers for each photo.

    Returns:
        DataFrame with a row for each answer, the likeliest first: `photo` (counted from 0), `rank` (from 1), `name`,
        `probability`, `plant` (whether the class is a plant or a part of one).

    Example:
        >>> source_answers(base, photos.test.images()[:1])  # doctest: +SKIP
    """
    head = source_head(model)
    probabilities = head.probabilities(model, images)
    likeliest = np.argsort(-probabilities, axis=1, kind="stable")[:, :top]
    photo = np.repeat(np.arange(len(likeliest)), likeliest.shape[1])
    answers = likeliest.reshape(-1)
    return pd.DataFrame(
        {
            "photo": photo,
            "rank": np.tile(np.arange(likeliest.shape[1]) + 1, len(likeliest)),
            "name": np.array(head.class_names)[answers],
            "probability": probabilities[photo, answers],
            "plant": head.plants[answers],
        }
    )


@checks.checked(model=checks.kind_of(keras.Model), images=checks.pixels(4))
def called_plants(model: keras.Model, images: np.ndarray) -> float:
    """Measure how near a base's source task is to flowers: how often its old head calls a photo some kind of plant.

    ImageNet's 1,000 classes hold 29 plants, fruits and vegetables, and three of them show flowers: rapeseed, daisy and
    yellow lady's slipper. So this is a sign of nearness, not an accuracy.

    Args:
        model: As for `source_head`, which raises the same errors.
        images: Photos, 0 to 255, of shape `(photos, size, size, 3)`.

    Returns:
        Share of the photos, 0 to 1. A head without plants among its classes, as the bundled base's, gives 0.

    Example:
        >>> called_plants(base, photos.val.images())  # doctest: +SKIP
    """
    return float(source_answers(model, images, top=1).plant.mean())
