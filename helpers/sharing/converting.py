"""From a Keras model to the bytes of a LiteRT file, with all of its digits or with fewer.

Whole numbers of 8 bits need ranges: which numbers a layer gives is measured on example photos, and 256 steps are spread
over that range (https://ai.google.dev/edge/litert/conversion/tensorflow/quantization/post_training_quantization).
"""

import warnings
from collections.abc import Iterator

import keras
import numpy as np
import tensorflow as tf

from helpers import quiet
from helpers.bars import Bar
from helpers.network import cutting
from helpers.network.graph import producer_of

PRECISIONS = ("float32", "float16", "int8", "full_int8")
CALIBRATED = ("int8", "full_int8")  # those that need example photos


def convert(model: keras.Model, precision: str, features: bool, examples: np.ndarray | None) -> bytes:
    """Return a model as a LiteRT file.

    Args:
        model: Photos of a fixed size to probabilities, computed in float32.
        precision: One of `PRECISIONS`.
        features: Whether the file gets a second output: what goes into the output layer.
        examples: Photos to measure ranges on, `(photos, size, size, 3)`, float32, 0 to 255; for those of `CALIBRATED`.

    Returns:
        The file's content.
    """
    function = _function(model, features)
    # With the model as second argument, it would go through a SavedModel without Keras's weights (TensorFlow 2.21:
    # lite/python/lite.py), and all answers would be NaN. With the function, weights become constants in the file.
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function.get_concrete_function()], function)
    if precision != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if precision == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if examples is not None and precision in CALIBRATED:
        converter.representative_dataset = lambda: _one_by_one(examples)
    if precision == "full_int8":
        # Without this, layers that have no version for whole numbers would stay as they are, and no one would be told.
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.uint8
    # The converter prints if TensorFlow was imported before helpers.
    with Bar("writing a LiteRT file"), quiet.chatter_hidden(), warnings.catch_warnings():
        # The converter misses what only an older way of measuring ranges gave it.
        warnings.filterwarnings("ignore", message="Statistics for quantized inputs were expected")
        return converter.convert()


def _function(model: keras.Model, features: bool) -> tf.types.experimental.PolymorphicFunction:
    last = producer_of(model.output).name
    wanted = cutting.part(model, None, [cutting.before_output(model), last] if features else [last])

    def run(images):
        results = wanted(images, training=False)
        return (results[1], results[0]) if features else (results,)

    shape = (1, *model.input_shape[1:])
    return tf.function(run, input_signature=[tf.TensorSpec(shape, tf.float32, name="photo")])


def _one_by_one(examples: np.ndarray) -> Iterator[list[np.ndarray]]:
    examples = examples.copy()
    # With black and white among the examples, the input's range is 0 to 255 and its step 1: a pixel is its own code.
    examples[0, 0, 0], examples[0, -1, -1] = 0, 255
    for image in examples:
        yield [image[None]]
