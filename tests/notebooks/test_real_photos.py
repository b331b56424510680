"""Every lesson on real photos, small, under papermill, with a base that was really pre-trained, and a random one."""

from pathlib import Path

import pytest

from helpers.experiments.bands import outside
from helpers.teaching import lessons
from tests import shared

pytestmark = [pytest.mark.papermill, pytest.mark.skipif(shared.MISSING, reason=shared.REASON)]

SMALL = {"SOURCE": str(shared.PHOTOS), "PER_CLASS": 20, "EPOCHS": 2, "HEAD_EPOCHS": 5, "SCRATCH_EPOCHS": 2}
IMAGENET = {"BASE": "MobileNetV2-0.35", "BASE_WEIGHTS": str(shared.MOBILENET), "IMAGE_SIZE": 96}
RANDOM = {"BASE": "EfficientNetB0", "BASE_WEIGHTS": None, "IMAGE_SIZE": 64}


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


@pytest.mark.parametrize("lesson", lessons.lesson_paths(), ids=lambda path: path.stem[:2])
def test_a_lesson_transfers_from_imagenet(lesson, tmp_path):
    values = run_small(lesson, IMAGENET, tmp_path, "real photos, small")
    if lesson.stem[:2] in ("04", "05"):
        assert values["accuracy"] > 0.4, "less than twice what guessing gives"


@pytest.mark.parametrize("number", ["02", "05"])
def test_lessons_that_look_inside_the_base_or_train_it_take_a_random_one(number, tmp_path):
    (lesson,) = (path for path in lessons.lesson_paths() if path.stem.startswith(number))
    run_small(lesson, RANDOM, tmp_path)
