"""A race against the clock: training from scratch, a frozen base with a new head, and fine-tuning, side by side."""

import math
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import keras
import pandas as pd

from helpers import checks, config
from helpers.experiments.racers import FromScratch, Racer
from helpers.experiments.racers_on_base import FineTuned, FrozenBase
from helpers.judging.interval import wilson_interval
from helpers.network import freezing, head
from helpers.network.base import load_base
from helpers.network.blocks import block_named, blocks
from helpers.network.facts import facts_of
from helpers.network.randomness import set_draws
from helpers.network.statistics import settle_statistics
from helpers.photos.loading import Photos
from helpers.training.settings import check_seed

METHODS = (FromScratch.method, FrozenBase.method, FineTuned.method)
COLUMNS = ["method", "epochs", "seconds", "accuracy", "low", "high"]
CURVE_COLUMNS = ["method", "seconds", "epochs", "val_accuracy"]


@checks.checked(
    photos=checks.kind_of(Photos),
    base=checks.kind_of(keras.Model),
    until=checks.or_none(checks.text),
    seed=checks.seed,
    on_look=checks.or_none(checks.function),
    on_piece=checks.or_none(checks.function),
    stop=checks.or_none(checks.function),
    stopwatch=checks.function,
)
def race(
    photos: Photos,
    base: keras.Model,
    seconds: float = 60,
    *,
    until: str | None = None,
    seed: int = config.SEED,
    on_look: Callable[[pd.DataFrame], None] | None = None,
    on_piece: Callable[[str, float], None] | None = None,
    stop: Callable[[], bool] | None = None,
    stopwatch: Callable[[], float] = time.perf_counter,
) -> pd.DataFrame:
    """Train three models from the same photos until the time is up, and compare how far they got.

    They take turns, a few hundredths of a second to a second at a time: the next piece of work (a batch of training, a
    batch through frozen blocks, a look at the validation photos) is always done by the one that has used the least
    time. So each gets a third of the computing time, on the same machine, under the same load. Pieces of work are
    timed, and nothing else: building the models, TensorFlow's tracing of their steps, and whatever `on_look` draws
    don't count.

    - *from scratch*: the base's architecture with random weights, all of it trained, on augmented photos, at a rate of
      5e-3. Its BatchNorm statistics are measured again before each look, because a short training leaves them behind.
    - *frozen base*: the frozen base looks at each photo once; a new head is trained on what it sees, at 3e-3.
    - *fine-tuned*: the same for 30 epochs, then the blocks above `until` are trained with the head, at 1e-3. What the
      blocks below make of each photo is computed once.

    All three use AdamW with weight decay 0.01 and label smoothing 0.1, like the stored experiments. Each learning rate
    warms up and then falls to 0 along a half cosine. It follows the time instead of the steps, since nobody knows
    beforehand how many steps there will be. So results depend on the machine's speed, and differ a little from race to
    race.

    Args:
        photos: From `load_flowers` or `load_photos`. They are trained on `train` and judged on `val`.
        base: A pre-trained base from `load_base`. It is copied, never changed.
        seconds: Computing time of all three together.
        until: Highest block that stays frozen in fine-tuning; by default the last one of the lower five eighths of the
            stages (in EfficientNet block5c).
        seed: Decides the new heads, the random weights, the order of the photos, dropout and augmentation.
        on_look: Called after each look at the validation photos with a DataFrame of all looks so far: `method`,
            `seconds` (that it has used), `epochs` (passes over the training photos), `val_accuracy`.
        on_piece: Called after each piece of work with what is being done (a method, or `"getting ready"`), and the
            seconds that all three have used.
        stop: Called after each piece. Once it returns `True`, the race ends as if the time were up.
        stopwatch: Returns the time in seconds; called before and after each piece of work.

    Returns:
        DataFrame with a row per method: `method`, `epochs`, `seconds`, `accuracy` on the validation photos after the
        last step, and its 95% confidence interval, `low` and `high`. `table.attrs["curves"]` holds the looks as
        records: `pd.DataFrame(table.attrs["curves"])`. Stopped before the race began, it has no rows.

    Raises:
        ValueError: If an argument is wrong, the photos don't fit the base, or the base isn't from `load_base`.

    Example:
        >>> table = race(photos, base, seconds=60)
        >>> table[["method", "accuracy"]]
    """
    allowed = _checked(seconds, photos) / len(METHODS)
    told, done = on_piece or (lambda what, spent: None), stop or (lambda: False)
    curve: list[dict[str, Any]] = []
    with ExitStack() as lent:
        racers = racers_for(photos, base, until, check_seed(seed), lent)
        for racer in racers:
            told("getting ready", 0.0)
            if done():
                racers = []
                break
            racer.get_ready()
        while racers and not done():
            racer = min(racers, key=lambda each: each.seconds)  # the first one at a tie
            if racer.seconds >= allowed:
                break
            began = stopwatch()
            looked = racer.do_a_piece(racer.seconds / allowed)
            racer.seconds += stopwatch() - began
            told(racer.method, sum(each.seconds for each in racers))
            if looked is not None:
                _note(curve, racer, looked, on_look)
        for racer in racers:  # the last look isn't timed
            _note(curve, racer, racer.look(), on_look)
    table = pd.DataFrame([_result(racer, len(photos.val)) for racer in racers], columns=COLUMNS)
    table.attrs["curves"] = curve
    return table


def racers_for(photos: Photos, base: keras.Model, until: str | None, seed: int, lent: ExitStack) -> list[Racer]:
    """Return the three, with new models, before they are ready.

    Args:
        photos, base, until, seed: As for `race`.
        lent: See `PartTraining`.
    """
    name = facts_of(base).get("architecture")
    if not isinstance(name, str):
        raise ValueError(
            f"Expected a base from load_base, so that the same network can be built with random weights. Received: "
            f"'{base.name}', a model that doesn't say which it is. Pass base = load_base()."
        )
    classes = len(photos.class_names)
    models = [head.attach_head(base, classes, seed=seed) for _ in range(2)]
    head.check_fits(models[0], photos.train)
    freezing.freeze(models[0], until="top")
    freezing.freeze(models[1], until=_boundary(base) if until is None else _checked_boundary(base, until))
    random = settle_statistics(load_base(name, None, photos.image_size, seed), photos.train)
    scratch = head.attach_head(random, classes, seed=seed, share=True)
    freezing.freeze(scratch, until=None)
    for model in (scratch, *models):
        set_draws(model, seed)
    return [
        FromScratch(scratch, photos, seed, lent),
        FrozenBase(models[0], photos, seed, lent),
        FineTuned(models[1], photos, seed, lent),
    ]


def _boundary(base: keras.Model) -> str:
    found = blocks(base)
    return [block.name for block in found if block.stage <= 5 / 8 * found[-1].stage][-1]


def _checked_boundary(base: keras.Model, until: str) -> str:
    if block_named(base, until, "until").name == blocks(base)[-1].name:
        raise ValueError(
            f"Expected until to be a block below {until}: above it nothing but the head would be left to fine-tune, "
            "which is what the frozen base trains. Choose a lower block."
        )
    return until


def _note(curve: list[dict], racer: Racer, right: int, on_look: Callable[[pd.DataFrame], None] | None) -> None:
    racer.right = right
    reached = right / len(racer.photos.val)
    curve.append(dict(zip(CURVE_COLUMNS, (racer.method, racer.seconds, racer.epochs, reached), strict=True)))
    if on_look is not None:
        on_look(pd.DataFrame(curve, columns=CURVE_COLUMNS))


def _result(racer: Racer, photos: int) -> dict[str, Any]:
    reached = (racer.right / photos, *wilson_interval(racer.right, photos))
    return dict(zip(COLUMNS, (racer.method, racer.epochs, racer.seconds, *reached), strict=True))


def _checked(seconds: float, photos: Photos) -> float:
    for split in (photos.train, photos.val):
        if not len(split):
            raise ValueError(f"Expected photos to race on. Received: none in photos.{split.name}. Load more photos.")
    number = isinstance(seconds, (int, float)) and not isinstance(seconds, bool)
    if not number or not math.isfinite(seconds) or seconds <= 0:
        raise ValueError(f"Expected seconds to be a number above 0. Received: {seconds!r}.")
    return float(seconds)
