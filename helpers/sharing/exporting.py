"""Writing a model as a LiteRT file, which is compared with the model before it appears."""

from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from helpers import checks, quiet
from helpers.activations import engines
from helpers.activations.whole_files import write_whole
from helpers.network import cutting
from helpers.network.blocks import check_functional
from helpers.network.graph import producer_of
from helpers.network.head import copy_with
from helpers.sharing.litert import LiteModel, check_images

# How far a probability may be from Keras's: rounding only; half the digits; 255 steps for the weights of a channel.
TOLERANCE = {"float32": 1e-4, "float16": 0.05, "int8": 0.25}
_COMPARED = 8  # patterns to compare on if no photos are given


@dataclass(frozen=True)
class Export:
    """What `export_litert` wrote, and how closely it follows the model.

    Attributes:
        path: The file.
        precision: Number format of the weights.
        size: Size of the file in bytes.
        compared: Number of pictures they were compared on.
        difference: Largest difference between a probability from the file and one from the model.
        agreement: Share of the pictures for which both choose the same class.
    """

    path: Path
    precision: str
    size: int
    compared: int
    difference: float
    agreement: float


@checks.checked(
    path=checks.path,
    precision=checks.text,
    images=checks.or_none(checks.pixels(4)),
    features=checks.flag,
)
def export_litert(
    model: keras.Model,
    path: str | Path,
    precision: str = "float32",
    images: np.ndarray | None = None,
    features: bool = False,
) -> Export:
    """Write a model as a LiteRT file, and compare the file with the model before it appears.

    Takes about five seconds. The file appears complete or not at all.

    Args:
        model: Photos to probabilities, from `attach_head` or of the same form.
        path: Path of the file; it usually ends in `.tflite`.
        precision: Number format of the weights. `"float32"` keeps them as they are; `"float16"` halves the file,
            `"int8"` shrinks it to a little over a quarter. Photos and probabilities are float32 in each case.
        images: A few photos to compare on, `(photos, size, size, 3)`, 0 to 255, such as `photos.val.images()[:32]`.
            By default eight patterns drawn at random.
        features: Whether the file gets a second output: the features that the output layer works on. They tell
            known photos from unknown ones.

    Returns:
        An `Export`: size, largest difference, agreement.

    Raises:
        ValueError: If an argument is wrong, the model has another form, or the file would give other probabilities
            than the model, beyond rounding. Then nothing is written.

    Example:
        >>> export_litert(model, "flowers.tflite", images=photos.val.images()[:32]).difference < 1e-4
        True
    """
    if precision not in TOLERANCE:
        raise ValueError(f"Expected precision to be one of {', '.join(TOLERANCE)}. Received: {precision!r}.")
    size, model = _check_model(model), in_float32(model)
    images = _patterns(size) if images is None else check_images(images, size)
    data = _convert(model, size, precision, features)
    theirs = engines.predict_images(model, images)
    ours = LiteModel(data).predict(images)
    difference = float(np.abs(ours - theirs).max())
    if not difference <= TOLERANCE[precision]:  # so that NaN fails as well
        raise ValueError(
            f"Expected the file to give the model's probabilities to within {TOLERANCE[precision]} ({precision}). "
            f"Received: a difference of {difference:.3g}, so nothing was written. Export with another precision."
        )
    agreement = float((ours.argmax(axis=1) == theirs.argmax(axis=1)).mean())
    return Export(write_whole(Path(path), data), precision, len(data), len(images), difference, agreement)


def in_float32(model: keras.Model) -> keras.Model:
    """Return a model that computes in float32: itself, or a copy of one with mixed precision, which LiteRT lacks."""
    if all(layer.compute_dtype == "float32" for layer in model.layers):
        return model
    return copy_with(model, lambda layer: layer.__class__.from_config(layer.get_config() | {"dtype": "float32"}))


def _check_model(model: keras.Model) -> int:
    check_functional(model)
    shape = getattr(model, "input_shape", None)
    if isinstance(shape, tuple) and len(shape) == 4 and len(model.output_shape) == 2:
        _, height, width, channels = shape
        if height and height == width and channels == 3:
            return height
    raise ValueError(
        "Expected a model from square photos of a fixed size to probabilities, as attach_head makes. "
        f"Received: {type(model).__name__} with input shape {shape}. Build it with load_base(image_size=…)."
    )


def _patterns(size: int) -> np.ndarray:
    # Fine noise alone leaves most of a network inactive, so each pattern mixes coarse and fine noise.
    rng = np.random.default_rng(0)
    coarse = rng.uniform(0, 255, (_COMPARED, 4, 4, 3)).repeat(size // 4 + 1, axis=1).repeat(size // 4 + 1, axis=2)
    fine = rng.uniform(0, 255, (_COMPARED, size, size, 3))
    return (0.8 * coarse[:, :size, :size] + 0.2 * fine).astype(np.float32)


def _convert(model: keras.Model, size: int, precision: str, features: bool) -> bytes:
    last = producer_of(model.output).name
    wanted = cutting.part(model, None, [cutting.before_output(model), last] if features else [last])

    def run(images):
        results = wanted(images, training=False)
        return (results[1], results[0]) if features else (results,)

    function = tf.function(run, input_signature=[tf.TensorSpec((1, size, size, 3), tf.float32, name="photo")])
    # With the model as second argument, it would go through a SavedModel without Keras's weights (TensorFlow 2.21:
    # lite/python/lite.py), and all answers would be NaN. With the function, weights become constants in the file.
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function.get_concrete_function()], function)
    if precision != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if precision == "float16":
        converter.target_spec.supported_types = [tf.float16]
    with quiet.chatter_hidden():  # the converter prints if TensorFlow was imported before helpers
        return converter.convert()
