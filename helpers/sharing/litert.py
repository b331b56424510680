"""LiteRT: runs a model from one small file, without TensorFlow or Keras, on a phone or a laptop.

LiteRT used to be called TensorFlow Lite (https://ai.google.dev/edge/litert). Loading it takes a tenth of a second.
"""

import os
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from helpers import checks, quiet


class LiteModel:
    """A LiteRT file, ready to run. This loads neither Keras nor TensorFlow.

    Photos run one at a time, which on a CPU is as fast as in batches. Several threads may share one model.

    Args:
        file: Path of a `.tflite` file, or its bytes.
        threads: How many threads to use; one per core by default.

    Attributes:
        image_size: Side of the square photos it takes, in pixels.
        outputs: Width of each output: how many numbers it gives per photo.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it isn't a LiteRT file, or takes something other than one photo.

    Example:
        >>> LiteModel("flowers.tflite").predict(photos.test.images()).argmax(axis=1)
    """

    @checks.checked(file=checks.kind_of(str, Path, bytes), threads=checks.or_none(checks.whole(1, 1024)))
    def __init__(self, file: str | Path | bytes, threads: int | None = None) -> None:
        if not isinstance(file, bytes):
            checks.path("file", file)
        name = "these bytes" if isinstance(file, bytes) else f"'{file}'"
        if not isinstance(file, bytes) and not Path(file).is_file():
            raise FileNotFoundError(f"Expected a LiteRT file. Received: {name}, which isn't a file. Check the path.")
        data = file if isinstance(file, bytes) else Path(file).read_bytes()
        try:
            with quiet.chatter_hidden():  # LiteRT prints a greeting on descriptor 2
                self._interpreter = Interpreter(model_content=data, num_threads=threads or os.cpu_count())
                self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise ValueError(
                f"Expected a LiteRT file. Received: {name}, {len(data):,} bytes that LiteRT cannot read "
                f"({str(error).strip().splitlines()[0]}). Export the model again."
            ) from None
        self._turn = threading.Lock()  # an interpreter has one set of buffers
        self._input, *others = self._interpreter.get_input_details()
        self._outputs = self._interpreter.get_output_details()
        shape = tuple(map(int, self._input["shape"]))
        if others or self._input["dtype"] is not np.float32 or len(shape) != 4 or shape != (1, shape[1], shape[1], 3):
            raise ValueError(
                f"Expected a model that takes one square photo in float32. Received: {name}, which takes {shape}. "
                "Write it with export_litert."
            )
        self.image_size = shape[1]
        self.outputs = tuple(int(output["shape"][-1]) for output in self._outputs)

    def predict(self, images: np.ndarray) -> np.ndarray:
        """Return the probability of each class.

        Args:
            images: `(photos, size, size, 3)`, 0 to 255, prepared by `read_photo`. Any number of them.

        Returns:
            Array of shape `(photos, classes)`, float32.
        """
        return self.run(images)[0]

    def run(self, images: np.ndarray) -> Sequence[np.ndarray]:
        """Return every output, an array of shape `(photos, numbers)` each: probabilities, then features if any."""
        images = check_images(images, self.image_size)
        rows = [self._run_one(image) for image in images]
        return [np.concatenate(output) for output in zip(*rows, strict=True)]

    def _run_one(self, image: np.ndarray) -> list[np.ndarray]:
        with self._turn:
            self._interpreter.set_tensor(self._input["index"], image[None])
            self._interpreter.invoke()
            return [self._interpreter.get_tensor(output["index"]) for output in self._outputs]

    def __repr__(self) -> str:
        return f"<LiteModel: photos of {self.image_size} px to {self.outputs[0]} classes>"


def check_images(images: np.ndarray, size: int) -> np.ndarray:
    """Return photos as float32, or raise `ValueError` if they aren't square photos of this size."""
    images = checks.as_numbers("images", images)
    if images.ndim != 4 or not len(images) or images.shape[1:] != (size, size, 3):
        raise ValueError(
            f"Expected photos of shape (photos, {size}, {size}, 3), 0 to 255. Received: shape {images.shape}. "
            f"Read them with read_photo(path, image_size={size}); image[None] turns one photo into a batch of one."
        )
    return images.astype(np.float32)
