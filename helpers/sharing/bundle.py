"""A bundle: a folder with a model and everything it takes to use it, without Keras or the training photos.

| file | what |
| --- | --- |
| `model.keras` | the model, for further training with Keras |
| `model.tflite` | the same in LiteRT: probabilities, and the features that tell known from unknown photos |
| `classes.json` | the classes' names, how a photo is prepared, how far away a known photo may lie |
| `training_features.npz` | what the model makes of the training photos: numbers, no pictures |
| `MODEL_CARD.md` | what the model is, how well it does, what it cannot do |
"""

import hashlib
import io
import json
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from helpers import checks
from helpers.judging.answer import Answer
from helpers.photos.colours import grey_range
from helpers.photos.limits import read_file
from helpers.photos.names import printable
from helpers.photos.photo import PhotoError, decode_photo
from helpers.sharing.litert import LiteModel
from helpers.sharing.schema import check_agreement, check_described

KERAS, LITE, CLASSES, FEATURES, CARD = FILES = (
    "model.keras",
    "model.tflite",
    "classes.json",
    "training_features.npz",
    "MODEL_CARD.md",
)
DIGESTED = (KERAS, LITE, FEATURES)  # files whose checksums are in classes.json
FORMAT = "graft bundle 2"
_FORMATS = (FORMAT, "graft bundle 1")  # the older one has the same limit for all classes


class Bundle:
    """A model with everything it takes to use it, from `load_bundle`. Several threads may use it at the same time.

    Attributes:
        folder: Where it is.
        class_names: Tuple of the classes' names.
        image_size: Side of the square that a photo is turned into, in pixels.
        stretch: The two values of 16-bit grey that become black and white, if the training photos were stretched.
        limit: Nineteen in twenty validation photos are closer to the training photos than this.
        limits: Class name to distance: photos that are taken for this class and lie farther away are unknown.
        card: The model card, in Markdown.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        described = json.loads((folder / CLASSES).read_text(encoding="utf-8"))
        if described["format"] not in _FORMATS:
            raise ValueError(f"format {described['format']!r}")
        check_described(described, (LITE, FEATURES))
        self.class_names = tuple(map(str, described["class_names"]))
        self.image_size, unknown = int(described["image_size"]), described["unknown"]
        self.limit, self._nth = float(unknown["limit"]), int(unknown["neighbour"])
        stretch = described.get("stretch")
        if stretch is not None:
            grey_range("stretch", stretch)
        self.stretch = None if stretch is None else (stretch[0], stretch[1])
        of_classes = unknown.get("limits", [self.limit] * len(self.class_names))
        self.limits = dict(zip(self.class_names, map(float, of_classes), strict=True))
        self.card = (folder / CARD).read_text(encoding="utf-8")
        lite, features = (_whole(folder / name, described["digests"][name]) for name in (LITE, FEATURES))
        with np.load(io.BytesIO(features), allow_pickle=False) as kept:
            self._rows = kept["rows"].astype(np.float32)
        self._model = LiteModel(lite)
        check_agreement(described, self._model, self._rows)
        if KERAS in described["digests"] and (folder / KERAS).is_file():
            _whole(folder / KERAS, described["digests"][KERAS])

    def predict(self, photo: str | Path | bytes | np.ndarray) -> Answer:
        """Return what a photo shows, and whether it looks like anything the model was trained on.

        The photo is prepared as the training photos were, see `read_photo`. It is neither changed nor stored.

        Args:
            photo: Path of a photo, the bytes of such a file, or pixels from `read_photo` or a split: an array of shape
                `(size, size, 3)`, 0 to 255.

        Returns:
            An `Answer`.

        Raises:
            TypeError: If it is none of these.
            FileNotFoundError: If there is no such file.
            ValueError: If it can't be read as a photo, or the array has another shape or other values. The message
                says why.

        Example:
            >>> print(load_bundle("my_flowers").predict("garden.jpg"))
            daisy, 93% sure
        """
        image = _checked(photo, self.image_size) if isinstance(photo, np.ndarray) else self._read(photo)
        probabilities, features = (rows[0] for rows in self._model.run(image[None]))
        label = self.class_names[int(probabilities.argmax())]
        distance = float(distance_to_nth(self._rows, features[None], self._nth)[0])
        named = dict(zip(self.class_names, map(float, probabilities), strict=True))
        return Answer(label, named, distance <= self.limits[label], distance, self.limits[label])

    def _read(self, photo: str | Path | bytes) -> np.ndarray:
        if not isinstance(photo, bytes):
            _check_file(photo)
        name = "a file" if isinstance(photo, bytes) else f"'{printable(Path(photo).name)}'"
        try:
            data = photo if isinstance(photo, bytes) else read_file(Path(photo))
            return decode_photo(data, self.image_size, self.stretch)
        except PhotoError as error:
            raise unreadable(name, error) from None

    def __repr__(self) -> str:
        return f"<Bundle '{self.folder.name}': {', '.join(self.class_names)}; photos of {self.image_size} px>"


@checks.checked(folder=checks.path)
def load_bundle(folder: str | Path) -> Bundle:
    """Open a bundle. Takes a fifth of a second: neither Keras nor TensorFlow is loaded.

    Args:
        folder: Written by `save_bundle`.

    Returns:
        A `Bundle`; its `predict` answers.

    Raises:
        FileNotFoundError: If there is no such folder, or it isn't a bundle.
        ValueError: If a file in it is damaged or belongs to another bundle.

    Example:
        >>> load_bundle("my_flowers").predict("garden.jpg").label
        'daisy'
    """
    folder = Path(folder)
    missing = [name for name in (CLASSES, LITE, FEATURES, CARD) if not (folder / name).is_file()]
    if missing:
        held = f"which lacks {', '.join(missing)}" if folder.is_dir() else "which isn't a folder"
        raise FileNotFoundError(
            f"Expected a bundle, a folder written by save_bundle. Received: '{folder}', {held}. Check the path."
        )
    try:
        return Bundle(folder)
    except (ValueError, KeyError, TypeError, RecursionError, EOFError, BadZipFile) as error:
        reason = f"no {error} in {CLASSES}" if isinstance(error, KeyError) else error
        raise ValueError(
            f"Expected a bundle, a folder written by save_bundle. Received: '{folder}', which is damaged "
            f"({reason}). Write it again with save_bundle."
        ) from None


def unreadable(name: str, error: PhotoError) -> ValueError:
    """Return what is raised for a file that can't be read as a photo."""
    return ValueError(f"Expected a photo that can be read. Received: {name}: {error}. Save it again as a JPEG.")


def digest(data: bytes) -> str:
    """Return the checksum of a file in a bundle."""
    return hashlib.sha256(data).hexdigest()


def _whole(file: Path, expected: str) -> bytes:
    # LiteRT trusts what it reads: a damaged file could end the whole process.
    data = file.read_bytes()
    if digest(data) != expected:
        raise ValueError(f"{file.name} isn't the file that was written with this bundle")
    return data


def _check_file(photo: object) -> None:
    if not isinstance(photo, str | Path):
        raise checks.WrongKindError(
            "Expected a photo: the path of a file, its bytes, or an array of pixels. Received: "
            f"{checks.shown(photo)}. Pass what names or holds one photo."
        )
    checks.path("the photo", photo)  # too long a name, for example
    if not Path(photo).is_file():
        raise FileNotFoundError(
            f"Expected a photo. Received: '{printable(photo)}', which isn't a file. Check the path."
        )


def _checked(image: np.ndarray, size: int) -> np.ndarray:
    if image.shape != (size, size, 3):
        raise ValueError(
            f"Expected a photo of shape ({size}, {size}, 3), 0 to 255. Received: shape {image.shape}. "
            f"Read it with read_photo(path, image_size={size}), or pass its path."
        )
    checks.pixels(3)("the photo", image)
    if image.dtype.kind == "f" and image.max() <= 1:
        raise ValueError(
            "Expected pixels from 0 to 255. Received: none above 1. Pass them as read_photo returns them; the network "
            "does the scaling."
        )
    return image


def unit_rows(features: np.ndarray) -> np.ndarray:
    """Return features with each row scaled to length 1, so that a product of two is their cosine; zeros stay zeros."""
    features = np.asarray(features, np.float32)
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    return features / np.where(lengths == 0, 1, lengths)


def distance_to_nth(rows: np.ndarray, features: np.ndarray, nth: int) -> np.ndarray:
    """Return each photo's cosine distance to its n-th nearest row.

    Args:
        rows: Features of the training photos, `(photos, numbers)`, from `unit_rows`.
        features: Features of the photos in question, `(others, numbers)`.
        nth: Counted from 1.
    """
    distances = 1 - unit_rows(features) @ rows.T
    return np.partition(distances, nth - 1, axis=1)[:, nth - 1]
