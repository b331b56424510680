"""Exercises of lesson 6: finding what moved, what was forgotten, and how far down to go."""

from collections import Counter

import numpy as np
import pandas as pd

from helpers.exercises.problem import Problem
from helpers.exercises.running import run_on
from helpers.exercises.values import close, described, equals, mistake, names_in, number_in, told_apart
from helpers.exercises.view import Question


def finds_what_moved(function) -> str | None:
    """Return what is wrong with a function that should list the blocks that are frozen and changed all the same."""
    head = ("head", False, 0.2, 0.0)
    cases = [
        ([("stem", True, 0.0, 0.0), ("block7a", True, 0.0, 0.0), head], "no frozen block moved"),
        ([("stem", True, 0.0, 0.0), ("block7a", True, 0.0, 0.31), head], "block7a's statistics drifted"),
        ([("stem", True, 1e-9, 0.0), ("block7a", True, 0.0, 0.0), head], "the stem's weights moved, if only a little"),
        ([("stem", True, 0.0, 0.1), ("block7a", True, 0.2, 0.0), head], "two blocks moved, each in another way"),
        ([("stem", True, 0.3, 0.2), ("block7a", True, 0.0, 0.0), head], "the stem's weights and statistics moved"),
        ([("stem", True, 0.2, 0.2), ("block7a", True, 0.0, 0.0), head], "the stem's statistics moved just as far"),
        ([("stem", True, 0.0, 0.0), ("block7a", False, 0.2, 0.3), head], "only unfrozen blocks moved"),
        ([("stem", True, 0.0, 0.0), ("block7a", False, 0.0, 0.3), head], "only unfrozen blocks moved"),
    ]
    rng, several = np.random.default_rng(5), "several blocks moved in several ways"
    for count in (3, 8, 17):
        names = [f"block{number}a" for number in rng.permutation(count)]
        weights, statistics = np.where(rng.random((2, count)) < 0.5, 0, rng.random((2, count)))
        rows = zip(names, rng.random(count) < 0.7, weights, statistics, strict=True)
        cases.append(([*rows, head], several))
    for rows, why in cases:
        moved = pd.DataFrame(rows, columns=["block", "frozen", "weights_moved", "statistics_moved"])
        moved["frozen"] = moved.frozen.astype(bool)
        expected = [name for name, frozen, *how_far in rows if frozen and any(how_far)]
        found = names_in(run_on(function, moved))
        twice = [name for name, times in Counter(found).items() if times > 1]
        if twice:
            return f"Your list names {twice[0]} twice. Each block should be in it once, however it moved."
        if set(found) != set(expected):
            return f"On a table in which {why}, your function returned {found}. Expected: {expected}."
    return None


q1 = Question(
    Problem(
        "q1",
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


def measures_forgetting(function) -> str | None:
    """Return what is wrong with a function that should return the share of photos with the same answer as before."""
    rng = np.random.default_rng(6)
    for photos, classes in ((40, 7), (25, 3), (8, 30), (90, 10)):
        before = rng.dirichlet(np.ones(classes), photos)
        after = np.where(rng.random((photos, 1)) < 0.6, before**0.5, rng.dirichlet(np.ones(classes), photos))
        after /= after.sum(axis=1, keepdims=True)
        after[: photos // 3] = before[: photos // 3]  # these haven't changed at all
        same = before.argmax(axis=1) == after.argmax(axis=1)
        share = number_in(run_on(function, before.copy(), after.copy()), "one number, the share that stayed the same")
        if close(share, float(same.mean())):
            continue
        known = {
            "Compare the likeliest classes, not the probabilities themselves.": float((before == after).mean()),
            "That is the share that changed.": 1 - same.mean(),
            "That is a percentage. A share goes from 0 to 1.": 100 * same.mean(),
            "That is the number of photos, not their share.": float(same.sum()),
            "Take the likeliest class of each photo, which is a row: axis=1.": float(
                (before.argmax(axis=0) == after.argmax(axis=0)).mean()
            ),
        }
        yours, right = told_apart(share, float(same.mean()))
        told = f"The likeliest class stays the same for {same.sum()} of {photos} photos, {right}. You return {yours}."
        return f"{told} {mistake(share, float(same.mean()), known) or ''}".strip()
    return None


q2 = Question(
    Problem(
        "q2",
        "Write a function (before, after) that takes the old head's probabilities, a row per photo, and returns the "
        "share of photos whose likeliest class is the same.",
        measures_forgetting,
        "It needs no labels: where the answer has changed, the features have changed.",
        (
            "What is the likeliest class of a row?",
            "probabilities.argmax(axis=1) gives one class number per photo.",
            "(before.argmax(axis=1) == after.argmax(axis=1)).mean()",
        ),
        """
def answer(before, after):
    return (before.argmax(axis=1) == after.argmax(axis=1)).mean()
""",
    )
)


def chooses_a_boundary(function) -> str | None:
    """Return what is wrong with a function that should name the best boundary among those that keep enough."""
    rng, names = np.random.default_rng(8), ["top", "block6d", "block5c", "block4c", "block3b"]
    cases = [
        ([("top", 0.80, 1.0), ("block6d", 0.85, 0.6), ("block5c", 0.90, 0.2)], 0.5),
        ([("top", 0.80, 1.0), ("block6d", 0.85, 0.6), ("block5c", 0.90, 0.2)], 0.6),
        ([("top", 0.80, 1.0), ("block6d", 0.85, 0.6), ("block5c", 0.90, 0.2)], 0.7),
        ([("block5c", 0.95, 0.4), ("top", 0.80, 1.0), ("block6d", 0.70, 0.9)], 0.9),
        ([("block6d", 0.85, 0.6), ("block5c", 0.90, 0.2)], 0.7),
    ]
    for count in (3, 4, 5):
        kept, accuracies = rng.random(count).round(2), rng.permutation(np.linspace(0.5, 0.9, count))
        rows = zip(rng.permutation(names)[:count].tolist(), accuracies, kept, strict=True)
        cases.append((list(rows), float(np.sort(kept)[1])))
    for rows, least in cases:
        enough = [row for row in rows if row[2] >= least]
        expected = max(enough, key=lambda row: row[1])[0] if enough else None
        table = pd.DataFrame(rows, columns=["until", "accuracy", "kept"])
        found = run_on(function, table, least)
        if equals(found, expected):
            continue
        said = repr(found) if found is None or isinstance(found, str) else described(found)
        told = ", ".join(f"{until}: accuracy {accuracy:.2f}, kept {kept:.2f}" for until, accuracy, kept in rows)
        why = "the most accurate of those that keep enough" if enough else "none keeps enough"
        return f"With {told}, and at least {least:.2f} to be kept, expected {expected!r}: {why}. You return {said}."
    return None


q3 = Question(
    Problem(
        "q3",
        "Write a function (table, least) that returns the boundary with the highest accuracy among those whose "
        "'kept' is at least 'least', or None if there is no such boundary.",
        chooses_a_boundary,
        "You have said what the old task is worth to you, before looking at the accuracies.",
        (
            "First leave out the rows that keep too little.",
            "table[table.kept >= least] has the others; it may be empty.",
            "enough.until[enough.accuracy.idxmax()] is the best of them.",
        ),
        """
def answer(table, least):
    enough = table[table.kept >= least]
    return None if enough.empty else enough.until[enough.accuracy.idxmax()]
""",
    )
)
