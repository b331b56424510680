"""How long a run would take from the press of a button to its result, and what for.

Per epoch, a small training takes a tenth of a second; what comes before the first epoch can take a hundred times as
long. Block times say how long the arithmetic takes. The rest is Python's work: building networks, and tracing them. It
is told as a multiple of the time in which this machine built the network, since a machine that is slow at one is slow
at the other.
"""

import math
from dataclasses import dataclass, replace

import keras

from helpers.activations.cache import kept_on_disk, reason_not_cached
from helpers.activations.keys import keys_of, names_up_to
from helpers.network import cutting, freezing, twins
from helpers.network.blocks import blocks
from helpers.photos.loading import Photos
from helpers.photos.views import PhotoViews
from helpers.training import compiling, frozen_blocks
from helpers.training.block_times import BlockTimes
from helpers.training.recipe import Step

# Multiples of the time that building the network took, measured with EfficientNetLite0 and processor time.
_TRACE_PREDICTING = 2.7  # the whole network
_TRACE_TRAINING = 11.0  # the whole network: copied, traced for validation and for training steps
_TRACE_ANY = 0.5  # a suffix of any size
_ONCE = 0.8  # per call of fit: weights compared before and after, optimizer set back
_PER_EPOCH = 0.04  # Keras begins and ends an epoch, and its validation
# OpenVINO against TensorFlow, with the block times that were measured for the latter.
_OPENVINO_SHARE, _OPENVINO_CONVERTS = 0.4, 8.0


@dataclass(frozen=True)
class Forecast:
    """How many seconds parts of a run would take.

    Attributes:
        activations: Running the frozen blocks once over all photos; 0 if their activations are kept.
        tracing: TensorFlow's preparations; 0 if a network like this was trained and judged before.
        epochs: All epochs.
        rest: Building and copying networks, judging the result, drawing.
    """

    activations: float = 0.0
    tracing: float = 0.0
    epochs: float = 0.0
    rest: float = 0.0

    @property
    def total(self) -> float:
        """All seconds."""
        return self.activations + self.tracing + self.epochs + self.rest

    def __add__(self, other: "Forecast") -> "Forecast":
        return Forecast(
            self.activations + other.activations,
            self.tracing + other.tracing,
            self.epochs + other.epochs,
            self.rest + other.rest,
        )


def with_keras_own(in_blocks: float, building: float) -> float:
    """Return the seconds of an epoch: those spent in its blocks, and what Keras takes to begin and end it.

    Args:
        in_blocks: From `BlockTimes.epoch_seconds`.
        building: Seconds that `attach_head` took on this machine.
    """
    return in_blocks + _PER_EPOCH * building


def forecast_step(
    model: keras.Model,
    photos: Photos,
    step: Step,
    seed: int,
    times: BlockTimes,
    building: float,
    epoch_seconds: float | None = None,
) -> Forecast | None:
    """Return how long a step would take. Nothing is trained or computed for it, but the model is frozen as it says.

    Args:
        model: A flat model with a head, from `attach_head`. Its weights must be those of the base.
        photos: All that the step chooses its photos from.
        step: What would be done.
        seed: As for `fit`.
        times: From `measure_blocks`.
        building: Seconds that `attach_head` took on this machine.
        epoch_seconds: Of an epoch, if one was measured; else they are added up from the block times.

    Returns:
        A `Forecast`; `None` where a block that matters is not measured yet.

    Example:
        >>> forecast_step(model, photos, Step(until="block5c"), 0, measure_blocks(model, 128), building=0.6).total
        14.2
    """
    freezing.freeze(model, until=step.until, batchnorm=step.batchnorm)
    photos, names = photos.with_per_class(step.per_class), [*(block.name for block in blocks(model)), "head"]
    first = 0 if step.until is None else names.index(step.until) + 1
    if not set(names) <= set(times.training):
        return None
    wanted, engine = frozen_blocks.views_and_engine(photos, step, seed)
    cut = cutting.find_cut(model) if step.cache else None
    if cut and reason_not_cached(model, cut, wanted, engine):
        cut = None
    steps = math.ceil(len(photos.train) / step.batch_size) * times.batch_size
    in_blocks = times.epoch_seconds(names[first:], steps, len(photos.val)) or 0
    epoch = epoch_seconds or with_keras_own(in_blocks, building)
    before = Forecast()
    if cut:
        before = _running_once(model, cut, wanted, engine, times, building)
    elif epoch_seconds is None:
        epoch += times.forward_seconds(names[:first], len(photos.train) + len(photos.val))
    part = cutting.suffix(model, cut) if cut else cutting.whole(model)
    ready = twins.is_kept(part, compiling.traced_settings(step))
    tracing = 0.0 if ready else building * (_TRACE_ANY + _TRACE_TRAINING * _share(part, model))
    return before + Forecast(tracing=tracing, epochs=step.epochs * epoch, rest=_ONCE * building)


def without_what_is_found(ahead: Forecast, step: Step, before: Step) -> Forecast:
    """Return a step's forecast less what the step before it will have kept and traced, if both freeze the same blocks.

    Args:
        ahead: From `forecast_step`, as if the step were the first.
        step: What would be done.
        before: What would be done first, with the same photos.
    """
    decisive = ("until", "batchnorm", "per_class", "augment", "cache")
    if any(getattr(step, name) != getattr(before, name) for name in decisive):
        return ahead
    traced = compiling.traced_settings(step) == compiling.traced_settings(before)
    return replace(ahead, activations=0.0, tracing=0.0 if traced else ahead.tracing)


def forecast_judging(model: keras.Model, photos: int, times: BlockTimes, building: float) -> Forecast:
    """Return how long it would take to evaluate a model of this architecture on so many photos."""
    names = [*(block.name for block in blocks(model)), "head"]
    tracing = 0.0 if twins.is_kept(cutting.whole(model)) else _TRACE_PREDICTING * building
    return Forecast(tracing=tracing, rest=times.forward_seconds(names, photos))


def _running_once(
    model: keras.Model, cut: str, wanted: list[PhotoViews], engine: str, times: BlockTimes, building: float
) -> Forecast:
    layers = names_up_to(model, [cut], engine)
    ends = {block.output_layer: block.name for block in blocks(model)}
    seconds, part = 0.0, None
    for photos in wanted:
        keys, missing, begin = keys_of(layers, photos), [], None
        for layer in reversed(layers):
            if kept_on_disk().find(keys[layer]) is not None:
                begin = layer
                break
            missing += [ends[layer]] if layer in ends else []
        seconds += times.forward_seconds(missing, len(photos))
        if begin != cut:
            part = cutting.part(model, begin, [cut])
    if part is None:
        return Forecast()
    if engine == "openvino":
        return Forecast(activations=_OPENVINO_SHARE * seconds, tracing=_OPENVINO_CONVERTS * building)
    tracing = 0.0 if twins.is_kept(part) else _TRACE_PREDICTING * building * _share(part, model)
    return Forecast(activations=seconds, tracing=tracing)


def _share(part: keras.Model, model: keras.Model) -> float:
    return len(part.layers) / len(model.layers)
