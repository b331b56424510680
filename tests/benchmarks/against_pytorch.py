"""Training behind the freeze boundary against PyTorch, side by side: `python -m tests.benchmarks.against_pytorch`.

PyTorch and torchvision aren't dependencies of the course; without them this says so and ends. Both sides train
EfficientNetB0 above a block on random activations of the same shape, in batches of 32, with Adam, BatchNorm in
inference mode: Graft as `fit` does, PyTorch in eager mode with channels last, its faster layout here. They take turns,
and the best turn of each counts.
"""

import argparse
import datetime
import json
import os
import time
from collections.abc import Callable

try:
    import torch  # before TensorFlow: with both CUDA builds in a process, the other order ends in a crash
    import torchvision
except ImportError:
    torch = torchvision = None

import keras
import numpy as np

from helpers import attach_head, config, freeze, load_base
from helpers.network import cutting, twins
from helpers.training import compiling
from helpers.training.settings import TrainingSettings
from tests.benchmarks.against_plain_keras import processor
from tests.benchmarks.readme_part import into_readme

# torchvision's `features` are numbered: the stem is 0, stages 1 to 7 follow, the top is 8.
BOUNDARIES = {"block6d": 7, "block5c": 6, "block4c": 5, None: 0}


def graft_step(until: str | None, image_size: int) -> tuple[Callable[[], None], tuple[int, ...]]:
    """Return a training step, and the shape of one photo's activations that it starts from."""
    settings = TrainingSettings()
    model = attach_head(load_base("EfficientNetB0", weights=None, image_size=image_size), classes=5, share=True)
    model.pretrained = True  # keeps BatchNorm frozen, as in the other
    freeze(model, until=until)
    cut = cutting.find_cut(model)
    part = cutting.suffix(model, cut) if cut else cutting.whole(model)
    shape = tuple(part.input_shape[1:])
    photos, labels = np.random.default_rng(0).random((32, *shape), dtype="float32"), np.arange(32) % 5
    with twins.lent(part, "bench", lambda twin: compiling.compile_whole(twin, settings, labels[:1])) as twin:
        return lambda: twin.train_on_batch(photos, labels), shape


def torch_step(first: int, shape: tuple[int, ...]) -> Callable[[], None]:
    """Return the same step in PyTorch."""
    whole = torchvision.models.efficientnet_b0(num_classes=5)
    part = torch.nn.Sequential(whole.features[first:], whole.avgpool, torch.nn.Flatten(), whole.classifier)
    part = part.to(memory_format=torch.channels_last).train()
    for module in part.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.eval().requires_grad_(False)
    optimizer = torch.optim.Adam([weight for weight in part.parameters() if weight.requires_grad], 1e-3)
    photos = torch.rand(32, shape[2], *shape[:2]).to(memory_format=torch.channels_last)
    labels = torch.arange(32) % 5

    def step() -> None:
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(part(photos), labels).backward()
        optimizer.step()

    return step


def photos_per_second(steps: list[Callable[[], None]], turns: int, per_turn: int) -> list[float]:
    """Return the best rate of each step over some turns."""
    best = [0.0] * len(steps)
    for step in steps:
        step()  # traces, plans
    for _ in range(turns):
        for number, step in enumerate(steps):
            began = time.perf_counter()
            for _ in range(per_turn):
                step()
            best[number] = max(best[number], 32 * per_turn / (time.perf_counter() - began))
    return best


def as_markdown(record: dict) -> str:
    """Return the figures as a table."""
    lines = [
        f"Photos per second in training EfficientNetB0 above a boundary, on kept activations: Graft, PyTorch "
        f"{record['torch'].partition('+')[0]}, and how many times faster. {record['processor']}; {record['date']}.",
        "",
        "| frozen up to | px | PyTorch | Graft | times faster |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for row in record["rows"]:
        lines.append(
            f"| {row['until'] or 'nothing'} | {row['image_size']} | {row['pytorch']:,.0f} | {row['graft']:,.0f} | "
            f"{row['ratio']:.2f} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--image-sizes", type=int, nargs="+", default=[128, 224])
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--steps", type=int, default=4, help="per turn")
    parser.add_argument("--write", action="store_true", help="write data/results/against_pytorch.json")
    options = parser.parse_args()
    if torch is None:
        print("PyTorch and torchvision are not installed, and the course doesn't need them: nothing to compare with.")
        return
    torch.set_num_threads(os.cpu_count() or 1)
    rows = []
    for size in options.image_sizes:
        for until, first in BOUNDARIES.items():
            keras.backend.clear_session()
            ours, shape = graft_step(until, size)
            graft, other = photos_per_second([ours, torch_step(first, shape)], options.turns, options.steps)
            rows.append({"image_size": size, "until": until, "graft": graft, "pytorch": other, "ratio": graft / other})
            print(
                f"{size} px, above {until}: {graft:.0f} : {other:.0f} photos a second, {graft / other:.2f}", flush=True
            )
    record = {
        "date": datetime.date.today().isoformat(), "processor": processor(), "versions": config.versions(),
        "torch": torch.__version__, "torchvision": torchvision.__version__, "rows": rows,
    }  # fmt: skip
    if options.write:
        (config.RESULTS / "against_pytorch.json").write_text(json.dumps(record, indent=1) + "\n")
        into_readme("pytorch", as_markdown(record))


if __name__ == "__main__":
    main()
