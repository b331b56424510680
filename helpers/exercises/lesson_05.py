"""Exercises of lesson 5: unfreezing, choosing a winner fairly, and finding what moved."""

from types import SimpleNamespace

import keras
import numpy as np
import pandas as pd

from helpers.exercises.models import blocks_of, model_of
from helpers.exercises.problem import Problem, equals, expecting, run_on
from helpers.exercises.view import Question
from helpers.network import freezing

_LARGEST_RATE = 1e-3


def ready_to_fine_tune(model) -> str | None:
    """Return what is wrong with a model that should be compiled and ready to fine-tune its last two blocks."""
    names = [block.name for block in blocks_of(model_of(model))]
    table = freezing.plan_of(model).table.set_index("block")
    if table.loc[names].frozen.all():
        return "The whole base is frozen: that is training the head, not fine-tuning."
    if not freezing.plan_of(model).boundary:
        return f"Everything is unfrozen, down to the stem. Only {names[-2]} and {names[-1]} should be."
    free = [name for name in names if not table.frozen[name]]
    if free != names[-2:]:
        return f"Unfrozen blocks: {', '.join(free)}. Expected: {names[-2]} and {names[-1]}."
    fault = _free_layers_fault(model, names[-2:])
    if fault:
        return fault
    if not any(layer.trainable_weights for layer in freezing.head_layers(model)):
        return "The head is frozen. It should keep learning along with the blocks below it."
    if not getattr(model, "compiled", False):
        return "Compile the model after changing what is trainable, or Keras goes on as before."
    rate = float(np.max(model.optimizer.learning_rate))
    if rate > _LARGEST_RATE * 1.001:  # Keras keeps it in float32
        return (
            f"The learning rate is {rate:g}, which would overwrite what the blocks know. Use at most {_LARGEST_RATE:g}."
        )
    return None


def _free_layers_fault(model: keras.Model, free: list[str]) -> str | None:
    layers = [model.get_layer(name) for block in blocks_of(model) if block.name in free for name in block.layers]
    if any(isinstance(layer, keras.layers.BatchNormalization) and layer.trainable for layer in layers):
        return "BatchNormalization in the last two blocks is unfrozen. Freeze it, so that its statistics don't change."
    still = [layer.name for layer in layers if layer.weights and not layer.trainable and not _is_norm(layer)]
    if still:
        return f"{len(still)} layers inside the two blocks are still frozen, such as {still[0]}: a cut inside a block."
    return None


def _is_norm(layer: keras.layers.Layer) -> bool:
    return isinstance(layer, keras.layers.BatchNormalization)


q1 = Question(
    Problem(
        "q1",
        "Make a model ready to fine-tune its last two blocks: these unfrozen, BatchNorm frozen, a small learning rate.",
        ready_to_fine_tune,
        "The two blocks and the head learn, the statistics don't change, and the steps are small.",
        (
            "blocks(model)[-2:] are the last two; each has .layers, the names of its layers.",
            "freeze(model, until=blocks(model)[-3].name) sets all the flags.",
            "Then model.compile(keras.optimizers.Adam(1e-4), loss=…).",
        ),
        """
answer = copy_of(start)
freeze(answer, until=blocks(answer)[-3].name)
answer.compile(keras.optimizers.Adam(1e-4), loss="sparse_categorical_crossentropy")
""",
    )
)


def _judged(*parts: tuple[bool, int]) -> SimpleNamespace:
    """Return what a comparison needs of a report: so many photos right, then so many wrong, and so on."""
    correct = np.concatenate([np.full(count, right) for right, count in parts])
    return SimpleNamespace(
        accuracy=float(correct.mean()), correct=correct, split=SimpleNamespace(fingerprint="of the exercise")
    )


def honest_winner(function) -> str | None:
    """Return what is wrong with a function that should name the best of several, if its lead is more than luck."""
    right, wrong = True, False
    good = _judged((right, 180), (wrong, 20))
    worse = _judged((right, 164), (wrong, 36))
    swapped = _judged((right, 150), (wrong, 26), (right, 20), (wrong, 4))  # 170 right, but other ones
    poor = _judged((right, 90), (wrong, 110))
    cases = (
        ({"a": good, "b": worse}, "a", "a wins 16 photos and loses none, so it wins"),
        ({"a": worse, "b": good}, "b", "b wins 16 photos and loses none, whatever its place in the dict"),
        ({"a": good, "b": swapped}, None, "a leads by ten photos but wins 30 and loses 20, so nothing wins"),
        ({"a": good, "b": good, "c": poor}, None, "two are equal, so nothing wins"),
        ({"a": poor, "b": worse, "c": good}, "c", "c beats the second best, which is what counts, so it wins"),
    )
    for reports, expected, why in cases:
        found = run_on(function, dict(reports))
        if not equals(found, expected):
            told = ", ".join(f"{name} {report.accuracy:.3f}" for name, report in reports.items())
            return f"With the accuracies {told}, {why}. Your function returned {found!r}."
    return None


q2 = Question(
    Problem(
        "q2",
        "Write a function that takes reports by name, all on the same photos, and returns the winner's name, or None "
        "if luck alone may explain its lead.",
        honest_winner,
        "This keeps you from reporting luck as progress.",
        (
            "Sort the names by .accuracy; only the first two matter.",
            "compare(report_a, report_b) counts photo by photo; its .interval is that of the difference.",
            "Return the first name only if the lower end of the interval is above 0.",
        ),
        """
def answer(reports):
    first, second = sorted(reports, key=lambda name: reports[name].accuracy, reverse=True)[:2]
    low, high = compare(reports[first], reports[second]).interval
    return first if low > 0 else None
""",
    )
)


def _moved(rows: list[tuple]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["block", "frozen", "weights_moved", "statistics_moved"])


def finds_what_moved(function) -> str | None:
    """Return what is wrong with a function that should list the blocks that are frozen and changed all the same."""
    quiet = [("stem", True, 0.0, 0.0), ("block7a", True, 0.0, 0.0), ("head", False, 0.2, 0.0)]
    cases = (
        (quiet, [], "no frozen block moved"),
        ([*quiet[:1], ("block7a", True, 0.0, 0.31), quiet[2]], ["block7a"], "block7a's statistics drifted"),
        ([("stem", True, 1e-9, 0.0), *quiet[1:]], ["stem"], "the stem's weights moved, if only a little"),
        ([("stem", True, 0.0, 0.1), ("block7a", True, 0.2, 0.0), quiet[2]], ["stem", "block7a"], "both moved"),
        ([("stem", True, 0.0, 0.0), ("block7a", False, 0.2, 0.3), quiet[2]], [], "only unfrozen blocks moved"),
    )
    for rows, expected, why in cases:
        found = run_on(function, _moved(rows))
        with expecting(f"Expected a list of names. Your function returned {type(found).__name__}."):
            names = [str(name) for name in found]
        if sorted(names) != sorted(expected):
            return f"On a table in which {why}, your function returned {names}. Expected: {expected}."
    return None


q3 = Question(
    Problem(
        "q3",
        "Write a function that takes run.moved and returns the names of the frozen blocks that moved anyway.",
        finds_what_moved,
        "With it you can find what is frozen in name only.",
        (
            "The table has the columns block, frozen, weights_moved and statistics_moved.",
            "A block can move in two ways: its weights, or its BatchNorm statistics.",
            "moved[moved.frozen & ((moved.weights_moved > 0) | (moved.statistics_moved > 0))]",
        ),
        """
def answer(moved):
    faulty = moved.frozen & ((moved.weights_moved > 0) | (moved.statistics_moved > 0))
    return moved.block[faulty].tolist()
""",
    )
)
