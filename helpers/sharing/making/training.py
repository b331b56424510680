"""A model trained by a plan with one seed: the head, then the upper blocks, and the better of the two kept."""

import time
from dataclasses import dataclass

import keras
import numpy as np

from helpers.judging.report import Report, evaluate
from helpers.network import freezing, head
from helpers.network.facts import state_facts
from helpers.photos.dataset import Photos
from helpers.sharing.making.following import Following
from helpers.sharing.making.outlook import seconds_of_training
from helpers.sharing.making.plan import Plan
from helpers.sharing.making.work import Work
from helpers.training.recipe import Step
from helpers.training.run import Run

_LEAST = 1e-7  # of a probability, so that its logarithm is a number


@dataclass(frozen=True, eq=False)
class Trained:
    """A model and how it came about.

    Attributes:
        model: The one that was taken.
        photos: What it was trained on.
        runs: The steps of its training, in order.
        report: How it does on the test photos; on those for validation where there are none for testing.
        verdict: A sentence: whether the frozen or the fine-tuned model was taken, and why.
    """

    model: keras.Model
    photos: Photos
    runs: tuple[Run, ...]
    report: Report
    verdict: str


def train_with_seed(plan: Plan, photos: Photos, seed: int, work: Work, following: Following) -> Trained:
    """Train a head, then the upper blocks with it, and take what does better on the validation photos.

    With few photos per class, fine-tuning often does harm. The validation photos chose, so the test photos stay unseen.

    Args:
        plan: What to train.
        photos: From `plan.photos(seed)`.
        seed: Decides head, order and dropout.
        work: Keeps each stage. What it has already is not done again.
        following: Is told of each stage.
    """
    base = plan.load_base()
    first, second = plan.steps(photos, base)
    began = time.perf_counter()
    frozen = head.attach_head(base, len(photos.class_names), seed=seed)
    building = time.perf_counter() - began
    head_stage, upper_stage = f"{seed}-head", f"{seed}-upper-blocks"
    missing = [step for stage, step in ((head_stage, first), (upper_stage, second)) if not work.has(stage)]
    if missing and (ahead := seconds_of_training(frozen, photos, missing, seed, building)) is not None:
        following.tell(f"   training takes about {ahead:.0f} s on this machine")
    following.begin(f"training the head on the frozen base, {first.epochs} epochs")
    runs = [_done(head_stage, frozen, photos, first, seed, work, following)]
    before = evaluate(frozen, photos.val)
    tuned = head.copy_of(frozen)
    following.begin(f"fine-tuning the blocks above {second.until}, {second.epochs} epochs")
    runs.append(_done(upper_stage, tuned, photos, second, seed, work, following))
    after = evaluate(tuned, photos.val)
    taken, verdict = choose(before, after, by_class=first.class_weight is not None)
    model, runs = (tuned, runs) if taken else (frozen, runs[:1])
    report = evaluate(model, photos.test if len(photos.test) else photos.val)
    return Trained(model, photos, tuple(runs), report, verdict)


def _done(
    stage: str, model: keras.Model, photos: Photos, step: Step, seed: int, work: Work, following: Following
) -> Run:
    freezing.freeze(model, until=step.until, batchnorm=step.batchnorm)
    run = work.kept(stage, model, photos.fingerprint)
    if run is not None:
        state_facts(model, class_names=photos.class_names)
        following.tell(f"   done before: {run.val_accuracy:.3f} of the validation photos right")
        return run
    try:
        run = step.apply(model, photos, seed, on_batch=following.bar.to)
    finally:
        following.bar.close()
    work.keep(stage, model, run)
    following.tell(f"   {run.val_accuracy:.3f} of the validation photos right, {run.seconds:.0f} s")
    return run


def choose(frozen: Report, tuned: Report, by_class: bool = False) -> tuple[bool, str]:
    """Return whether to take the fine-tuned model rather than the frozen one, and a sentence that says why.

    Where both do equally well, the one with the lower loss is taken.

    Args:
        frozen, tuned: Reports on the same validation photos.
        by_class: Whether each class counts the same, however many photos it has.
    """
    reached = [_mean_recall(each) if by_class else each.accuracy for each in (frozen, tuned)]
    taken = reached[1] > reached[0] or (reached[1] == reached[0] and _loss(tuned) < _loss(frozen))
    measured = "mean recall of the classes" if by_class else "accuracy"
    why = (
        f"{measured} on the {len(tuned.split)} validation photos: fine-tuned {reached[1]:.3f}, frozen {reached[0]:.3f}"
    )
    why += "; the lower loss decides" if reached[1] == reached[0] else ""
    return taken, f"Taken: the {'fine-tuned model' if taken else 'model with the frozen base'} ({why})."


def _mean_recall(report: Report) -> float:
    return float(report.per_class.recall[report.per_class.photos > 0].mean())


def _loss(report: Report) -> float:
    of_the_label = report.probabilities[np.arange(len(report.split)), report.split.labels]
    return float(-np.log(np.maximum(of_the_label, _LEAST)).mean())
