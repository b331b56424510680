"""Training: one `fit` for a new head, for fine-tuning and for training from scratch. The boundary tells them apart."""

import math
import time
from collections.abc import Callable
from contextlib import closing, nullcontext

import keras

from helpers import checks, config
from helpers.bars import in_notebook
from helpers.network import claiming, cutting, freezing, head, movement, twins
from helpers.network.facts import state_facts
from helpers.network.finite import check_finite
from helpers.network.known_classes import check_same_classes
from helpers.network.randomness import set_draws
from helpers.photos.loading import Photos
from helpers.training import beginning, compiling, frozen_blocks, overlooked, pipeline
from helpers.training.interruption import TrainingInterrupted, ending_in_order
from helpers.training.own_errors import own_errors
from helpers.training.progress import StoppedError, TrainingProgress
from helpers.training.run import Run
from helpers.training.settings import DEFAULTS, TrainingSettings, check_seed


@checks.checked(
    model=checks.kind_of(keras.Model),
    photos=checks.kind_of(Photos),
    seed=checks.seed,
    progress=checks.flag_or("bar"),
    on_epoch=checks.or_none(checks.function),
    stop=checks.or_none(checks.function),
    on_batch=checks.or_none(checks.function),
)
def fit(
    model: keras.Model,
    photos: Photos,
    *,
    epochs: int = DEFAULTS.epochs,
    learning_rate: float = DEFAULTS.learning_rate,
    batch_size: int = DEFAULTS.batch_size,
    augment: bool | float = DEFAULTS.augment,
    cache: bool = DEFAULTS.cache,
    engine: str = DEFAULTS.engine,
    schedule: str | keras.optimizers.schedules.LearningRateSchedule | None = DEFAULTS.schedule,
    weight_decay: float = DEFAULTS.weight_decay,
    label_smoothing: float = DEFAULTS.label_smoothing,
    class_weight: str | None = DEFAULTS.class_weight,
    keep: str = DEFAULTS.keep,
    seed: int = config.SEED,
    progress: bool | str = True,
    on_epoch: Callable[[dict], None] | None = None,
    stop: Callable[[], bool] | None = None,
    on_batch: Callable[[str, int, int], None] | None = None,
) -> Run:
    """Train what isn't frozen, starting from the model's current weights. The model changes in place.

    The frozen blocks look at each photo once, and their activations are kept; only the layers above them run in every
    epoch. The optimiser, the losses and the loop are Keras's own, and the result is the one plain Keras gives with
    stochastic depth switched off in the frozen blocks, up to rounding.

    Args:
        model: A flat model from `attach_head`, or one you built on a base; it must end in a softmax.
        photos: From `load_flowers` or `load_photos`, of the model's image size.
        epochs: Passes over the training photos.
        learning_rate: Of Adam (of AdamW with `weight_decay`).
        batch_size: Photos per step.
        augment: Mirror and crop the training photos. `True` keeps at least three quarters of the photo's side; a
            number is that share. With frozen blocks, four views of each photo are cached and every epoch draws one of
            them; without any, every epoch makes new views.
        cache: `False` runs the whole model in every step, as plain Keras does. The same happens where the activations
            don't fit: on disk those of all runs share 4 GB (`config.CACHE_LIMIT`).
        engine: What runs the frozen blocks, once: `"tensorflow"`; `"openvino"`, which is faster and equal up to
            rounding; `"auto"` takes OpenVINO where it is installed and there are enough photos to repay it.
        schedule: `None` keeps the learning rate constant; `"cosine"` warms up for 20 steps and then falls to 0; or a
            Keras schedule.
        weight_decay: How strongly each step pulls the weights towards 0; biases and BatchNorm are left out.
        label_smoothing: Share of each label that is spread over the other classes.
        class_weight: `None` lets each photo count the same, so the class with the most photos counts the most.
            `"balanced"` lets each class count the same: a photo weighs training photos / (classes * training photos
            of its class), scikit-learn's formula. Only the training loss is weighted; the accuracies and the
            validation loss are not. So `keep="best"` still chooses by plain accuracy, and may choose an epoch that
            overlooks a rare class; use `keep="last"` there.
        keep: `"best"` ends with the weights of the highest validation accuracy (of the lower validation loss at a tie;
            the weights before training count as epoch 0); `"last"` with those of the last epoch. The stored experiment
            `keeping` compares the two in fine-tuning, with and without label smoothing.
        seed: Decides the order of the photos, dropout and augmentation. The same seed gives the same history.
        progress: `True` prints a line per epoch, and at the end which classes are never found (recall 0); in a
            notebook, a bar below them shows how far it is. `"bar"` shows the bar alone, anywhere, and it goes
            away. `False` shows nothing.
        on_epoch: Called after each epoch with its row of `run.history` as a dict.
        stop: Called after each batch. Once it returns `True`, training ends and the weights are kept as `keep` says;
            an unfinished epoch doesn't count. If nothing was trained yet, the model stays as it is.
        on_batch: Called after each batch with what is being done, `"activations"` (the frozen blocks run) or
            `"training"`, how much of it is done, and how much there is: in photos for the first, steps for the second.

    Returns:
        A `Run`.

    Raises:
        TypeError: If an argument is of the wrong kind.
        ValueError: If an argument is wrong, the model doesn't fit the photos, its weights are no numbers (NaN), or
            nothing is trainable. Where they become NaN on the way, a line says so, and `run.diverged_at` is the epoch.
        RuntimeError: If another thread is training the model, or one that shares layers with it.
        TrainingInterrupted: After Ctrl+C, or Interrupt in a notebook: a `KeyboardInterrupt` that holds the run so far.
            The batch in hand is finished first. Then, as after an exception in a callback, the model has the weights
            that `keep` asks for, of the whole epochs so far.

    Example:
        >>> model = attach_head(load_base(), classes=5)
        >>> freeze(model, until="top")
        >>> run = fit(model, photos, epochs=10)
        >>> run.history.val_accuracy.max()
    """
    settings = TrainingSettings(
        epochs=epochs,
        learning_rate=learning_rate,
        batch_size=batch_size,
        augment=augment,
        cache=cache,
        engine=engine,
        schedule=schedule,
        weight_decay=weight_decay,
        label_smoothing=label_smoothing,
        class_weight=class_weight,
        keep=keep,
    )
    alone = isinstance(progress, str)
    bar = alone or (progress and in_notebook())
    follows = TrainingProgress(settings, not alone and bool(progress), on_epoch, stop, on_batch, bool(bar))
    return train(model, photos, settings, seed, follows)


def train(model: keras.Model, photos: Photos, settings: TrainingSettings, seed: int, progress: TrainingProgress) -> Run:
    """Do the work of `fit`.

    Args:
        model, photos, seed: As for `fit`.
        settings: How to train.
        progress: What follows the training, made with the same settings.
    """
    seed = check_seed(seed)
    _check_model(model, photos)
    check_finite(model)
    began, before = time.perf_counter(), movement.snapshot(model)
    with ending_in_order(progress), claiming.claimed(model), closing(progress.bar):
        try:
            kept = frozen_blocks.run_once(model, photos, settings, seed, progress.counting_photos)
        except StoppedError:
            kept = frozen_blocks.not_kept("stopped before they were computed")
        else:
            if progress.printing and (sentence := kept.sentence(photos)):
                progress.say(sentence)
            _train(model, photos, settings, seed, kept, progress)
            state_facts(model, class_names=photos.class_names)
    run = Run(
        history=progress.history(),
        seconds=time.perf_counter() - began,
        boundary=freezing.plan_of(model).boundary,
        moved=movement.moved_since(model, before),
        settings=settings.record() | {"seed": seed, "photos": photos.fingerprint} | kept.record,
        start=progress.start,
        kept_epoch=progress.kept_epoch,
    )
    whole = not progress.broken_off and run.diverged_at is None
    if progress.printing and whole and (told := overlooked.sentence(model, photos, kept, run.val_accuracy)):
        print(told)
    if progress.interrupted:
        raise TrainingInterrupted(run)
    return run


def _train(model, photos, settings, seed, kept, progress) -> None:
    set_draws(model, seed)
    # Activations come from blocks that ran in inference mode. Where there are none, the blocks must be told to.
    with nullcontext() if kept else freezing.prefix_silenced(model):
        part = cutting.suffix(model, kept.cut) if kept else cutting.whole(model)
        one_label = pipeline.targets(photos.val, settings.label_smoothing)[:1]
        with twins.lent(
            part,
            compiling.traced_settings(settings),
            lambda twin: compiling.compile_whole(twin, settings, one_label),
        ) as twin:
            try:
                _run_keras(twin, part, photos, settings, seed, kept, progress)
            finally:
                twins.copy_state(twin, part)


@own_errors()
def _run_keras(twin, part, photos, settings, seed, kept, progress) -> None:
    train_batches, val_batches = pipeline.batches_for(photos, settings, seed, kept.arrays)
    steps = math.ceil(len(photos.train) / settings.batch_size)
    progress.begin_steps(settings.epochs * steps)
    compiling.set_back(twin.optimizer)

    def evaluate() -> dict[str, float] | None:
        start = twin.evaluate(val_batches, verbose=0, return_dict=True, callbacks=[progress])
        return None if progress.broken_off else start

    start = beginning.judged(twin, part, photos, settings, kept, evaluate)
    if start is None or progress.asked_to_stop():  # nobody asks while a known start is looked up
        return
    progress.begin_at(start)
    rates = compiling.RateCallback(compiling.rates_for(settings, settings.epochs * steps))
    # Whoever is told of an epoch may look at the model.
    up_to_date = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: twins.copy_state(twin, part))
    try:
        twin.fit(
            train_batches,
            epochs=settings.epochs,
            steps_per_epoch=steps,
            validation_data=val_batches,
            class_weight=compiling.class_weights(photos.train.labels, settings.class_weight),
            shuffle=False,
            verbose=0,
            callbacks=[rates, up_to_date, progress] if progress.on_epoch else [rates, progress],
        )
    except BaseException:
        progress.break_off()  # whatever happened, the model is left as its best epoch was
        raise


def _check_model(model: keras.Model, photos: Photos) -> None:
    if not isinstance(photos, Photos):
        raise ValueError(f"Expected photos from load_flowers or load_photos. Received: {type(photos).__name__}.")
    if not len(photos.train) or not len(photos.val):
        raise ValueError(
            f"Expected photos to train on and to validate on. Received: {photos!r}. Load them with another split."
        )
    check_same_classes(model, photos.class_names)
    head.check_fits(model, photos.train)
    if not model.trainable_weights:
        raise ValueError(
            'Expected something to train. Received: a model with every layer frozen. Try freeze(model, "top").'
        )
