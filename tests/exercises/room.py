"""What a lesson's cells have made by the time of its exercises, and all of the course's questions."""

import keras
import numpy as np

from helpers import attach_head, blocks, compare, copy_of, exercises, freeze, read_photo, settle_statistics
from helpers.exercises.small_base import small_base
from helpers.exercises.view import Question

QUESTIONS = {
    f"{lesson}.{name}": question
    for lesson in exercises.__all__
    if lesson.startswith("lesson_")
    for name, question in vars(getattr(exercises, lesson)).items()
    if name.startswith("q") and isinstance(question, Question)
}

_GIVEN = {
    "lesson_02.q1": ("base",),
    "lesson_02.q2": ("base",),
    "lesson_03.q1": ("base", "classes"),
    "lesson_03.q2": ("base", "classes", "units"),
    "lesson_04.q2": ("photos", "base"),
    "lesson_11.q5": ("base",),
}


def furnished(photos) -> dict:
    """Return the names that cells and answers use, for photos of 32 pixels; `start` is a model with a trained head."""
    base = settle_statistics(small_base(32), photos.train)
    base.pretrained = True
    start = attach_head(base, classes=5)
    freeze(start, until="top")
    start.compile("adam", loss="sparse_categorical_crossentropy")
    start.fit(photos.train.images(), photos.train.labels, verbose=0)
    helpers = {each.__name__: each for each in (attach_head, blocks, copy_of, freeze, compare, read_photo)}
    cells = {"base": base, "photos": photos, "classes": 5, "units": 64, "start": copy_of(start)}
    return {**helpers, **cells, "np": np, "keras": keras}


def given(name: str, room: dict) -> dict:
    """Return what a question's check is given beside the answer."""
    return {each: room[each] for each in _GIVEN.get(name, ())}
