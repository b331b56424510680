"""Writing a model as a LiteRT file, which is compared with the model before it appears."""

from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from helpers import checks
from helpers.activations import engines
from helpers.activations.whole_files import write_whole
from helpers.network.blocks import check_functional
from helpers.network.head import copy_with
from helpers.photos.split import Split
from helpers.sharing.converting import CALIBRATED, PRECISIONS, convert
from helpers.sharing.litert import LiteModel, check_images

# How far a probability may be from Keras's: rounding only; half the digits; 256 steps for what each layer gives.
TOLERANCE = {"float32": 1e-4, "float16": 0.05, "int8": 0.5, "full_int8": 0.5}
_COMPARED = 8  # patterns to compare on if no photos are given
_EXAMPLES = 100  # photos that ranges are measured on; LiteRT's guide asks for about so many


@dataclass(frozen=True)
class Export:
    """What `export_litert` wrote, and how closely it follows the model.

    Attributes:
        path: The file.
        precision: One of "float32", "float16", "int8" and "full_int8", see `export_litert`.
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
    precision=checks.one_of(*PRECISIONS),
    images=checks.or_none(checks.pixels(4)),
    features=checks.flag,
    examples=checks.or_none(checks.pixels(4)),
)
def export_litert(
    model: keras.Model,
    path: str | Path,
    precision: str = "float32",
    images: np.ndarray | None = None,
    features: bool = False,
    examples: np.ndarray | None = None,
) -> Export:
    """Write a model as a LiteRT file, and compare the file with the model before it appears.

    Takes about five seconds, with examples somewhat longer. The file appears complete or not at all.

    Args:
        model: Photos to probabilities, from `attach_head` or of the same form.
        path: Path of the file; it usually ends in `.tflite`.
        precision: Number format. `"float32"` keeps all digits; `"float16"` halves the file. `"int8"` turns weights and
            what the layers give into whole numbers of 8 bits, a little over a quarter of the size, and still takes and
            gives float32; a layer that LiteRT can't run so stays as it is. `"full_int8"` also takes photos and gives
            probabilities in 8 bits (`uint8`), for chips that have nothing else, such as the Edge TPU. `LiteModel`
            runs all four alike.
        images: A few photos to compare on, `(photos, size, size, 3)`, 0 to 255, such as `photos.val.images()[:32]`.
            By default eight patterns drawn at random.
        features: Whether the file gets a second output: the features that the output layer works on. They tell
            known photos from unknown ones.
        examples: Training photos to measure on which numbers each layer gives, `(photos, size, size, 3)`, 0 to 255; see
            `examples_of`. `"int8"` and `"full_int8"` need them; about a hundred are enough.

    Returns:
        An `Export`: size, largest difference, agreement.

    Raises:
        ValueError: If an argument is wrong, the model has another form, or the file would give other probabilities
            than the model, beyond rounding. Then nothing is written.

    Example:
        >>> export_litert(model, "flowers.tflite", images=photos.val.images()[:32]).difference < 1e-4
        True
        >>> export_litert(model, "small.tflite", "int8", examples=photos.train.images()[:100]).size
        4017384
    """
    size, model = check_exportable(model), in_float32(model)
    images = images_to_compare(images, size)
    data = convert(model, precision, features, _checked_examples(examples, precision, size))
    theirs, ours = engines.predict_images(model, images), LiteModel(data).predict(images)
    difference, agreement = check_close(ours, theirs, precision)
    return Export(write_whole(Path(path), data), precision, len(data), len(images), difference, agreement)


def images_to_compare(images: np.ndarray | None, size: int) -> np.ndarray:
    """Return the photos to compare a file with its model on as float32: those that were given, or patterns."""
    return _patterns(size) if images is None else check_images(images, size)


def check_close(ours: np.ndarray, theirs: np.ndarray, precision: str) -> tuple[float, float]:
    """Return what `difference_of` does, or raise `ValueError` if a file is too far from the model.

    Args:
        ours: The file's probabilities, of shape `(photos, classes)`.
        theirs: The model's, of the same photos.
        precision: Of the file; decides how large the difference may be.
    """
    difference, agreement = difference_of(ours, theirs)
    if not difference <= TOLERANCE[precision]:  # so that NaN fails as well
        raise ValueError(
            f"Expected the file to give the model's probabilities to within {TOLERANCE[precision]} ({precision}). "
            f"Received: a difference of {difference:.3g}, so nothing was written. Export with another precision"
            f"{', or with other examples' if precision in CALIBRATED else ''}."
        )
    return difference, agreement


def difference_of(ours: np.ndarray, theirs: np.ndarray) -> tuple[float, float]:
    """Return the largest difference of a probability, and the share of photos with the same likeliest class."""
    return float(np.abs(ours - theirs).max()), float((ours.argmax(axis=1) == theirs.argmax(axis=1)).mean())


def in_float32(model: keras.Model) -> keras.Model:
    """Return a model that computes in float32: itself, or a copy of one with mixed precision, which LiteRT lacks."""
    if all(layer.compute_dtype == "float32" for layer in model.layers):
        return model
    return copy_with(model, lambda layer: layer.__class__.from_config(layer.get_config() | {"dtype": "float32"}))


def examples_of(split: Split) -> np.ndarray:
    """Return photos to measure ranges on: a hundred drawn at random, or all if there are fewer.

    Args:
        split: `photos.train`; the photos that a file is compared or judged on must be others.

    Returns:
        Array of shape `(photos, size, size, 3)`, `uint8`.
    """
    rows = np.random.default_rng(0).permutation(len(split))[:_EXAMPLES]
    return split.images(np.sort(rows))


def _checked_examples(examples: np.ndarray | None, precision: str, size: int) -> np.ndarray | None:
    if examples is None and precision in CALIBRATED:
        raise ValueError(
            f"Expected examples for {precision}: photos to measure on which numbers each layer gives. Received: none. "
            "Pass examples=photos.train.images()[:100]."
        )
    return None if examples is None else check_images(examples, size)


def check_exportable(model: keras.Model) -> int:
    """Return the side of the photos that a model takes, or raise `ValueError` if it can't be exported."""
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
