"""One model in every format that it can be shared in, side by side: size, answers, speed."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd

from helpers import checks
from helpers.activations.whole_files import write_whole
from helpers.bars import Bar
from helpers.judging.report import Report, evaluate
from helpers.photos.dataset import Photos
from helpers.sharing import converting, onnx_files
from helpers.sharing.exporting import check_exportable, difference_of, examples_of, in_float32
from helpers.sharing.litert import LiteModel

FILES = {
    "keras": "model.keras",
    **{precision: f"model_{precision}.tflite" for precision in converting.PRECISIONS},
    "onnx": "model.onnx",
}
_TIMED = 30  # photos; the median of so many is steady

Predict = Callable[[np.ndarray], np.ndarray]


def _formats(name: str, value: Any) -> None:
    """Expect formats, or `None`."""
    listed = isinstance(value, tuple | list) and len(value) > 0
    if value is not None and not (listed and all(isinstance(each, str) and each in FILES for each in value)):
        raise ValueError(
            f"Expected {name} to be a tuple with some of {', '.join(FILES)}. Received: {checks.shown(value)}."
        )


@checks.checked(model=checks.kind_of(keras.Model), photos=checks.kind_of(Photos), folder=checks.path, formats=_formats)
def compare_exports(
    model: keras.Model, photos: Photos, folder: str | Path, formats: tuple[str, ...] | None = None
) -> pd.DataFrame:
    """Write a model in several formats, and compare each file with the model on the test photos.

    Takes about half a minute. Each file is read back and asked again: what is compared is what you would pass on.
    Unlike `export_litert`, it refuses no file for its answers, since the table tells how good they are.

    Args:
        model: Photos to probabilities, trained, from `attach_head` or of the same form.
        photos: The test photos are compared on; `"int8"` and `"full_int8"` are set up with training photos.
        folder: Where to write the files; a file of the same name is replaced.
        formats: Some of `"keras"`; `"float32"`, `"float16"`, `"int8"`, `"full_int8"`, which are LiteRT files, see
            `export_litert`; and `"onnx"`. By default all that can be written here: ONNX takes the packages of the
            course's extra `onnx`.

    Returns:
        DataFrame, a row per format: `file`, its name; `megabytes`, its size; `agreement`, the share of the test photos
        for which it chooses the same class as the model; `difference`, the largest difference between a probability
        from the file and one from the model; `accuracy`; `milliseconds` per photo, one photo at a time on this
        machine's processor, the median.

    Raises:
        ImportError: If ONNX was asked for, and its packages aren't installed.
        NotADirectoryError: If there is a file where the folder should be.
        ValueError: If there are no test photos, or no training photos for the formats that need them, or the model
            takes other photos or has another form.

    Example:
        >>> compare_exports(model, photos, "exports").loc["int8", ["megabytes", "agreement"]]
    """
    formats = formats or tuple(name for name in FILES if name != "onnx" or onnx_files.can_write_onnx())
    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"Expected a folder. Received: '{folder}', which is a file. Choose another name.")
    if "onnx" in formats:
        onnx_files.check_installed()
    check_exportable(model)
    report, examples = evaluate(model, photos.test), _examples(photos, formats)
    rows = {}
    with Bar("writing and trying files", len(formats), "files") as bar:
        for name in formats:
            path = write_whole(folder / FILES[name], _written(model, name, examples))
            size = path.stat().st_size / 1e6
            rows[name] = {"file": path.name, "megabytes": size} | _measured(_reader(path), report)
            bar.to(len(rows))
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("format")


def _examples(photos: Photos, formats: tuple[str, ...]) -> np.ndarray | None:
    if not set(formats) & set(converting.CALIBRATED):
        return None
    if not len(photos.train):
        raise ValueError(
            f"Expected training photos, on which {' and '.join(converting.CALIBRATED)} are set up. Received: none. "
            "Load photos with some, or choose other formats."
        )
    return examples_of(photos.train).astype(np.float32)


def _written(model: keras.Model, name: str, examples: np.ndarray | None) -> bytes:
    if name == "onnx":
        return onnx_files.convert(in_float32(model))
    if name in converting.PRECISIONS:
        return converting.convert(in_float32(model), name, features=False, examples=examples)
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / FILES["keras"]
        model.save(file)
        return file.read_bytes()


def _reader(path: Path) -> Predict:
    if path.suffix == ".tflite":
        return LiteModel(path).predict
    if path.suffix == ".onnx":
        return onnx_files.OnnxModel(path).predict
    model: Any = keras.models.load_model(path)
    return lambda images: np.asarray(model.predict_on_batch(images))


def _measured(predict: Predict, report: Report) -> dict[str, float]:
    answers = np.concatenate([predict(images) for images, _ in report.split.batches()])
    difference, agreement = difference_of(answers, report.probabilities)
    return {
        "agreement": agreement,
        "difference": difference,
        "accuracy": float((answers.argmax(axis=1) == report.split.labels).mean()),
        "milliseconds": 1000 * _seconds_per_photo(predict, report.split.images(range(min(_TIMED, len(report.split))))),
    }


def _seconds_per_photo(predict: Predict, images: np.ndarray) -> float:
    predict(images[:1])  # Keras prepares itself anew for each number of photos
    seconds = []
    for image in images:
        begun = time.perf_counter()
        predict(image[None])
        seconds.append(time.perf_counter() - begun)
    return float(np.median(seconds))
