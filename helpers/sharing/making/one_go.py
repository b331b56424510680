"""From a folder of photos to a bundle: load, train the head, fine-tune, judge, and write it all down."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from helpers import checks
from helpers.judging.interval import interval_over_seeds
from helpers.photos.dataset import Photos
from helpers.sharing.making.following import Following
from helpers.sharing.making.plan import Plan
from helpers.sharing.making.training import Trained, train_with_seed
from helpers.sharing.making.work import Work
from helpers.sharing.packing import check_folder, save_bundle

_STAGES = 3  # per seed: reading, the head, the upper blocks


@dataclass(frozen=True, eq=False)
class Made:
    """A bundle that was made.

    Attributes:
        bundle: Its folder.
        trained: The model in it, of the first seed.
        accuracies: Of each seed, on its test photos (those for validation where there are none); they are the same for
            all seeds where the folder is divided already.
    """

    bundle: Path
    trained: Trained
    accuracies: tuple[float, ...]

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95% confidence interval of the mean accuracy over seeds (Student's t); `None` for one seed."""
        return interval_over_seeds(self.accuracies)


@checks.checked(out=checks.path, seeds=checks.whole(1, 1000), resume=checks.flag, replace=checks.flag)
def make_bundle(
    plan: Plan,
    out: str | Path,
    *,
    seeds: int = 1,
    resume: bool = False,
    replace: bool = False,
    tell: Callable[[str], None] = print,
    on_photos: Callable[[Photos], None] | None = None,
) -> Made:
    """Make a bundle from a folder of photos.

    A run that was broken off goes on from its last complete stage: reading, the head, the upper blocks, the bundle.

    Args:
        plan: What to make it from.
        out: Where to write the bundle. Until it is complete, what is done lies in a folder beside it.
        seeds: Train with so many seeds, from the plan's on. Each has its own head, and its own split unless the folder
            is divided already. The bundle holds the model of the first.
        resume: Whether to go on with an unfinished run.
        replace: Whether a bundle that is already there may be replaced.
        tell: Called with each line of progress.
        on_photos: Called with the photos of the first seed as soon as they are read.

    Returns:
        What was `Made`.

    Raises:
        FileExistsError: If there is a bundle or an unfinished run, and nothing was said about it.
        ValueError: If the bundle would lie among the photos or the photos in its unfinished run, the unfinished run
            asked for something else, or photos changed in between; and as `load_photos` and `load_base`.

    Example:
        >>> make_bundle(Plan(folder="my/flowers"), "my_model").trained.report
        <Report: accuracy 0.869 on 160 test photos, …>
    """
    _check_seeds(plan.seed, seeds)
    out = Path(out).absolute()  # "." has no name
    _check_outside(out, Path(plan.folder))
    _check_new(out, replace)
    work = Work(out)
    _check_apart(work.folder, Path(plan.folder))
    work.check_resume(resume)
    if resume and not work.has_stages:
        tell(f"There is no complete stage in '{work.folder}' to go on with, so this run begins anew.")
    asked = plan.record() | {"kept": {"date": date.today().isoformat()}}
    work.asked_before(asked)  # a mistake is told before all photos are read
    following = Following(tell, _STAGES * seeds + 1)
    photos = _read(plan, plan.seed, following)
    if on_photos is not None:
        on_photos(photos)
    asked = work.begin(asked)
    try:
        first = train_with_seed(plan, photos, plan.seed, work, following)
        accuracies = [first.report.accuracy]
        for seed in range(plan.seed + 1, plan.seed + seeds):
            photos = _read(plan, seed, following)
            accuracies.append(train_with_seed(plan, photos, seed, work, following).report.accuracy)
        following.begin("writing the bundle")
        _check_new(out, replace)  # others may have written one in between
        told: dict[str, Any] = {"date": asked["kept"]["date"], "accuracies": accuracies}
        save_bundle(first.model, first.photos, first.report, out, run=first.runs, **told)
        work.remove()
    finally:
        if not work.has_stages:  # there is nothing to go on with
            work.remove()
    return Made(out, first, tuple(accuracies))


def _read(plan: Plan, seed: int, following: Following) -> Photos:
    following.begin(f"reading the photos, split by seed {seed}")
    photos = plan.photos(seed)
    following.tell(f"   {photos}")
    return photos


def _check_seeds(first: int, seeds: int) -> None:
    checks.seed("seed", first)
    if first + seeds - 1 > checks.MOST_SEED:
        raise ValueError(
            f"Expected seeds up to {checks.MOST_SEED}. Received: {seeds} seeds, the first of which is {first}. Choose "
            "a lower one."
        )


def _check_outside(out: Path, folder: Path) -> None:
    if out.resolve().is_relative_to(folder.resolve()):
        raise ValueError(
            "Expected a place for the bundle outside the photos' folder, where it would count as a class. Received: "
            f"'{out}'. Choose another."
        )


def _check_apart(unfinished: Path, folder: Path) -> None:
    if folder.resolve().is_relative_to(unfinished.resolve()):
        raise ValueError(
            f"Expected photos outside '{unfinished}', where the unfinished run lies until the bundle is complete. "
            f"Received: '{folder}'. Choose another name for the bundle."
        )


def _check_new(out: Path, replace: bool) -> None:
    if (out.exists() or out.is_symlink()) and not replace:
        raise FileExistsError(
            f"Expected a new folder to write the bundle to. Received: '{out}', which is there already. Choose another "
            "name, or add --replace if it is a bundle that you no longer need."
        )
    check_folder(out)
