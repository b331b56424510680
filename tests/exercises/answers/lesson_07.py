"""Answers to lesson 7's problems."""

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from tests.exercises.answers import Answers


def recall_with(share):
    """Return a function that computes a share for each class: from its correct ones, its row and its column."""
    return lambda table: {
        name: share(table.loc[name, name], table.loc[name], table[name], table.to_numpy()) for name in table
    }


def by_names(table):
    recall = {}
    for name, row in table.iterrows():
        recall[str(name)] = round(float(row[name] / row.sum()), 3)
    return recall


recalls = Answers(
    right=[
        lambda table: pd.Series(np.diag(table), index=table.index) / table.sum(axis=1),
        by_names,
        recall_with(lambda hits, row, column, every: np.float32(hits) / np.float32(row.sum())),
        recall_with(lambda hits, row, column, every: keras.ops.divide(hits, row.sum())),
        recall_with(lambda hits, row, column, every: tf.constant(hits / row.sum())),
    ],
    wrong=[
        (recall_with(lambda hits, row, column, every: hits / column.sum()), "That is precision"),
        (recall_with(lambda hits, row, column, every: 100 * hits / row.sum()), "percentage"),
        (recall_with(lambda hits, row, column, every: hits / every.sum()), "share of all photos"),
        (recall_with(lambda hits, row, column, every: np.trace(every) / every.sum()), "accuracy over all classes"),
        (recall_with(lambda hits, row, column, every: 1 - hits / row.sum()), "share that was missed"),
        (recall_with(lambda hits, row, column, every: hits / 10), "were found"),
        (recall_with(lambda hits, row, column, every: hits / every[0].sum()), "were found"),
        (recall_with(lambda hits, row, column, every: hits), "were found"),
        (recall_with(lambda hits, row, column, every: row.max() / row.sum()), "were found"),
        (recall_with(lambda hits, row, column, every: 2 * hits / (row.sum() + column.sum())), "were found"),
        (recall_with(lambda hits, row, column, every: hits // row.sum()), "were found"),
        (recall_with(lambda hits, row, column, every: round(hits / row.sum(), 1)), "were found"),
        (recall_with(lambda hits, row, column, every: f"{hits / row.sum():.3f}"), "the text"),
        (recall_with(lambda hits, row, column, every: row / row.sum()), "a Series of shape"),
        (lambda table: dict(enumerate(np.diag(table) / table.sum(axis=1))), "by its name"),
        (lambda table: {"daisy": 0.8, "roses": 0.3, "tulips": 0.5}, "were found"),
        (lambda table: np.trace(table) / table.to_numpy().sum(), "by its name"),
        (lambda table: table.insert(0, "new", 1) or by_names(table), "changes 'table'"),
        (lambda table: print(table), "a function without return"),
        (lambda table: dict.fromkeys(table.index), "one that holds None"),
    ],
)


def by_loop(confidences, right, threshold):
    kept = [hit for sure, hit in zip(confidences, right, strict=True) if sure >= threshold]
    return len(kept) / len(right), sum(kept) / len(kept)


def by_ops(confidences, right, threshold):
    sure = keras.ops.cast(confidences >= threshold, "float32")
    hits = sure * keras.ops.cast(right, "float32")
    return keras.ops.mean(sure), keras.ops.sum(hits) / keras.ops.sum(sure)


def as_if_sorted(confidences, right, threshold):
    count = int((confidences >= threshold).sum())
    return count / len(right), right[:count].mean()


def sorting(confidences, right, threshold):
    right[:] = right[np.argsort(-confidences)]
    return as_if_sorted(confidences, right, threshold)


coverages = Answers(
    right=[
        by_loop,
        by_ops,
        lambda sure, right, limit: np.array([(sure >= limit).mean(), right[sure >= limit].mean()], "float32"),
        lambda sure, right, limit: [round(float(each), 3) for each in by_loop(sure, right, limit)],
        lambda sure, right, limit: pd.Series(by_loop(sure, right, limit), index=["coverage", "accuracy"]),
    ],
    wrong=[
        (lambda sure, right, limit: ((sure > limit).mean(), right[sure > limit].mean()), "equal to the threshold"),
        (lambda sure, right, limit: ((sure >= limit).mean(), right.mean()), "Count only"),
        (lambda sure, right, limit: ((sure >= limit).mean(), (right & (sure >= limit)).mean()), "Divide by the number"),
        (lambda sure, right, limit: by_loop(sure, right, limit)[::-1], "wrong order"),
        (lambda sure, right, limit: ((sure < limit).mean(), right[sure >= limit].mean()), "doesn't answer for"),
        (lambda sure, right, limit: ((sure >= limit).mean(), 1 - right[sure >= limit].mean()), "share that is wrong"),
        (lambda sure, right, limit: ((sure >= limit).sum(), right[sure >= limit].mean()), "not their share"),
        (lambda sure, right, limit: tuple(100 * each for each in by_loop(sure, right, limit)), "percentage"),
        (as_if_sorted, "answers are right"),
        (sorting, "changes 'right'"),
        (lambda sure, right, limit: by_loop(sure, right, 0.7), "it answers for"),
        (lambda sure, right, limit: (sure >= limit).mean(), "two numbers"),
        (lambda sure, right, limit: tuple(map(str, by_loop(sure, right, limit))), "the text"),
        (lambda sure, right, limit: {"coverage": 1.0, "accuracy": 1.0}, "a dict of 2"),
        (lambda sure, right, limit: (*by_loop(sure, right, limit), limit), "a tuple of 3"),
        (lambda sure, right, limit: (sure >= limit, right[sure >= limit]), "two numbers"),
        (lambda sure, right, limit: (0.5, 0.5) if sure >= limit else (0, 0), "whole array"),
        (lambda sure, right: (1.0, 0.5), "exactly the arguments"),
    ],
)


def worst_by(value):
    """Return a function that finds the pair of different names with the largest value."""

    def find(table):
        pairs = [(true, said) for true in table.index for said in table.columns if true != said]
        return max(pairs, key=lambda pair: value(table, *pair))

    return find


by_count = worst_by(lambda table, true, said: table.loc[true, said])


def by_filling(table):
    counts = table.to_numpy().copy()
    np.fill_diagonal(counts, -1)
    row, column = np.unravel_index(counts.argmax(), counts.shape)
    return [table.index[row], table.columns[column]]


def by_stacking(table):
    return (table - np.diag(np.diag(table))).stack().idxmax()


def in_place(table):
    for name in table.index:
        table.loc[name, name] = 0
    return table.stack().idxmax()


def largest_cell(table):
    row, column = np.unravel_index(table.to_numpy().argmax(), table.shape)
    return table.index[row], table.columns[column]


def positions(table):
    return tuple(list(table.index).index(name) for name in by_count(table))


def worst_of_the_worst_row(table):
    mistakes = table.mask(np.eye(len(table), dtype=bool))
    row = mistakes.sum(axis=1).idxmax()
    return row, mistakes.loc[row].idxmax()


confusions = Answers(
    right=[by_count, by_filling, by_stacking, lambda table: np.array(by_filling(table))],
    wrong=[
        (largest_cell, "the diagonal"),
        (worst_of_the_worst_row, "In a table where"),
        (worst_by(lambda table, true, said: table.loc[said, true]), "wrong way round"),
        (lambda table: by_count(table)[::-1], "wrong way round"),
        (worst_by(lambda table, true, said: table.loc[true, said] / table.loc[true].sum()), "In a table where"),
        (worst_by(lambda table, true, said: table.loc[true, said] / table[said].sum()), "In a table where"),
        (
            worst_by(lambda table, true, said: table.loc[true, said] + table.loc[said, true]),
            "In a table where|wrong way round",
        ),
        (worst_by(lambda table, true, said: -table.loc[true, said]), "In a table where"),
        (lambda table: ("daisy", "roses"), "In a table where|two names"),
        (lambda table: ("roses", "tulips"), "two names"),
        (positions, "two names"),
        (lambda table: " ".join(by_count(table)), "the text"),
        (lambda table: (*by_count(table), 6), "a tuple of 3"),
        (lambda table: set(by_count(table)), "a set of 2"),
        (lambda table: table.loc[by_count(table)], "two names"),
        (lambda table: by_count(table)[0], "the text"),
        (in_place, "changes 'table'"),
        (len, "two names"),
    ],
)

ANSWERS = {"q1": recalls, "q2": coverages, "q3": confusions}
