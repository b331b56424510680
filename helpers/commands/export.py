"""`export`: a bundle's model in every format that it can be shared in, with a table of how they compare."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.commands.check import print_skipped, tell
from helpers.commands.options import add_bundle
from helpers.photos.names import printable

if TYPE_CHECKING:
    from helpers.photos.dataset import Photos
    from helpers.sharing.bundle import Bundle

HELP = "write a bundle's model in other formats, and compare their answers, sizes and speed"
# Some photos set up the formats of whole numbers, and most compare. `load_photos` wants a few for validation, too.
_DEALT = (0.3, 0.05, 0.65)


def add_options(command: ArgumentParser) -> None:
    """Tell argparse what the command takes."""
    add_bundle(command)
    command.add_argument(
        "folder",
        help="labelled photos to compare on, which the model wasn't trained on: one sub-folder per class; or the "
        "folder that it was trained on, if that is divided into train and test. Classes are matched by name",
    )
    command.add_argument("--out", required=True, metavar="FOLDER", help="where to write the files: a new folder")
    command.add_argument(
        "--formats",
        nargs="+",
        metavar="FORMAT",
        help="some of keras, float32, float16, int8, full_int8, onnx (default: all that can be written here)",
    )


def run(options: Namespace) -> None:
    """Write the files, and tell for each how large, how close to the model, how good and how fast it is."""
    from helpers.sharing.bundle import load_bundle

    out = Path(options.out)
    if out.exists() or out.is_symlink():
        raise FileExistsError(
            f"Expected a new folder to write to. Received: '{printable(out)}', which is there. Choose another name."
        )
    bundle = load_bundle(options.bundle)
    file = _keras_file(bundle)
    photos = _load(bundle, Path(options.folder))
    print_skipped(photos, Path(options.folder))

    import keras

    from helpers.network.facts import state_facts
    from helpers.sharing.comparing import compare_exports

    model: Any = keras.models.load_model(file)
    state_facts(model, class_names=bundle.class_names)  # a file of Keras's doesn't hold them
    table = compare_exports(model, photos, out, tuple(options.formats or ()) or None)
    tell(f"compared on {len(photos.test)} photos; milliseconds per photo are those of this machine")
    digits = {"megabytes": 1, "agreement": 3, "difference": 5, "accuracy": 3, "milliseconds": 1}
    for line in table.reset_index().round(digits).to_string(index=False).splitlines():
        tell(line)


def _keras_file(bundle: "Bundle") -> Path:
    from helpers.sharing.bundle import KERAS

    file = bundle.folder / KERAS
    if not file.is_file():
        raise FileNotFoundError(
            f"Expected a bundle with {KERAS}, which the other formats are made from. Received: "
            f"'{printable(bundle.folder)}', which lacks it. Write the bundle again with save_bundle."
        )
    return file


def _load(bundle: "Bundle", folder: Path) -> "Photos":
    from helpers import config
    from helpers.photos.layout import layout_of
    from helpers.photos.loading import load_photos

    split = config.SPLIT if layout_of(folder, None).parts else _DEALT
    return load_photos(folder, bundle.image_size, split=split, stretch=bundle.stretch or False)
