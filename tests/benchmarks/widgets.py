"""`python -m tests.benchmarks.widgets`: how long the widgets take to answer, on the bundled pictures at 128 pixels.

In one process, without a browser: the first picture, each control's answer, and Train in the freeze lab. The goals: 2 s
for the first picture, 0.2 s for an answer, 5 s for ten epochs of the head with a warm cache, 20 s for five epochs above
block5c.
"""

import statistics
import time
from collections.abc import Callable

from helpers import attach_head, evaluate, fit, freeze, load_base, load_flowers
from helpers import widgets as offered
from helpers.experiments import stored_results
from tests.benchmarks.against_plain_keras import empty_cache


def timed(action: Callable[[], object]) -> tuple[float, object]:
    """Return how long an action takes, and what it returns."""
    began = time.perf_counter()
    outcome = action()
    return time.perf_counter() - began, outcome


def tell(what: str, seconds: float) -> None:
    """Print a line."""
    print(f"{what:58s} {seconds:6.2f} s", flush=True)


def first_pictures(photos, base, model, report) -> dict:
    """Make each widget and what it shows first."""
    made = {}
    for name, make in {
        "PhotoBrowser": lambda: offered.PhotoBrowser(photos),
        "CutPoint": lambda: offered.CutPoint(base, classes=5),
        "LayerMicroscope": lambda: offered.LayerMicroscope(photos, base),
        "FreezeLab": lambda: offered.FreezeLab(photos, base),
        "Guess": lambda: offered.Guess(model, photos.val),
        "PhotoDrop": lambda: offered.PhotoDrop(model, photos),
        "ErrorGallery": lambda: offered.ErrorGallery(model, photos, report=report),
        "DataDial": lambda: offered.DataDial(stored_results("photos_per_class")),
    }.items():
        seconds, made[name] = timed(lambda make=make: (widget := make(), widget._repr_mimebundle_())[0])
        tell(f"{name}: first picture", seconds)
    return made


def answers(made: dict) -> None:
    """Move each control through a few of its values."""
    browser, cut, scope = (made[name] for name in ("PhotoBrowser", "CutPoint", "LayerMicroscope"))
    lab, gallery, dial = (made[name] for name in ("FreezeLab", "ErrorGallery", "DataDial"))
    for widget in (scope, gallery):
        widget.worker.wait()
    for name, target, trait, values in (
        ("PhotoBrowser: page", browser.page, "value", (2, 3, 4)),
        ("PhotoBrowser: smallest crop", browser.crop, "value", (0.4, 0.5, 0.6)),
        ("CutPoint: cut", cut.strip, "boundary", (3, 9, 15)),
        ("LayerMicroscope: channel", scope.channel, "value", (3, 4, 5)),
        ("LayerMicroscope: block", scope.strip, "boundary", (6, 11, 17)),
        ("FreezeLab: boundary", lab.strip, "boundary", (3, 9, 18)),
        ("FreezeLab: photos per class", lab.per_class, "value", (5, 20, 120)),
        ("ErrorGallery: cell", gallery.table, "chosen", (0, 6, 12)),
        ("ErrorGallery: confidence", gallery.threshold, "value", (0.3, 0.5, 0.7)),
        ("DataDial: photos per class", dial.per_class, "value", (5, 20, 50)),
    ):
        taken = [timed(lambda t=target, n=trait, v=value: setattr(t, n, v))[0] for value in values]
        tell(f"{name}: answer, median of three", statistics.median(taken))
        for widget in (scope, gallery):
            widget.worker.wait()


def trainings(lab) -> None:
    """Press Train in the freeze lab."""
    lab.strip.boundary, lab.epochs.value = len(lab.names), 10

    def press(what: str) -> None:
        tell(f"FreezeLab: {what}", timed(lambda: (lab.start_training(), lab.worker.wait()))[0])
        lab.clock.stop()  # it goes on measuring blocks, which no learner waits for
        lab.clock.wait()

    press("head only, 10 epochs, cold cache")
    press("head only, 10 epochs, warm cache")
    lab.strip.boundary, lab.epochs.value = lab.names.index("block5c") + 1, 5
    press("from block6a, 5 epochs, cold cache")
    press("from block6a, 5 epochs, warm cache")


def main() -> None:
    with empty_cache():
        photos, base = load_flowers("bundled"), load_base()
        model = attach_head(base, classes=5)
        freeze(model)
        fit(model, photos, epochs=10, learning_rate=3e-3, progress=False)
        report = evaluate(model, photos.test)
        made = first_pictures(photos, base, model, report)
        answers(made)
    with empty_cache():
        trainings(made["FreezeLab"])


if __name__ == "__main__":
    main()
