"""LiteRT: runs a model from one small file, without TensorFlow or Keras, on a phone or a laptop.

LiteRT used to be called TensorFlow Lite (https://ai.google.dev/edge/litert). Loading it takes a tenth of a second.
"""

import os
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from helpers import checks, quiet

_KINDS = (np.float32, np.uint8, np.int8)  # of numbers that a file may take and give


class LiteModel:
    """A LiteRT file, ready to run. This loads neither Keras nor TensorFlow.

    Photos run one at a time, which on a CPU is as fast as in batches. Several threads may share one model. A file that
    takes and gives whole numbers of 8 bits is used like any other: they are translated here.

    Args:
        file: Path of a `.tflite` file, or its bytes.
        threads: How many threads to use; one per core by default.

    Attributes:
        image_size: Side of the square photos it takes, in pixels.
        outputs: Width of each output: how many numbers it gives per photo.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it isn't a LiteRT file, or takes something other than one photo, or gives other numbers than
            float32, uint8 and int8.

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
        if others or len(shape) != 4 or shape != (1, shape[1], shape[1], 3):
            raise ValueError(
                f"Expected a model that takes one square photo. Received: {name}, which takes {shape}. "
                "Write it with export_litert."
            )
        for detail in (self._input, *self._outputs):
            _check_numbers(detail, name)
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
            self._interpreter.set_tensor(self._input["index"], to_codes(image[None], self._input))
            self._interpreter.invoke()
            return [from_codes(self._interpreter.get_tensor(output["index"]), output) for output in self._outputs]

    def __repr__(self) -> str:
        return f"<LiteModel: photos of {self.image_size} px to {self.outputs[0]} classes>"


def to_codes(values: np.ndarray, detail: Mapping[str, Any]) -> np.ndarray:
    """Return numbers as a file takes them: themselves, or the nearest of its 256 steps as whole numbers of 8 bits.

    Args:
        values: Of any shape, float32.
        detail: What LiteRT says of the input: its `dtype`, and `quantization`, which is a step's size and the whole
            number that stands for 0.
    """
    if detail["dtype"] is np.float32:
        return values
    step, zero = detail["quantization"]
    limits = np.iinfo(detail["dtype"])
    return np.clip(np.round(values / step) + zero, limits.min, limits.max).astype(detail["dtype"])


def from_codes(codes: np.ndarray, detail: Mapping[str, Any]) -> np.ndarray:
    """Return what a file gives as float32: itself, or the numbers that its whole numbers of 8 bits stand for."""
    if detail["dtype"] is np.float32:
        return codes
    step, zero = detail["quantization"]
    return ((codes.astype(np.float32) - zero) * step).astype(np.float32)


def _check_numbers(detail: Mapping[str, Any], name: str) -> None:
    kind, (step, _) = detail["dtype"], detail["quantization"]
    if kind not in _KINDS or (kind is not np.float32 and not step > 0):
        told = np.dtype(kind).name + (" without a scale" if kind in _KINDS else "")
        raise ValueError(
            "Expected a model that takes and gives float32, or uint8 or int8 with a scale. "
            f"Received: {name}, with {told}. Write it with export_litert."
        )


def check_images(images: np.ndarray, size: int) -> np.ndarray:
    """Return photos as float32, or raise `ValueError` if they aren't square photos of this size."""
    images = checks.as_numbers("images", images)
    if images.ndim != 4 or not len(images) or images.shape[1:] != (size, size, 3):
        raise ValueError(
            f"Expected photos of shape (photos, {size}, {size}, 3), 0 to 255. Received: shape {images.shape}. "
            f"Read them with read_photo(path, image_size={size}); image[None] turns one photo into a batch of one."
        )
    return images.astype(np.float32)
