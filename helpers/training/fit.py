"""Training: one `fit` for a new head, for fine-tuning and for training from scratch. The boundary tells them apart."""

import math
import time
from collections.abc import Callable
from contextlib import nullcontext

import keras
import numpy as np

from helpers import config
from helpers.activations import engines
from helpers.activations.cache import activations_at, reason_not_cached
from helpers.network import cutting, freezing, head, movement
from helpers.photos.loading import Photos
from helpers.training import compiling, pipeline
from helpers.training.progress import StoppedError, TrainingProgress
from helpers.training.run import Run


def fit(
    model: keras.Model,
    photos: Photos,
    epochs: int = 10,
    learning_rate: float = 1e-3,
    batch_size: int = config.BATCH_SIZE,
    augment: bool = False,
    cache: bool = True,
    engine: str = "auto",
    schedule: str | keras.optimizers.schedules.LearningRateSchedule | None = None,
    weight_decay: float = 0.0,
    label_smoothing: float = 0.0,
    keep: str = "best",
    seed: int = config.SEED,
    progress: bool = True,
    on_epoch: Callable[[dict], None] | None = None,
    stop: Callable[[], bool] | None = None,
    on_batch: Callable[[str, int, int], None] | None = None,
) -> Run:
    """Train what is not frozen, going on from the model's present weights. The model changes in place.

    What the frozen prefix makes of the photos is computed once and kept; only the layers above it run in every
    epoch. The result is that of plain Keras training with stochastic depth off in the frozen blocks, to within
    rounding, and the optimiser, the losses and the loop are Keras's own.

    Args:
        model: A flat model from `attach_head`, or built by hand on a base; it must end in a softmax.
        photos: From `load_flowers` or `load_photos`, of the model's image size.
        epochs: Passes over the training photos.
        learning_rate: Of Adam (of AdamW with `weight_decay`).
        batch_size: Photos a step.
        augment: Mirror and crop the training photos. With a frozen prefix four views of each photo are cached, and
            every epoch draws one of them; without one every epoch makes fresh views.
        cache: `False` runs the whole model in every step, as plain Keras does. So does a cache that would not fit: on
            disk the activations of all runs share 4 GB (`config.CACHE_LIMIT`).
        engine: What runs the frozen prefix, once: `"tensorflow"`; `"openvino"`, faster and equal to within
            rounding; `"openvino-bfloat16"`, faster still where the processor has that format, and equal to
            within a few hundredths; `"auto"` takes OpenVINO in full precision where it is installed and the photos
            are many.
        schedule: `None` keeps the learning rate; `"cosine"` warms up for 20 steps and falls to 0; or a Keras schedule.
        weight_decay: Pull of the weights towards 0, a step; biases and BatchNorm are left out.
        label_smoothing: Share of each label that is spread over the other classes.
        keep: `"best"` ends with the weights of the lowest validation loss (the earlier epoch at a tie; the weights
            before training count as epoch 0); `"last"` with those of the last epoch.
        seed: Decides the order of the photos, dropout and augmentation. The same seed gives the same history.
        progress: Whether to print a line an epoch.
        on_epoch: Called after each epoch with its row of `run.history` as a dict.
        stop: Called after each batch; training ends, and is kept as above, once it returns `True`. An epoch that was
            broken off does not count. Where nothing was trained yet, the model stays as it is.
        on_batch: Called after each batch with what is being done, `"activations"` (the frozen blocks' run) or
            `"training"`, how much of it is done, and how much there is: in photos, in steps.

    Returns:
        A `Run`.

    Raises:
        ValueError: If an argument is wrong, the model does not fit the photos, or nothing is trainable.

    Example:
        >>> model = attach_head(load_base(), classes=5)
        >>> freeze(model, until="top")
        >>> run = fit(model, photos, epochs=10)
        >>> run.history.val_accuracy.max()
    """
    _check(epochs, learning_rate, batch_size, weight_decay, label_smoothing, keep, schedule, seed)
    _check_model(model, photos)
    began, before = time.perf_counter(), movement.snapshot(model)
    settings = {
        "epochs": int(epochs),
        "learning_rate": float(learning_rate),
        "batch_size": int(batch_size),
        "augment": augment,
        "cache": cache,
        "schedule": schedule if schedule is None or isinstance(schedule, str) else type(schedule).__name__,
        "weight_decay": float(weight_decay),
        "label_smoothing": float(label_smoothing),
        "keep": keep,
        "seed": int(seed),
        "photos": photos.fingerprint,
    }
    watch = TrainingProgress(epochs, keep, progress, on_epoch, stop, on_batch)
    try:
        kept, cached = _keep(model, photos, cache, augment, seed, engine, watch)
    except StoppedError:
        kept, cached = None, {"cut": None, "cached_bytes": 0, "not_kept": "stopped before they were computed"}
    else:
        if progress and (cached["cut"] or cached["not_kept"]):
            print(_describe(cached, photos))
        _reset_randomness(model, seed)
        # With activations the prefix has run in inference mode. Without them it must be told to.
        with nullcontext() if kept else freezing.prefix_silenced(model):
            trained = cutting.suffix(model, cached["cut"]) if kept else cutting.whole(model)
            train, val = _feed(trained, photos, kept, epochs, batch_size, augment, label_smoothing, seed)
            steps = math.ceil(len(photos.train) / batch_size)
            optimizer = compiling.optimizer_for(float(learning_rate), schedule, weight_decay, epochs * steps)
            compiling.compile_whole(trained, optimizer, compiling.loss_for(label_smoothing), val.element_spec[1])
            _train(trained, train, val, epochs, steps, watch)
    return Run(
        history=watch.history(),
        seconds=time.perf_counter() - began,
        boundary=freezing.plan_of(model).boundary,
        moved=movement.moved_since(model, before),
        settings=settings | cached,
        start=watch.start,
        kept_epoch=watch.kept_epoch,
    )


def _train(trained, train, val, epochs, steps, watch) -> None:
    start = trained.evaluate(val, verbose=0, return_dict=True, callbacks=[watch])
    if watch.broken_off:
        return
    watch.begin_at(start)
    trained.fit(
        train,
        epochs=epochs,
        steps_per_epoch=steps,
        validation_data=val,
        shuffle=False,
        verbose=0,
        callbacks=[watch],
    )


def _check(epochs, learning_rate, batch_size, weight_decay, label_smoothing, keep, schedule, seed) -> None:
    for name, value in (("epochs", epochs), ("batch_size", batch_size)):
        if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value < 1:
            raise ValueError(f"Expected {name} to be a whole number of at least 1. Received: {value!r}.")
    if not isinstance(seed, (int, np.integer)) or seed < 0:
        raise ValueError(f"Expected seed to be a whole number of at least 0. Received: {seed!r}.")
    if not isinstance(learning_rate, (int, float, np.number)) or not 0 < learning_rate < math.inf:
        raise ValueError(f"Expected learning_rate to be a number above 0. Received: {learning_rate!r}.")
    if not isinstance(weight_decay, (int, float, np.number)) or not 0 <= weight_decay < math.inf:
        raise ValueError(f"Expected weight_decay to be a number of at least 0. Received: {weight_decay!r}.")
    if not 0 <= label_smoothing < 1:
        raise ValueError(f"Expected label_smoothing to be at least 0 and less than 1. Received: {label_smoothing!r}.")
    if keep not in ("best", "last"):
        raise ValueError(f'Expected keep to be "best" or "last". Received: {keep!r}.')
    if isinstance(schedule, str) and schedule != "cosine":
        raise ValueError(f'Expected schedule to be None, "cosine" or a Keras schedule. Received: {schedule!r}.')


def _check_model(model: keras.Model, photos: Photos) -> None:
    if not isinstance(photos, Photos):
        raise ValueError(f"Expected photos from load_flowers or load_photos. Received: {type(photos).__name__}.")
    head.check_fits(model, photos.train)
    if not model.trainable_weights:
        raise ValueError(
            'Expected something to train. Received: a model with every layer frozen. Try freeze(model, "top").'
        )


def _reset_randomness(model: keras.Model, seed: int) -> None:
    # Dropout and random augmentation count their draws. Set back, the same run gives the same numbers again.
    for number, layer in enumerate(model.layers):
        for turn, (_, generator) in enumerate(cutting.draws_of(layer)):
            generator.state.assign(np.array([seed, number + turn * len(model.layers)], dtype="uint32"))


def _keep(model, photos, cache, augment, seed, engine, watch) -> tuple[tuple[np.ndarray, np.ndarray] | None, dict]:
    """Return the activations of training and validation photos, if they can be kept, and what there is to say of it."""
    views, count = config.AUGMENT_VIEWS if augment else 0, len(photos.train) + len(photos.val)
    engine = engines.choose(engine, count * max(views, 1), photos.image_size)
    cached = {"cut": None, "cached_bytes": 0, "not_kept": None}
    if not cache or not freezing.frozen_prefix(model):
        return None, cached
    began, cut, wanted = time.perf_counter(), cutting.find_cut(model), [(photos.train, views), (photos.val, 0)]
    reason = reason_not_cached(model, cut, wanted, seed, engine) if cut else cutting.reason_not_cut(model)
    try:
        if reason:
            return None, cached | {"not_kept": reason}
        on_rows = watch.counting_photos(sum(len(split) * max(views, 1) for split, views in wanted))
        train, val = (activations_at(model, cut, split, views, seed, engine, on_rows) for split, views in wanted)
    except OSError as error:
        return None, cached | {"not_kept": str(error)}
    return (train.values, val.values), cached | {
        "cut": cut,
        "cached_bytes": int(train.values.nbytes + val.values.nbytes),
        "cache_seconds": time.perf_counter() - began,
        "cache_reused": train.was_ready,
        "computed_from": train.begun_at,
        "engine": train.engine,
    }


def _feed(trained, photos, kept, epochs, batch_size, augment, label_smoothing, seed):
    labels = pipeline.targets(photos.train, label_smoothing), pipeline.targets(photos.val, label_smoothing)
    train, val = kept or (_images(photos.train, augment, seed), _images(photos.val, False, seed))
    views = config.AUGMENT_VIEWS if augment and kept else 0
    rows = pipeline.rows_to_show(epochs, len(photos.train), views, seed)
    shape = train.shape[1:] if kept else (photos.image_size, photos.image_size, 3)
    shown = pipeline.shuffled(train, labels[0], rows, batch_size, shape)
    return shown, pipeline.in_order(val, labels[1], batch_size, shape)


def _images(split, augment: bool, seed: int):
    if not augment:
        return split.images() if split.in_memory else split.images
    rng = np.random.default_rng([seed, 1])
    return lambda rows: augment(split.images(rows), rng)


def _describe(cached: dict, photos: Photos) -> str:
    if cached["not_kept"]:
        return f"The frozen blocks run in every epoch, because their activations cannot be kept: {cached['not_kept']}."
    photo_count = len(photos.train) + len(photos.val)
    what = f"activations of {photo_count:,} photos at {cached['cut']}, {cached['cached_bytes'] / 1e6:.1f} MB"
    if cached["cache_reused"]:
        return f"Using the kept {what}."
    start = f" from those kept at {cached['computed_from']}" if cached["computed_from"] else ""
    return f"Computed the {what}, once, in {cached['cache_seconds']:.1f} s{start}."
