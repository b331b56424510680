"""Answers to lesson 10's problems."""

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from PIL import Image, ImageOps

from helpers import read_photo
from tests.exercises.answers import Answers


def cut_by_pillow(path, size, turn=True, mode="RGB", at=(0.5, 0.5), way=Image.Resampling.BILINEAR):
    picture = Image.open(path)
    picture = ImageOps.exif_transpose(picture) if turn else picture
    picture = picture.convert(mode) if mode else picture
    return np.asarray(ImageOps.fit(picture, (size, size), way, centering=at))


def cut_by_hand(path, size):
    picture = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    return np.array(picture.crop((left, top, left + side, top + side)).resize((size, size)), dtype="float32")


def cut_by_tensorflow(path, size, antialias=False):
    picture = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    side = min(picture.size)
    square = np.asarray(ImageOps.fit(picture, (side, side)))
    return tf.image.resize(square, (size, size), antialias=antialias)


def stretched(path, size):
    return np.asarray(ImageOps.exif_transpose(Image.open(path)).convert("RGB").resize((size, size)))


def padded(path, size):
    return np.asarray(ImageOps.pad(ImageOps.exif_transpose(Image.open(path)).convert("RGB"), (size, size)))


preparations = Answers(
    right=[
        cut_by_pillow,
        cut_by_hand,
        lambda path, size: cut_by_tensorflow(path, size, antialias=True),
        lambda path, size: tf.constant(read_photo(path, size)),
        lambda path, size: read_photo(str(path), image_size=size).astype("float32"),
        lambda path, size: cut_by_pillow(path, size, way=Image.Resampling.LANCZOS),
    ],
    wrong=[
        (stretched, "don't stretch"),
        (padded, "off by"),
        (lambda path, size: read_photo(path, size) / 255, "between 0 and 1"),
        (lambda path, size: read_photo(path, size) / 127.5 - 1, "between -1 and 1"),
        (lambda path, size: read_photo(path, size)[..., ::-1], "Red and blue"),
        (lambda path, size: read_photo(path, size)[:, ::-1], "mirrored"),
        (lambda path, size: read_photo(path, size)[::-1], "upside down"),
        (lambda path, size: cut_by_pillow(path, size, at=(0, 0)), "a corner"),
        (lambda path, size: cut_by_pillow(path, size, turn=False), "EXIF"),
        (lambda path, size: cut_by_pillow(path, size, mode=None), "convert it to RGB"),
        (lambda path, size: cut_by_pillow(path, size, mode="L"), "an array of shape"),
        (lambda path, size: cut_by_pillow(path, size, way=Image.Resampling.NEAREST), "instead of averaging them"),
        (cut_by_tensorflow, "instead of averaging them"),
        (lambda path, size: read_photo(path, 64), "(48, 48, 3)"),
        (lambda path, size: read_photo(path, size)[None], "an array of shape"),
        (lambda path, size: Image.open(path), "a Pillow image"),
        (lambda path, size: Image.fromarray(cut_by_pillow(path, size)), "a Pillow image"),
        (lambda path, size: str(path), "the text"),
        (lambda path, size: None, "a function without return"),
        (lambda path: read_photo(path), "exactly the arguments"),
        (lambda path, size: keras.utils.img_to_array(keras.utils.load_img(path)), "an array of shape"),
    ],
)


def in_a_loop(licences, allowed):
    parts = []
    for part in licences:
        if not licences[part] or licences[part] not in allowed:
            parts.append(part)
    return parts


def within_what_is_used(licences, allowed):
    allowed &= set(licences.values())
    return [part for part, licence in licences.items() if licence not in allowed]


licences = Answers(
    right=[
        in_a_loop,
        lambda licences, allowed: {part for part in licences if licences[part] not in allowed},
        lambda licences, allowed: list(filter(lambda part: licences[part] not in allowed, licences)),
        lambda licences, allowed: pd.Series(licences)[~pd.Series(licences).isin(allowed)].index,
    ],
    wrong=[
        (lambda licences, allowed: [part for part in licences if licences[part] is None], "isn't allowed"),
        (
            lambda licences, allowed: [p for p, which in licences.items() if which and which not in allowed],
            "isn't known",
        ),
        (lambda licences, allowed: [p for p, which in licences.items() if which in allowed], "all three are allowed"),
        (lambda licences, allowed: [w for w in licences.values() if w not in allowed], r"one that holds None\.$"),
        (lambda licences, allowed: in_a_loop(licences, allowed)[:1], "two licences aren't known|one of four"),
        (lambda licences, allowed: bool(in_a_loop(licences, allowed)), "a list of names"),
        (lambda licences, allowed: len(in_a_loop(licences, allowed)), "a list of names"),
        (lambda licences, allowed: ", ".join(in_a_loop(licences, allowed)), "the text"),
        (
            lambda licences, allowed: [p for p in ("code", "weights", "photos") if licences[p] not in allowed],
            "one of four",
        ),
        (
            lambda licences, allowed: [p for p, w in licences.items() if not any(a in str(w) for a in allowed)],
            "one of four",
        ),
        (lambda licences, allowed: licences.clear() or [], "changes 'licences'"),
        (within_what_is_used, "changes 'allowed'"),
        (lambda licences, allowed: None, "a list of names"),
    ],
)


def as_lists(model, export, tolerance):
    found = []
    for number, (one, other) in enumerate(zip(model.tolist(), export.tolist(), strict=True)):
        moved = max(abs(a - b) for a, b in zip(one, other, strict=True)) > tolerance
        if moved or one.index(max(one)) != other.index(max(other)):
            found.append(number)
    return found


def far(model, export, tolerance):
    return np.abs(model - export).max(axis=1) > tolerance


def other(model, export):
    return model.argmax(axis=1) != export.argmax(axis=1)


differing = Answers(
    right=[
        as_lists,
        lambda *given: set(as_lists(*given)),
        lambda model, export, tolerance: np.where(far(model, export, tolerance) | other(model, export))[0],
        lambda model, export, tolerance: (
            pd.Series(far(model, export, tolerance) + other(model, export)).loc[lambda r: r].index
        ),
    ],
    wrong=[
        (lambda model, export, tolerance: np.flatnonzero(far(model, export, tolerance)), "another class is likeliest"),
        (lambda model, export, tolerance: np.flatnonzero(other(model, export)), "further off"),
        (lambda model, export, tolerance: np.flatnonzero(far(model, export, tolerance) & other(model, export)), "both"),
        (
            lambda model, export, tolerance: np.flatnonzero(~(far(model, export, tolerance) | other(model, export))),
            "both agree",
        ),
        (lambda m, e, t: np.flatnonzero((m - e).max(axis=1) > t), "missing|lack"),
        (lambda m, e, t: np.flatnonzero((np.abs(m - e).mean(axis=1) > t) | other(m, e)), "missing|lack|further off"),
        (lambda m, e, t: np.flatnonzero((np.abs(m - e).sum(axis=1) > t) | other(m, e)), "too many"),
        (lambda m, e, t: np.flatnonzero((np.linalg.norm(m - e, axis=1) > t) | other(m, e)), "too many"),
        (lambda m, e, t: np.flatnonzero((np.abs((m - e).sum(axis=1)) > t) | other(m, e)), "missing|lack"),
        (lambda m, e, t: np.flatnonzero((m != e).any(axis=1)), "too many"),
        (lambda m, e, t: [*np.flatnonzero(far(m, e, t)), *np.flatnonzero(other(m, e))], "listed twice"),
        (lambda m, e, t: far(m, e, t) | other(m, e), "the numbers of the rows"),
        (lambda m, e, t: len(as_lists(m, e, t)), "the numbers of the rows"),
        (lambda m, e, t: m[as_lists(m, e, t)], "the numbers of the rows"),
        (lambda m, e, t: np.subtract(m, e, out=m) is None or as_lists(m, e, t), "changes 'm'"),
        (lambda m, e, t: None, "the numbers of the rows"),
    ],
)

ANSWERS = {"q1": preparations, "q2": licences, "q3": differing}
