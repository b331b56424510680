"""How every lesson is run on real photos, small, under papermill."""

from pathlib import Path

import pytest

from helpers import lessons
from tests import shared

needs_real_photos = pytest.mark.skipif(shared.MISSING, reason=shared.REASON)
every_lesson = pytest.mark.parametrize("lesson", lessons.lesson_paths(), ids=lambda path: path.stem[:2])
SMALL = {"SOURCE": str(shared.PHOTOS), "PER_CLASS": 12, "EPOCHS": 2, "HEAD_EPOCHS": 5, "SCRATCH_EPOCHS": 2}


def run_small(lesson: Path, base: dict, out: Path) -> dict:
    """Run a lesson on a few real photos with another base, and return what its result cell shows."""
    wanted, known = SMALL | base, lessons.known_parameters(lesson)
    result = lessons.run_lesson(lesson, {name: value for name, value in wanted.items() if name in known}, out)
    assert result.values, "the cell tagged result showed nothing"
    assert 0 <= result.values.get("accuracy", 0) <= 1
    return result.values
