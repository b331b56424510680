"""How lessons are run on real photos, small, under papermill."""

from pathlib import Path

import pytest

from helpers import lessons
from helpers.bands import outside
from tests import shared

needs_real_photos = pytest.mark.skipif(shared.MISSING, reason=shared.REASON)
SMALL = {"SOURCE": str(shared.PHOTOS), "PER_CLASS": 20, "EPOCHS": 2, "HEAD_EPOCHS": 5, "SCRATCH_EPOCHS": 2}


def each_lesson(*numbers: str):
    """Run a test for the lessons with these numbers, or for all."""
    paths = [path for path in lessons.lesson_paths() if not numbers or path.stem[:2] in numbers]
    return pytest.mark.parametrize("lesson", paths, ids=lambda path: path.stem[:2])


def run_small(lesson: Path, base: dict, out: Path, setup: str = "") -> dict:
    """Run a lesson on a few real photos with another base, and return what its result cell shows.

    Results must lie within the band that several seeds gave, where one was measured for this `setup`.
    """
    wanted, known = SMALL | base, lessons.known_parameters(lesson)
    wanted = {name: value for name, value in wanted.items() if name in known}
    # What shows results stored with the course is the same with any photos; nbval runs it.
    result = lessons.run_lesson(lesson, wanted, out, skip="stored")
    assert result.values, "the cell tagged result showed nothing"
    assert 0 <= result.values.get("accuracy", 0) <= 1
    assert outside(lesson.stem, result.values, setup) == []
    return result.values
