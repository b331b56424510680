"""From a finished pre-training to what the course ships: ``python -m helpers.synthetic.export``.

Writes the base without its top, the head it was trained with, and one picture of each class of the source task, which
training has never seen: with them, anybody can measure how much of the old task a fine-tuned base still knows.
"""

import argparse
import json
from pathlib import Path

import h5py
import keras
import numpy as np

from helpers import config
from helpers.network.base import load_base
from helpers.network.statistics import settle_statistics
from helpers.synthetic import camera, pool, source_task
from helpers.synthetic.plan import PICTURE_SIZE, Plan
from helpers.synthetic.source_model import QUIETLY, build_source_model, targets
from helpers.synthetic.views import Views

SETTLE_ON = 4096  # pictures


class _Drawn:
    """Pictures of the pool in the form that `settle_statistics` takes."""

    def __init__(self, views: Views, count: int, size: int):
        self.views, self.count, self.size = views, count, size

    def __len__(self) -> int:
        return self.count

    def batches(self, batch_size: int):
        """Yield random views, the same each time."""
        rng = np.random.default_rng(0)
        for _ in range(self.count // batch_size):
            which = rng.integers(len(self.views.full), size=batch_size)
            yield self.views.draw(which, self.size, rng), which


def export(trained: Path, plan: Plan, data: Path) -> dict[str, float]:
    """Write `data/base/` and `data/source/` from trained weights.

    Args:
        trained: `trained.npz`, from `pretrain`, in the folder that holds the pool.
        plan: The plan that it was trained with.
        data: The course's data folder.

    Returns:
        Accuracy of each head on the chunk of the pool that was kept from training.
    """
    model = build_source_model(PICTURE_SIZE, plan.steps, plan.learning_rate)
    with np.load(trained) as saved:
        model.set_weights([saved[f"arr_{number}"] for number in range(len(model.weights))])
    for layer in model.layers:
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()
    pictures, _ = pool.read_pool(trained.parent, 0, 20, PICTURE_SIZE)
    drawn = _Drawn(Views(pictures), SETTLE_ON, PICTURE_SIZE)
    settle_statistics(model, drawn)  # pyright: ignore[reportArgumentType]  # it asks a split for batches alone
    kept, factors = pool.read_pool(trained.parent, plan.chunks - 1, plan.chunks, PICTURE_SIZE)
    judged = model.evaluate(kept.astype("float32"), targets(factors), batch_size=64, return_dict=True, **QUIETLY)
    write_base(model, data / "base")
    write_pictures(kept, factors, data / "source")
    return {name: round(float(value), 4) for name, value in judged.items() if name.endswith("accuracy")}


def write_base(model: keras.Model, folder: Path) -> None:
    """Write the base's weights, kernels in float16, and its head for the source task with the names of the classes."""
    folder.mkdir(parents=True, exist_ok=True)
    base = keras.Model(model.input, model.get_layer("top_activation").output)
    stock = load_base("EfficientNetB0", weights=None, image_size=PICTURE_SIZE)
    stock.set_weights(base.get_weights())
    unfinished = folder / "unfinished.weights.h5"
    stock.save_weights(unfinished)
    halve_kernels(unfinished)
    unfinished.replace(folder / config.BUNDLED_BASE.name)
    kernel, bias = model.get_layer("label").get_weights()
    names = np.array([each.name for each in source_task.source_classes()])
    np.savez_compressed(folder / config.SOURCE_HEAD.name, kernel=kernel.astype("float16"), bias=bias, class_names=names)


def halve_kernels(file: Path) -> None:
    """Rewrite a weights file with its kernels in float16: half the size, and a relative error of a two-thousandth.

    Vectors (biases, and BatchNormalization's variances, some of which are too small for float16) stay as they are.
    """
    smaller = file.with_name(f"smaller-{file.name}")
    with h5py.File(file) as old, h5py.File(smaller, "w", track_order=True) as new:

        def copy(name: str, item) -> None:
            if isinstance(item, h5py.Dataset):
                values = item[()]
                values = values.astype("float16") if np.ndim(values) > 1 else values
                new.create_dataset(name, data=values)
            else:
                new.require_group(name)
            new[name].attrs.update(item.attrs)

        new.attrs.update(old.attrs)
        old.visititems(copy)
    smaller.replace(file)


def write_pictures(pictures: np.ndarray, factors: np.ndarray, folder: Path) -> None:
    """Write one picture a class as `<number of the class>.jpg`."""
    folder.mkdir(parents=True, exist_ok=True)
    for picture, row in zip(pictures, factors, strict=True):
        (folder / f"{row[0]:03d}.jpg").write_bytes(camera.as_jpeg(picture, 85))


def main() -> None:
    """Run the command."""
    told = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(prog="python -m helpers.synthetic.export", description=told)
    parser.add_argument("--trained", type=Path, default=config.DATA / "cache" / "source" / "trained.npz")
    parser.add_argument("--data", type=Path, default=config.DATA)
    options = parser.parse_args()
    print(json.dumps(export(options.trained, Plan(), options.data), indent=1))


if __name__ == "__main__":
    main()
