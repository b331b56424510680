"""What a freeze boundary costs: weights, bytes kept, and seconds per epoch, measured on this machine block by block."""

import json
import os
import platform
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from helpers import config
from helpers.activations.cache import kept_on_disk, size_at
from helpers.activations.whole_files import write_whole
from helpers.network import cutting, freezing, head
from helpers.network.blocks import blocks
from helpers.network.pointwise import quicker
from helpers.photos.loading import Photos
from helpers.photos.views import PhotoViews
from helpers.training import machine
from helpers.training.block_times import BlockTimes

_TURNS = 3
_KIND = "2"  # of what is measured; another number lets no time of before count


@dataclass(frozen=True)
class Outlook:
    """What training at a freeze boundary would cost.

    Attributes:
        boundary: Highest frozen block; `None` where nothing is frozen.
        trainable_params: Weights that training changes.
        frozen_params: Weights that it leaves alone.
        cut: Layer at whose output the activations are kept; `None` where nothing is kept.
        kept_bytes: Bytes that the kept activations of training and validation photos take.
        epoch_seconds: How long an epoch takes on this machine; `None` until it is measured.
    """

    boundary: str | None
    trainable_params: int
    frozen_params: int
    cut: str | None
    kept_bytes: int
    epoch_seconds: float | None


def outlook(
    model: keras.Model, photos: Photos, augment: bool | float = False, times: BlockTimes | None = None
) -> Outlook:
    """Return what training a model as it is frozen now would cost. Nothing is trained or computed for it.

    Args:
        model: A flat model with a head, from `attach_head`, frozen by `freeze`.
        photos: What it would be trained on.
        augment: Whether several views of each photo would be kept.
        times: From `measure_blocks`; without it the seconds are left open.

    Returns:
        An `Outlook`.

    Example:
        >>> freeze(model, until="block6d")
        >>> outlook(model, photos).kept_bytes
        7864320
    """
    plan, cut = freezing.plan_of(model), cutting.find_cut(model)
    kept = 0
    if cut:
        views = config.AUGMENT_VIEWS if augment else 0
        wanted = [PhotoViews(photos.train, views), PhotoViews(photos.val)]
        kept = sum(size_at(model, cut, each) for each in wanted)
        if kept_on_disk().reason_not_cached(kept):
            cut, kept = None, 0
    names = [*(block.name for block in blocks(model)), "head"]
    first = names.index(plan.boundary) + 1 if plan.boundary else 0
    seconds = times.epoch_seconds(names[first:], len(photos.train), len(photos.val)) if times else None
    if times and seconds is not None and not cut:  # then the frozen blocks run in every epoch, too
        seconds = seconds + times.forward_seconds(names[:first], len(photos.train) + len(photos.val))
    return Outlook(plan.boundary, plan.trainable_params, plan.frozen_params, cut, kept, seconds)


def measure_blocks(
    model: keras.Model,
    image_size: int,
    batch_size: int = config.BATCH_SIZE,
    on_block: Callable[[BlockTimes], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> BlockTimes:
    """Measure how long a batch takes in each block of a model, forward, and forward and back.

    Each block runs alone, on numbers drawn at random, from the head down. The sum over the blocks above a boundary is
    what a training step there costs; nothing has to be trained to know it. Of three turns the quickest counts, since
    others may be using the machine. What was measured is kept for the next time, and measured again after a month, or
    where a quick probe shows that the machine was much busier then than it is now.

    Args:
        model: A flat model with a head, from `attach_head`.
        image_size: Side of the photos in pixels.
        batch_size: Photos per batch.
        on_block: Called with all times so far after each block.
        stop: Asked before each block; measuring ends once it returns `True`.

    Returns:
        `BlockTimes`, with a row for `"head"` and each block, if it was not stopped.

    Example:
        >>> times = measure_blocks(model, image_size=128)
        >>> times.epoch_seconds(["top", "head"], train_photos=600, val_photos=200)
    """
    file = _file_of(model, image_size, batch_size)
    times = _kept(file, batch_size).without_doubtful(machine.pace(), time.time())
    model = head.copy_with(model, quicker)  # as `fit` trains it; a copy, because measuring trains
    model.trainable = True
    for name, part, shape in reversed(list(_parts(model, (batch_size, image_size, image_size, 3)))):
        if stop is not None and stop():
            break
        if name not in times.training:
            times.pace[name], times.measured_at[name] = machine.pace(), time.time()
            times.forward[name], times.training[name] = _time_part(part, shape)
            with suppress(OSError):  # where nothing can be written, it is measured again the next time
                write_whole(file, json.dumps(asdict(times)).encode())
        if on_block is not None:
            on_block(times)
    return times


def _file_of(model: keras.Model, image_size: int, batch_size: int) -> Path:
    # Hidden layers change the head, and a slower machine everything.
    widths = "x".join(str(layer.output.shape[-1]) for layer in freezing.head_layers(model))
    computer = f"{platform.node()}-{os.cpu_count()}"
    return config.cache_folder() / "times" / f"{model.name}-{widths}-{image_size}-{batch_size}-{computer}-{_KIND}.json"


def _kept(file: Path, batch_size: int) -> BlockTimes:
    try:
        times = BlockTimes(**json.loads(file.read_text(encoding="utf-8")))
        return times if times.measured_at.keys() == times.training.keys() else BlockTimes(batch_size)
    except (OSError, ValueError, TypeError, AttributeError):  # none there yet, or damaged
        return BlockTimes(batch_size)


def _parts(model: keras.Model, shape: tuple[int, ...]) -> Iterator[tuple[str, keras.Model, tuple[int, ...]]]:
    begin: str | None = None
    for block in blocks(model):
        part = cutting.part(model, begin, [block.output_layer])
        yield block.name, part, shape
        begin, shape = block.output_layer, part.compute_output_shape(shape)
    assert begin is not None  # a base has blocks
    yield "head", cutting.suffix(model, begin), shape


def _time_part(part: keras.Model, shape: tuple[int, ...]) -> tuple[float, float]:
    values = tf.constant(np.random.default_rng(0).uniform(0, 1, shape).astype("float32"))
    weights = [weight.value for layer in part.layers for weight in layer.weights if weight.trainable]

    @tf.function
    def forward() -> tf.Tensor:
        return tf.reduce_sum(part(values, training=False))

    @tf.function
    def training() -> list:
        with tf.GradientTape() as tape:
            tape.watch(values)
            total = tf.reduce_sum(part(values, training=True))
        return [each for each in tape.gradient(total, [values, *weights]) if each is not None]

    return machine.quickest(forward, _TURNS), machine.quickest(training, _TURNS)
