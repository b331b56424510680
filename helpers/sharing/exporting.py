"""Writing a model as a LiteRT file, and holding the file against the model before anybody sees it."""

from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from helpers import quiet
from helpers.activations import engines
from helpers.activations.storage import write_whole
from helpers.network import cutting
from helpers.network.graph import producer_of
from helpers.sharing.litert import LiteModel, check_images

# How far a probability may lie from Keras's: rounding only; half the digits; 255 steps for each channel's weights.
TOLERANCE = {"float32": 1e-4, "float16": 0.05, "int8": 0.25}
_COMPARED = 8  # patterns that both are shown where no photos are given


@dataclass(frozen=True)
class Export:
    """What `export_litert` wrote, and how well it does what the model does.

    Attributes:
        path: The file.
        precision: In which numbers the weights are kept.
        size: Bytes of the file.
        compared: Number of pictures that both were shown.
        difference: The largest by which a probability of the file's differs from the model's.
        agreement: Share of the pictures for which both find the same class likeliest.
    """

    path: Path
    precision: str
    size: int
    compared: int
    difference: float
    agreement: float


def export_litert(
    model: keras.Model,
    path: str | Path,
    precision: str = "float32",
    images: np.ndarray | None = None,
    features: bool = False,
) -> Export:
    """Write a model as a LiteRT file, and hold the file against the model before anybody sees it.

    Takes about five seconds. The file appears when it is whole, or not at all.

    Args:
        model: Photos to probabilities, from `attach_head` or of the same form.
        path: Of the file, by custom ending in `.tflite`.
        precision: What the weights are kept in. `"float32"` as they are; `"float16"` takes half of the room, `"int8"`
            a little more than a quarter; photos go in and probabilities come out as float32 all the same.
        images: A few photos to compare on, `(photos, size, size, 3)`, 0 to 255, such as `photos.val.images()[:32]`.
            By default eight patterns drawn at random.
        features: Whether the file is to give a second output: what the output layer works on. It tells known things
            from unknown ones.

    Returns:
        An `Export`: size, largest difference, agreement.

    Raises:
        ValueError: If an argument is wrong, the model is of another form, or the file would give other probabilities
            than the model does, beyond rounding. Then nothing is written.

    Example:
        >>> export_litert(model, "flowers.tflite", images=photos.val.images()[:32]).difference < 1e-4
        True
    """
    if precision not in TOLERANCE:
        raise ValueError(f"Expected precision to be one of {', '.join(TOLERANCE)}. Received: {precision!r}.")
    size = _check_model(model)
    images = _patterns(size) if images is None else check_images(images, size)
    data = _convert(model, size, precision, features)
    theirs = engines.predict_images(model, images)
    ours = LiteModel(data).predict(images)
    difference = float(np.abs(ours - theirs).max())
    if not difference <= TOLERANCE[precision]:  # so that not-a-number fails as well
        raise ValueError(
            f"Expected the file to give the model's probabilities to within {TOLERANCE[precision]} ({precision}). "
            f"Received: a difference of {difference:.3g}, so nothing was written. Do export with another precision."
        )
    agreement = float((ours.argmax(axis=1) == theirs.argmax(axis=1)).mean())
    return Export(write_whole(Path(path), data), precision, len(data), len(images), difference, agreement)


def _check_model(model: keras.Model) -> int:
    shape = getattr(model, "input_shape", None)
    square = isinstance(shape, tuple) and len(shape) == 4 and shape[1] and shape[1] == shape[2] and shape[3] == 3
    if not square or len(model.output_shape) != 2:
        raise ValueError(
            "Expected a model from square photos of a fixed size to probabilities, as attach_head makes. "
            f"Received: {type(model).__name__} that takes {shape}. Do build it with load_base(image_size=…)."
        )
    return shape[1]


def _patterns(size: int) -> np.ndarray:
    # Fine noise alone leaves most of a network silent, so each pattern is drawn coarse as well, and the two are mixed.
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
    # With the model as second argument it would go through a SavedModel that holds none of Keras's weights (TensorFlow
    # 2.21: lite/python/lite.py): all answers are not-a-number. With the function, weights become constants in the file.
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function.get_concrete_function()], function)
    if precision != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if precision == "float16":
        converter.target_spec.supported_types = [tf.float16]
    with quiet.stderr_closed():  # where TensorFlow was imported before us, its converter talks
        return converter.convert()
