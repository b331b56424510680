"""Answers to lesson 1's problems."""

import filecmp
import hashlib

import keras
import numpy as np
import tensorflow as tf
from sklearn.model_selection import StratifiedKFold, train_test_split

from helpers import read_photo
from tests.exercises.answers import Answers


def by_digest(train, test):
    known = [hashlib.md5(path.read_bytes()).hexdigest() for path in train]
    return len([path for path in test if hashlib.md5(path.read_bytes()).hexdigest() in known])


def by_pixels(train, test):
    known = {read_photo(path, 64).tobytes() for path in train}
    return np.sum([read_photo(path, 64).tobytes() in known for path in test])


def by_filecmp(train, test):
    return tf.constant(sum(any(filecmp.cmp(new, old) for old in train) for new in test))


def start_of(path):
    with path.open("rb") as file:
        return file.read(4)


def with_(read):
    """Return a right way to count, given a way to read a file."""
    return lambda train, test: sum(read(path) in [read(other) for other in train] for path in test)


leaks = Answers(
    right=[by_digest, by_pixels, by_filecmp, with_(lambda path: np.fromfile(path, "uint8").tobytes())],
    wrong=[
        (with_(lambda path: path.name), "only file names are shared"),
        (with_(lambda path: path.stat().st_size), "of which 0 have a twin"),
        (with_(lambda path: path.stat().st_mtime), "of which 1 have a twin"),
        (with_(start_of), "of which 0 have a twin"),
        (with_(lambda path: path.read_bytes()[-64:]), "nearly the same bytes"),
        (with_(lambda path: sum(path.read_bytes())), "nearly the same bytes"),
        (with_(lambda path: path.read_text(errors="ignore")), "of which 0 have a twin"),
        (with_(lambda path: path.read_text()), "raised UnicodeDecodeError"),
        (lambda train, test: with_(lambda path: path.read_bytes())(test, train), "of which 3 have a twin"),
        (
            lambda train, test: sum(a.read_bytes() == b.read_bytes() for a in train for b in test),
            "one file has two twins",
        ),
        (
            lambda train, test: len({a.read_bytes() for a in train} & {b.read_bytes() for b in test}),
            "three files have one twin",
        ),
        (lambda train, test: len(test), "returned 2"),
        (lambda train, test: by_digest(train, test) > 0, "yes or no"),
        (lambda train, test: str(by_digest(train, test)), "the text"),
        (lambda train, test: by_digest(train, test) / len(test), "Received: 0.5"),
        (lambda train, test: [path for path in test if path in train], "a list of"),
        (lambda train, test: train.clear() or 0, "changes 'train'"),
    ],
)


def stratified(draw):
    """Return a split class by class, given a way to draw a fifth of a class's rows."""

    def split(labels, seed):
        rng = np.random.default_rng(seed)
        test = np.concatenate([draw(rng, np.flatnonzero(labels == label)) for label in np.unique(labels)])
        return np.setdiff1d(np.arange(len(labels)), test), test

    return split


def a_fifth(rng, rows):
    return rng.permutation(rows)[: len(rows) // 5]


by_class = stratified(a_fifth)


def by_scikit_learn(labels, seed):
    return train_test_split(np.arange(len(labels)), test_size=0.2, stratify=labels, random_state=seed)


def by_folds(labels, seed):
    train, test = next(StratifiedKFold(5, shuffle=True, random_state=seed).split(labels, labels))
    return train.tolist(), set(test.tolist())


def by_global_seed(labels, seed):
    np.random.seed(seed)
    test = [
        row
        for label in set(labels)
        for row in np.random.choice(np.where(labels == label)[0], (labels == label).sum() // 5, replace=False)
    ]
    return [row for row in range(len(labels)) if row not in test], test


def all_at_once(labels, seed):
    rows = np.random.default_rng(seed).permutation(len(labels))
    return rows[len(rows) // 5 :], rows[: len(rows) // 5]


def as_if_sorted(labels, seed):
    rng, test, start = np.random.default_rng(seed), [], 0
    for count in np.bincount(labels):
        test += list(rng.permutation(np.arange(start, start + count))[: count // 5])
        start += count
    return np.setdiff1d(np.arange(len(labels)), test), test


def three_classes(labels, seed):
    few = by_class(labels[labels < 3], seed)
    rows = np.flatnonzero(labels < 3)
    return rows[few[0]], rows[few[1]]


def only_the_first_is_shuffled(labels, seed):
    rng = np.random.default_rng(seed)
    return stratified(lambda _, rows: a_fifth(rng, rows) if labels[rows[0]] == 0 else rows[: len(rows) // 5])(
        labels, seed
    )


def masks(labels, seed):
    test = np.isin(np.arange(len(labels)), by_class(labels, seed)[1])
    return ~test, test


splits = Answers(
    right=[by_class, by_scikit_learn, by_folds, by_global_seed],
    wrong=[
        (all_at_once, "Split each class separately"),
        (as_if_sorted, "Split each class separately"),
        (three_classes, "exactly one part"),
        (stratified(lambda rng, rows: rows[: len(rows) // 5]), "Another seed should give another split"),
        (stratified(lambda rng, rows: np.roll(rows, -rng.integers(len(rows)))[: len(rows) // 5]), "in a row"),
        (stratified(lambda rng, rows: rows[rng.integers(5) :: 5]), "don't just shift it"),
        (only_the_first_is_shuffled, "in class 1 yours stays the same"),
        (lambda labels, seed: by_class(labels, None), "The same seed should give the same split"),
        (lambda labels, seed: by_class(labels, 42), "Another seed should give another split"),
        (lambda labels, seed: by_class(labels, seed)[::-1], "training rows first"),
        (masks, "True and False for each row"),
        (lambda labels, seed: tuple(labels[part] for part in by_class(labels, seed)), "in both parts|exactly one part"),
        (lambda labels, seed: (range(145), range(29)), "a leak"),
        (lambda labels, seed: (range(40), range(64, 80)), "exactly one part"),
        (stratified(lambda rng, rows: rng.permutation(rows)[: len(rows) // 4]), "one fifth"),
        (lambda labels, seed: [[str(row) for row in part] for part in by_class(labels, seed)], "two lists of row"),
        (lambda labels, seed: by_class(labels, seed)[1], "two lists of row"),
        (lambda labels, seed: None, "a function without return"),
        (lambda labels, seed: labels.sort() or by_class(labels, seed), "changes 'labels'"),
        (lambda labels: by_class(labels, 0), "exactly the arguments"),
    ],
)


def one_by_one(photos, rng):
    return np.stack([photo[:, ::-1] if rng.random() < 0.5 else photo for photo in photos])


def by_tensorflow(photos, rng):
    chosen = rng.random(len(photos)) < 0.5
    return tf.where(chosen[:, None, None, None], photos[:, :, ::-1], photos)


def exactly_half(photos, rng):
    views, chosen = photos.copy(), rng.permutation(len(photos))[: len(photos) // 2]
    views[chosen] = np.flip(views[chosen], axis=2)
    return views


def with_choice(choose):
    """Return a function that mirrors those that `choose` says."""

    def mirror(photos, rng):
        views, chosen = photos.copy(), choose(len(photos), rng)
        views[chosen] = views[chosen][:, :, ::-1]
        return views

    return mirror


def in_place(photos, rng):
    chosen = rng.random(len(photos)) < 0.5
    photos[chosen] = photos[chosen][:, :, ::-1]
    return photos


def upside_down(photos, rng):
    return np.stack([photo[::-1] if rng.random() < 0.5 else photo for photo in photos])


def overlapping(photos, rng):
    return np.stack([photo[::-1, ::-1] if rng.random() < 0.5 else photo for photo in photos])


mirrors = Answers(
    right=[
        one_by_one,
        by_tensorflow,
        exactly_half,
        with_choice(lambda count, rng: rng.integers(0, 2, count).astype(bool)),
        lambda photos, rng: list(one_by_one(photos, rng)),
        lambda photos, rng: one_by_one(photos, rng).astype("float32"),
    ],
    wrong=[
        (with_choice(lambda count, rng: np.random.random(count) < 0.5), "Let only the generator"),
        (with_choice(lambda count, rng: np.random.default_rng(0).random(count) < 0.5), "whatever the generator"),
        (with_choice(lambda count, rng: slice(None, None, 2)), "whatever the generator"),
        (with_choice(lambda count, rng: slice(count // 2)), "whatever the generator"),
        (with_choice(lambda count, rng: rng.random(count) < 1 / 3), "About half should be"),
        (with_choice(lambda count, rng: slice(count) if rng.random() < 0.5 else slice(0)), "About half should be"),
        (lambda photos, rng: photos[:, :, ::-1], "About half should be"),
        (lambda photos, rng: photos.copy(), "About half should be"),
        (lambda photos, rng: keras.layers.RandomFlip("horizontal")(photos), "Let only the generator"),
        (upside_down, "upside down"),
        (lambda photos, rng: photos[:, ::-1], "upside down"),
        (overlapping, "Some are neither"),
        (lambda photos, rng: photos[..., ::-1], "Some are neither"),
        (in_place, "changes 'photos'"),
        (lambda photos, rng: photos[:10], "of the shape"),
        (lambda photos, rng: photos.swapaxes(1, 2), "of the shape"),
        (lambda photos, rng: None, "a function without return"),
        (lambda photos: photos, "exactly the arguments"),
    ],
)

ANSWERS = {"q1": leaks, "q2": splits, "q3": mirrors}
