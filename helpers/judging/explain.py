"""Why a model gives an answer: where in the photo it comes from, and which training photos resemble it."""

from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from helpers import checks
from helpers.activations import engines
from helpers.activations.feature_maps import activations
from helpers.judging import heat_colours
from helpers.judging.answer import Answer
from helpers.judging.neighbours import Likeness, Neighbours
from helpers.network import cutting, head
from helpers.network.blocks import block_named, blocks


@dataclass(frozen=True, eq=False)
class PhotoExplanation:
    """What a model says about a photo, and why.

    Attributes:
        answer: The likeliest class, the probabilities, and whether the photo counts as known.
        heat: Where in the photo the answer comes from, `(size, size)`, 0 to 1; see `grad_cam`.
        likeness: The nearest training photos, and how far away they are.
    """

    answer: Answer
    heat: np.ndarray
    likeness: Likeness


@checks.checked(model=checks.kind_of(keras.Model), image=checks.pixels(3), neighbours=checks.kind_of(Neighbours))
def explain_photo(model: keras.Model, image: np.ndarray, neighbours: Neighbours) -> PhotoExplanation:
    """Return what a model says about a photo, where in the photo that comes from, and what resembles it.

    Args:
        model: From `attach_head`, trained.
        image: `(size, size, 3)`, 0 to 255, from `read_photo` or a split.
        neighbours: Made from the same model.

    Returns:
        A `PhotoExplanation`.

    Example:
        >>> print(explain_photo(model, read_photo("unknown.jpg"), Neighbours(model, photos)).answer)
    """
    probabilities = engines.predict_batch(model, np.asarray(image)[None], size=1)[0]
    label, likeness = int(probabilities.argmax()), neighbours.of(image)
    names = neighbours.photos.class_names
    named = dict(zip(names, map(float, probabilities), strict=True))
    answer = Answer(names[label], named, likeness.known, likeness.distance, likeness.limit)
    return PhotoExplanation(answer, grad_cam(model, image, label), likeness)


@checks.checked(
    model=checks.kind_of(keras.Model),
    image=checks.pixels(3),
    label=checks.or_none(checks.whole(0)),
    at=checks.or_none(checks.text),
)
def grad_cam(model: keras.Model, image: np.ndarray, label: int | None = None, at: str | None = None) -> np.ndarray:
    """Return where in a photo an answer comes from, by Grad-CAM.

    The feature maps of a block are added up, each weighted by how much the answer's score (before the softmax) would
    grow with it, averaged over all places; what counts against the answer is left out. (Selvaraju and others,
    "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization", 2017.)

    Args:
        model: A flat model that ends in a dense layer with a softmax, from `attach_head`.
        image: Shape `(size, size, 3)`, 0 to 255.
        label: Number of the class to explain; the likeliest by default.
        at: Name of the block whose maps are used; the last by default.

    Returns:
        Array of shape `(size, size)`, 0 to 1. All 0 if nothing counts for the answer.

    Raises:
        ValueError: If the model doesn't end in a dense layer with a softmax, or there is no such class.

    Example:
        >>> heat = grad_cam(model, photos.test.images()[0])
    """
    maps, weights = _weighted(model, image, label, at)
    heat = np.maximum((maps * weights).sum(axis=-1), 0)[:, :, None]
    heat = np.asarray(tf.image.resize(heat, np.shape(image)[:2], method="bilinear"))[:, :, 0]
    return heat / heat.max() if heat.max() > 0 else heat


def channel_weights(
    model: keras.Model, image: np.ndarray, label: int | None = None, at: str | None = None
) -> np.ndarray:
    """Return how much the score of a class grows with each channel of a block, averaged over all places.

    Args:
        model, image, label, at: As for `grad_cam`.

    Returns:
        Array of shape `(channels,)`.
    """
    return _weighted(model, image, label, at)[1]


def _weighted(
    model: keras.Model, image: np.ndarray, label: int | None, at: str | None
) -> tuple[np.ndarray, np.ndarray]:
    last = head.output_layer(model)
    if last is None:
        ends = model.layers[-1].name
        raise ValueError(
            f"Expected a model that ends in a dense layer with a softmax. Received: one that ends in '{ends}'."
        )
    block = blocks(model)[-1] if at is None else block_named(model, at, "at")
    maps = tf.constant(activations(model, image, block.name)[None])
    to_features = cutting.part(model, block.output_layer, [cutting.before_output(model)])
    with tf.GradientTape() as tape:
        tape.watch(maps)
        features = tf.cast(to_features(maps, training=False), tf.float32)  # else half precision
        scores = features @ last.kernel + (0.0 if last.bias is None else last.bias)
        label = int(np.argmax(scores)) if label is None else label
        if not 0 <= label < scores.shape[-1]:
            raise ValueError(f"Expected label to be from 0 to {scores.shape[-1] - 1}. Received: {label!r}.")
        score = scores[0, label]
    gradient = tape.gradient(score, maps)
    return np.asarray(maps)[0], np.asarray(gradient)[0].mean(axis=(0, 1))


@checks.checked(image=checks.pixels(3))
def overlay(image: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """Return a photo with a heat map on it: grey where it is cold, purple to orange to yellow the warmer it is.

    Args:
        image: `uint8`, `(height, width, 3)`.
        heat: `(height, width)`, 0 to 1.

    Returns:
        `uint8`, `(height, width, 3)`.

    Example:
        >>> overlay(image, grad_cam(model, image)).shape
        (128, 128, 3)
    """
    heat = checks.as_numbers("heat", heat)
    if heat.shape != np.shape(image)[:2] or not (heat.min() >= 0 and heat.max() <= 1):  # so that NaN fails as well
        raise ValueError(
            f"Expected heat to hold 0 to 1 for each pixel of the image, {np.shape(image)[:2]}. "
            f"Received: {checks.shown(heat)}. Pass what grad_cam returned for this image."
        )
    return heat_colours.laid_over(image, heat_colours.coloured(heat), np.sqrt(heat))


def answer_difference(
    model: keras.Model, image: np.ndarray, label: int, other: int, at: str | None = None
) -> np.ndarray:
    """Return where in a photo one answer is favoured over another: Grad-CAM of the difference of their scores.

    What speaks for both alike cancels out, so this shows what two heat maps side by side hide.

    Args:
        model, image, at: As for `grad_cam`.
        label: Number of the class that positive values speak for.
        other: Number of the class that negative values speak for.

    Returns:
        Array of shape `(size, size)`, -1 to 1. All 0 if nothing tells the two apart.

    Example:
        >>> answer_difference(model, image, label=4, other=2).max()
        1.0
    """
    maps, weights = _weighted(model, image, label, at)
    other_weights = _weighted(model, image, other, at)[1]
    heat = (maps * (weights - other_weights)).sum(axis=-1)[:, :, None]
    heat = np.asarray(tf.image.resize(heat, np.shape(image)[:2], method="bilinear"))[:, :, 0]
    most = np.abs(heat).max()
    return heat / most if most > 0 else heat


def difference_overlay(image: np.ndarray, difference: np.ndarray) -> np.ndarray:
    """Return a photo with a difference of two answers on it: orange where it is positive, blue where negative.

    Args:
        image: `uint8`, `(height, width, 3)`.
        difference: `(height, width)`, -1 to 1, from `answer_difference`.

    Returns:
        `uint8`, `(height, width, 3)`.
    """
    colours = heat_colours.coloured((difference + 1) / 2, heat_colours.DIFFERENCE)
    return heat_colours.laid_over(image, colours, np.sqrt(np.abs(difference)))
