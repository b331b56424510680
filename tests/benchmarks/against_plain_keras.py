"""Training against plain Keras, side by side in one process: `make bench`.

Both sides start from the same folder of photos and the same base, and train the same layers for the same epochs. Plain
Keras is written as its transfer-learning guide writes it: a `tf.data` pipeline whose decoded photos are kept after the
first epoch, `base(x, training=False)`, pooling, dropout, a dense layer, `fit`. Where Keras starts with its photos
decoded, Graft starts with its activations kept ("warm"); where Graft starts with nothing, so does Keras ("cold").
"""

import argparse
import datetime
import json
import os
import platform
import re
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import keras
import tensorflow as tf

from helpers import attach_head, blocks, config, fit, freeze, load_base, load_photos
from helpers.activations import cache, engines
from helpers.network import cutting
from helpers.network.head import copy_of
from helpers.photos.views import PhotoViews, batches_of
from tests import shared
from tests.benchmarks.readme_part import into_readme

BATCH_SIZE, RATE = config.BATCH_SIZE, 1e-3
GOALS = {
    "head only, nothing kept": 12,
    "head only, converted prefix kept": 20,
    "head only again, another learning rate": 60,
    "fine-tuning from block7a": 4,
    "fine-tuning from block5a": 1.6,
    "boundaries block4a to top": 2,
}
PARTS = {
    "decode": "reading and decoding the photos",
    "convert": "converting the network for OpenVINO",
    "prefix": "the frozen base, head only, with nothing kept",
    "suffix": "all epochs of the head",
    "all boundaries' prefixes": "the frozen blocks at all boundaries, in one pass, reading included",
    "one pass, openvino, again": "the floor: one pass through the base, OpenVINO",
    "one pass, tensorflow, again": "the same by TensorFlow",
}


class Plain:
    """Plain Keras's side: decoded photos are kept between runs, as `.cache()` keeps them."""

    def __init__(self, folder: Path, photos):
        self.size, self.classes = photos.image_size, len(photos.class_names)
        self.train, self.val = self._pipeline(photos.train), self._pipeline(photos.val)

    def _pipeline(self, split) -> tf.data.Dataset:
        def decode(path, label):
            picture = tf.io.decode_jpeg(tf.io.read_file(path), channels=3)
            return tf.image.resize(picture, (self.size, self.size), antialias=True), label

        paths = tf.data.Dataset.from_tensor_slices(([str(path) for path in split.paths], split.labels))
        decoded = paths.map(decode, num_parallel_calls=tf.data.AUTOTUNE)
        return decoded.batch(BATCH_SIZE).cache().prefetch(tf.data.AUTOTUNE)

    def run(self, base: keras.Model, until: str, epochs: int, rate: float = RATE) -> float:
        """Train what lies above a block, in the guide's way, and return the seconds it took."""
        began = time.perf_counter()
        base = copy_of(base)
        frozen = True
        for block in blocks(base):
            for layer in map(base.get_layer, block.layers):
                layer.trainable = not frozen and not isinstance(layer, keras.layers.BatchNormalization)
            frozen = frozen and block.name != until
        inputs = keras.Input((self.size, self.size, 3))
        x = keras.layers.GlobalAveragePooling2D()(base(inputs, training=False))
        x = keras.layers.Dropout(0.2)(x)
        model = keras.Model(inputs, keras.layers.Dense(self.classes, activation="softmax")(x))
        model.compile(keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        model.fit(self.train, epochs=epochs, validation_data=self.val, shuffle=False, verbose=0)
        return time.perf_counter() - began


class Graft:
    """Graft's side: activations are kept on disk between runs."""

    def __init__(self, base: keras.Model, folder: Path, size: int):
        self.base, self.folder, self.size = base, folder, size
        self.photos = load_photos(folder, image_size=size)

    def cold(self, epochs: int) -> tuple[float, dict]:
        """Load, freeze and train; return the seconds, and those of the parts."""
        began = time.perf_counter()
        self.photos = load_photos(self.folder, image_size=self.size)
        decode = time.perf_counter() - began
        model = attach_head(self.base, classes=len(self.photos.class_names))
        freeze(model, until="top")
        run = fit(model, self.photos, epochs=epochs, learning_rate=RATE, batch_size=BATCH_SIZE, progress=False)
        seconds = time.perf_counter() - began
        parts = {"decode": decode, "prefix": run.settings["cache_seconds"], "suffix": float(run.history.seconds.sum())}
        return seconds, parts

    def warm(self, until: str, epochs: int, rate: float = RATE) -> float:
        """Train what lies above a block on activations that are kept already; return the seconds."""
        cut = self._cut(until)
        for photos in self._wanted():
            cache.activations_at(self._model(until), cut, photos, engine=self._engine())
        began = time.perf_counter()
        fit(self._model(until), self.photos, epochs=epochs, learning_rate=rate, batch_size=BATCH_SIZE, progress=False)
        return time.perf_counter() - began

    def every(self, untils: list[str], epochs: int) -> tuple[float, float]:
        """Fill all boundaries in one pass, train above each; return the seconds, and those of the pass."""
        began = time.perf_counter()
        self.photos = load_photos(self.folder, image_size=self.size)
        model = self._model("top")
        cuts = [cutting.find_cut(model) for until in untils if freeze(model, until=until)]
        for photos in self._wanted():
            cache.activations_at_each(model, cuts, photos, engine=self._engine())
        filled = time.perf_counter() - began
        for until in untils:
            fit(
                self._model(until),
                self.photos,
                epochs=epochs,
                learning_rate=RATE,
                batch_size=BATCH_SIZE,
                progress=False,
            )
        return time.perf_counter() - began, filled

    def _model(self, until: str) -> keras.Model:
        model = attach_head(self.base, classes=len(self.photos.class_names))
        freeze(model, until=until)
        return model

    def _cut(self, until: str) -> str:
        return cutting.find_cut(self._model(until))

    def _wanted(self) -> list[PhotoViews]:
        return [PhotoViews(self.photos.train), PhotoViews(self.photos.val)]

    def _engine(self) -> str:
        return engines.choose("auto", sum(map(len, self._wanted())), self.size)


@contextmanager
def empty_cache():
    """Point the activations to an empty folder while the block runs."""
    before, folder = os.environ.get("GRAFT_CACHE"), tempfile.mkdtemp(prefix="graft-bench-")
    os.environ["GRAFT_CACHE"] = folder
    try:
        yield Path(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.environ.pop("GRAFT_CACHE") if before is None else os.environ.update(GRAFT_CACHE=before)


def floor(graft: Graft) -> dict[str, float]:
    """Return the seconds of one forward pass over the photos, by each engine, and of converting the network."""
    model = graft._model("top")
    part = cutting.part(model, None, [graft._cut("top")])
    seconds: dict[str, float] = {}
    batches = [batch for photos in graft._wanted() for batch in batches_of(photos)]
    for engine in engines.available():
        with empty_cache():
            for turn in ("first", "again"):  # the first time includes planning, or converting
                began = time.perf_counter()
                for _ in engines.run(part, batches, engine, "floor", cache.kept_on_disk()):
                    pass
                seconds[f"{engine}, {turn}"] = time.perf_counter() - began
    return seconds


def measure(options, report: Callable[[str, float, float], None]) -> dict:
    """Run both sides, and report each pair of seconds; return the parts."""
    base = load_base("EfficientNetB0", weights=None, image_size=options.image_size)
    graft = Graft(base, options.folder, options.image_size)
    plain = Plain(options.folder, graft.photos)
    head, tune, few = options.epochs
    with empty_cache() as folder:
        cold, parts = graft.cold(head)
        plain_cold = plain.run(base, "top", head)
        report("head only, nothing kept", plain_cold, cold)
        for file in folder.rglob("*.npy"):
            if "openvino" not in file.name:
                file.unlink()
        report("head only, converted prefix kept", plain_cold, graft.cold(head)[0])
        again = plain.run(base, "top", head, RATE / 3)
        report("head only again, another learning rate", again, graft.warm("top", head, RATE / 3))
        for block, until in (("block7a", "block6d"), ("block5a", "block4c")):
            # In turns, and the better of each: what else the machine does hits both alike.
            turns = [(plain.run(base, until, tune), graft.warm(until, tune)) for _ in range(options.turns)]
            report(f"fine-tuning from {block}", *map(min, zip(*turns, strict=True)))
    names = [block.name for block in blocks(base)]
    untils = names[names.index("block4a") :]
    with empty_cache():
        ours, parts["all boundaries' prefixes"] = graft.every(untils, few)
    fresh = Plain(options.folder, graft.photos)
    report("boundaries block4a to top", sum(fresh.run(base, until, few) for until in untils), ours)
    return parts | {f"one pass, {name}": seconds for name, seconds in floor(graft).items()}


def processor() -> str:
    """Return the processor's name."""
    about = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    found = re.search(r"model name\s*:\s*(.+)", about)
    return f"{found[1].strip() if found else platform.processor() or platform.machine()}, {os.cpu_count()} cores"


def as_markdown(record: dict) -> str:
    """Return the figures as two tables."""
    head, tune, few = record["epochs"]
    lines = [
        f"{record['photos']} photos, {record['image_size']} px, EfficientNetB0, batches of {BATCH_SIZE}; {head} epochs "
        f"of the head, {tune} of fine-tuning, {few} for each of the boundaries. {record['processor']}; "
        f"{record['date']}; TensorFlow {record['tensorflow']}, Keras {record['keras']}.",
        "",
        "| | plain Keras | Graft | times faster |",
        "| --- | ---: | ---: | ---: |",
    ]
    for row in record["rows"]:
        plain, graft = row["plain_seconds"], row["graft_seconds"]
        lines.append(f"| {row['name']} | {plain:.1f} s | {graft:.1f} s | {row['times_faster']:.1f} |")
    parts = dict(record["parts"])
    if "one pass, openvino, again" in parts:
        parts["convert"] = parts["one pass, openvino, first"] - parts["one pass, openvino, again"]
    lines += ["", "| parts of Graft's time | |", "| --- | ---: |"]
    lines += [f"| {PARTS[name]} | {parts[name]:.1f} s |" for name in PARTS if name in parts]
    return "\n".join(lines) + "\n"


def write(record: dict) -> None:
    """Write the figures as JSON and Markdown, and into the README between its marks."""
    config.RESULTS.mkdir(parents=True, exist_ok=True)
    (config.RESULTS / "speed.json").write_text(json.dumps(record, indent=1) + "\n")
    (config.RESULTS / "speed.md").write_text("# Speed against plain Keras\n\n`make bench`\n\n" + as_markdown(record))
    into_readme("speed", as_markdown(record))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=shared.PHOTOS, help="one sub-folder of JPEGs per class")
    parser.add_argument("--image-size", type=int, default=224)
    parser.add_argument("--epochs", type=int, nargs=3, default=[20, 5, 3], help="head, fine-tuning, each boundary")
    parser.add_argument("--turns", type=int, default=2, help="of fine-tuning, of which the better counts")
    parser.add_argument("--write", action="store_true", help="write data/results/speed.* and the README's table")
    options = parser.parse_args()
    rows: list[dict] = []

    def report(name: str, plain: float, graft: float) -> None:
        times = {"plain_seconds": plain, "graft_seconds": graft, "times_faster": plain / graft}
        rows.append({"name": name, **times, "goal": GOALS[name]})
        told = f"{plain:7.1f} s {graft:7.1f} s {plain / graft:6.1f} times faster (hoped for: {GOALS[name]})"
        print(f"{name:40s} {told}", flush=True)

    parts = measure(options, report)
    photos = load_photos(options.folder, image_size=options.image_size)
    record = {
        "date": datetime.date.today().isoformat(), "processor": processor(), "tensorflow": tf.__version__,
        "keras": keras.__version__, "photos": len(photos.train) + len(photos.val), "image_size": options.image_size,
        "epochs": options.epochs, "rows": rows, "parts": parts,
    }  # fmt: skip
    print("\n" + as_markdown(record))
    if options.write:
        write(record)


if __name__ == "__main__":
    main()
