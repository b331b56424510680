"""Answers to lesson 6's problems."""

import keras
import numpy as np
import pandas as pd

from tests.exercises.answers import Answers


def as_set(moved):
    return {row.block for row in moved.itertuples() if row.frozen and max(row.weights_moved, row.statistics_moved)}


def as_series(moved):
    return moved.loc[moved.frozen & (moved[["weights_moved", "statistics_moved"]].max(axis=1) > 0), "block"]


def each_way(moved):
    held = moved[moved.frozen]
    return [*held.block[held.weights_moved > 0], *held.block[held.statistics_moved > 0]]


detectives = Answers(
    right=[
        as_set,
        as_series,
        lambda moved: moved.query("frozen and weights_moved + statistics_moved > 0").block.to_numpy(),
        lambda moved: moved.set_index("block").query("frozen and not weights_moved == statistics_moved == 0").index,
    ],
    wrong=[
        (lambda moved: moved.block[moved.frozen & (moved.weights_moved > 0)].tolist(), "statistics drifted"),
        (lambda moved: moved.block[moved.frozen & (moved.statistics_moved > 0)].tolist(), "only a little"),
        (lambda moved: moved.block[moved.weights_moved + moved.statistics_moved > 0].tolist(), "no frozen block moved"),
        (lambda moved: moved.block[moved.frozen & (moved.weights_moved > 0.01)].tolist(), "statistics drifted"),
        (
            lambda moved: moved.block[moved.frozen & (moved.weights_moved > 0) & (moved.statistics_moved > 0)].tolist(),
            "statistics drifted",
        ),
        (
            lambda moved: moved.block[moved.frozen & ((moved.weights_moved > 0) ^ (moved.statistics_moved > 0))],
            "weights and statistics moved",
        ),
        (lambda moved: moved.block[moved.frozen & (moved.weights_moved != moved.statistics_moved)], "just as far"),
        (each_way, "twice"),
        (lambda moved: moved.block[moved.frozen].tolist(), "no frozen block moved"),
        (lambda moved: moved.block[~moved.frozen].tolist(), "no frozen block moved"),
        (lambda moved: moved[moved.frozen & (moved.weights_moved > 0 or moved.statistics_moved > 0)], "whole array"),
        (
            lambda moved: moved[moved.frozen & (moved.weights_moved > 0)],
            "a DataFrame",
        ),
        (lambda moved: list(as_series(moved).index), "the number"),
        (lambda moved: ", ".join(as_set(moved)), "the text"),
        (lambda moved: moved.insert(0, "new", 1) or as_series(moved), "changes 'moved'"),
        (lambda moved: 3, "a list of names"),
        (lambda moved: np.int64(3), "the number 3"),
        (lambda moved: None, "a function without return"),
    ],
)


def likeliest(probabilities):
    return probabilities.argmax(axis=1)


def by_counting(before, after):
    return sum(list(a).index(max(a)) == list(b).index(max(b)) for a, b in zip(before, after, strict=True)) / len(before)


forgetting = Answers(
    right=[
        by_counting,
        lambda before, after: 1 - np.count_nonzero(likeliest(before) - likeliest(after)) / len(before),
        lambda before, after: keras.ops.mean(
            keras.ops.cast(keras.ops.argmax(before, axis=1) == keras.ops.argmax(after, axis=1), "float32")
        ),
        lambda before, after: round(float(np.mean(likeliest(before) == likeliest(after))), 3),
    ],
    wrong=[
        (lambda before, after: (likeliest(before) != likeliest(after)).mean(), "the share that changed"),
        (lambda before, after: 100 * (likeliest(before) == likeliest(after)).mean(), "a percentage"),
        (lambda before, after: (likeliest(before) == likeliest(after)).sum(), "number of photos"),
        (lambda before, after: (before.argmax(axis=0) == after.argmax(axis=0)).mean(), "axis=1"),
        (lambda before, after: (before == after).mean(), "not the probabilities themselves"),
        (lambda before, after: np.isclose(before, after).all(axis=1).mean(), "stays the same for"),
        (lambda before, after: (before.argmax() == after.argmax()).mean(), "stays the same for"),
        (lambda before, after: likeliest(before) == likeliest(after), "one number"),
        (lambda before, after: pd.Series(likeliest(before)), "a Series of shape"),
        (lambda before, after: str(by_counting(before, after)), "the text"),
        (lambda before, after: before.sort(axis=1) or 0.5, "changes 'before'"),
        (lambda before, after: None, "one number"),
    ],
)


def by_sorting(table, least):
    for row in table.sort_values("accuracy", ascending=False).itertuples():
        if row.kept >= least:
            return row.until
    return None


def by_query(table, least):
    enough = table.query("kept >= @least").set_index("until").accuracy
    return enough.idxmax() if len(enough) else None


def by_rows(table, least):
    best = None
    for until, accuracy, kept in table.to_numpy():
        if kept >= least and (best is None or accuracy > best[1]):
            best = until, accuracy
    return best and best[0]


def of_several(table, least):
    return by_sorting(table, least) if (table.kept >= least).sum() > 1 else None


boundaries = Answers(
    right=[by_sorting, by_query, by_rows],
    wrong=[
        (lambda table, least: table.until[table.accuracy.idxmax()], "keep enough"),
        (lambda table, least: table.until[table.kept.idxmax()], "keep enough"),
        (lambda table, least: by_sorting(table[table.kept > least], least), "the most accurate of those"),
        (lambda table, least: by_sorting(table, least) or table.until[0], "none keeps enough"),
        (of_several, "expected 'top'"),
        (lambda table, least: by_sorting(table, least) or "none", "none keeps enough"),
        (lambda table, least: table[table.kept >= least].until.iloc[-1:].squeeze(), "expected"),
        (lambda table, least: by_sorting(table.assign(accuracy=-table.accuracy), least), "the most accurate of those"),
        (lambda table, least: table[table.kept >= least].until.tolist(), "a list"),
        (lambda table, least: table[table.kept >= least].accuracy.max(), "number"),
        (
            lambda table, least: table.sort_values("accuracy", inplace=True) or by_sorting(table, least),
            "changes 'table'",
        ),
        (lambda table, least: None, "expected 'block6d'"),
    ],
)

ANSWERS = {"q1": detectives, "q2": forgetting, "q3": boundaries}
