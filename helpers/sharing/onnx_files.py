"""ONNX: the same model for engines that don't read LiteRT files, such as those of browsers, Windows and many servers.

Writing and running such files (https://onnx.ai) takes two packages that the course doesn't need otherwise: they are in
its extra `onnx`.
"""

import importlib.util
import tempfile
import warnings
from pathlib import Path

import keras
import numpy as np

from helpers import checks, quiet
from helpers.activations import engines
from helpers.activations.whole_files import write_whole
from helpers.sharing import converting
from helpers.sharing.exporting import Export, check_close, check_exportable, images_to_compare, in_float32
from helpers.sharing.litert import check_images

PACKAGES = ("tf2onnx", "onnxruntime")


def can_write_onnx() -> bool:
    """Return whether the packages of the extra `onnx` are installed."""
    return not _missing()


def check_installed() -> None:
    """Raise `ImportError` unless the packages of the extra `onnx` are installed."""
    if missing := _missing():
        raise ImportError(
            f"Expected the packages of the course's extra 'onnx'. Received: no {' and no '.join(missing)}. "
            f"Install what is missing: pip install {' '.join(missing)}."
        )


def convert(model: keras.Model) -> bytes:
    """Return a model as an ONNX file. It must compute in float32.

    Raises:
        ImportError: If the packages of the extra `onnx` aren't installed.
    """
    check_installed()
    import tf2onnx  # pyright: ignore[reportMissingImports]

    # By way of a LiteRT file, in which all weights are constants. Keras's own export to ONNX takes a Normalization
    # layer's mean and variance for inputs (Keras 3.15), and then no engine can run EfficientNetB0 on a photo alone.
    with tempfile.TemporaryDirectory() as folder, quiet.chatter_hidden(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"\s*Warning: tf.lite.Interpreter is deprecated")
        file = Path(folder) / "model.tflite"
        file.write_bytes(converting.convert(model, "float32", features=False, examples=None))
        proto, _ = tf2onnx.convert.from_tflite(str(file))
        return proto.SerializeToString()


@checks.checked(path=checks.path, images=checks.or_none(checks.pixels(4)))
def export_onnx(model: keras.Model, path: str | Path, images: np.ndarray | None = None) -> Export:
    """Write a model as an ONNX file, and compare the file with the model before it appears.

    Takes about ten seconds. The file appears complete or not at all. It takes one photo at a time.

    Args:
        model: Photos to probabilities, from `attach_head` or of the same form.
        path: Path of the file; it usually ends in `.onnx`.
        images: A few photos to compare on, `(photos, size, size, 3)`, 0 to 255. By default eight patterns drawn at
            random.

    Returns:
        An `Export`: size, largest difference, agreement.

    Raises:
        ImportError: If the packages of the extra `onnx` aren't installed.
        ValueError: If an argument is wrong, the model has another form, or the file would give other probabilities
            than the model, beyond rounding. Nothing is written then.

    Example:
        >>> export_onnx(model, "flowers.onnx", images=photos.val.images()[:32]).difference < 1e-4
        True
    """
    size, model = check_exportable(model), in_float32(model)
    images = images_to_compare(images, size)
    data = convert(model)
    theirs, ours = engines.predict_images(model, images), OnnxModel(data).predict(images)
    difference, agreement = check_close(ours, theirs, "float32")
    return Export(write_whole(Path(path), data), "float32", len(data), len(images), difference, agreement)


class OnnxModel:
    """An ONNX file that `export_onnx` wrote, ready to run. This loads neither Keras nor TensorFlow.

    Args:
        file: Path of an `.onnx` file, or its bytes.

    Attributes:
        image_size: Side of the square photos it takes, in pixels.

    Raises:
        ImportError: If the packages of the extra `onnx` aren't installed.
        FileNotFoundError: If there is no such file.
        ValueError: If it isn't an ONNX file, or takes something other than photos.

    Example:
        >>> OnnxModel("flowers.onnx").predict(photos.test.images()).argmax(axis=1)
    """

    @checks.checked(file=checks.kind_of(str, Path, bytes))
    def __init__(self, file: str | Path | bytes) -> None:
        check_installed()
        import onnxruntime  # pyright: ignore[reportMissingImports]

        name = "these bytes" if isinstance(file, bytes) else f"'{file}'"
        if not isinstance(file, bytes) and not Path(file).is_file():
            raise FileNotFoundError(f"Expected an ONNX file. Received: {name}, which isn't a file. Check the path.")
        data = file if isinstance(file, bytes) else Path(file).read_bytes()
        try:
            self._session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
        except Exception as error:  # of many kinds, none of which is public
            raise ValueError(
                f"Expected an ONNX file. Received: {name}, {len(data):,} bytes that ONNX Runtime cannot read "
                f"({str(error).strip().splitlines()[0]}). Export the model again."
            ) from None
        self._input, *others = self._session.get_inputs()
        shape = tuple(self._input.shape)
        if others or len(shape) != 4 or shape != (1, shape[1], shape[1], 3):
            raise ValueError(
                f"Expected a model that takes one square photo. Received: {name}, which takes {shape}. "
                "Write it with export_onnx."
            )
        self.image_size = int(shape[1])

    def predict(self, images: np.ndarray) -> np.ndarray:
        """Return the probability of each class, `(photos, classes)`, of photos `(photos, size, size, 3)`, 0 to 255."""
        images = check_images(images, self.image_size)
        rows = [self._session.run(None, {self._input.name: image[None]})[0] for image in images]
        return np.concatenate(rows)


def _missing() -> list[str]:
    return [name for name in PACKAGES if importlib.util.find_spec(name) is None]
