"""Every lesson under papermill, small, on real photos: with random weights, and with really pre-trained ones."""

import pytest

from helpers import lessons
from tests import shared

SMALL = {"SOURCE": str(shared.PHOTOS), "PER_CLASS": 12}
SETTINGS = {
    "random": {"BASE": "EfficientNetB0", "BASE_WEIGHTS": None, "IMAGE_SIZE": 64},
    "imagenet": {"BASE": "MobileNetV2-0.35", "BASE_WEIGHTS": str(shared.MOBILENET), "IMAGE_SIZE": 96},
}
SHORT = {"EPOCHS": 2, "HEAD_EPOCHS": 5}


@pytest.mark.skipif(shared.MISSING, reason=shared.REASON)
@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("lesson", lessons.lesson_paths(), ids=lambda path: path.stem[:2])
def test_a_lesson_runs_on_real_photos(lesson, setting, tmp_path):
    import papermill

    wanted = SMALL | SETTINGS[setting] | SHORT
    known = papermill.inspect_notebook(str(lesson))
    result = lessons.run_lesson(lesson, {name: value for name, value in wanted.items() if name in known}, tmp_path)
    assert result.values, "the cell tagged result showed nothing"
    if "accuracy" in result.values:
        assert 0 <= result.values["accuracy"] <= 1
    if setting == "imagenet" and lesson.stem[:2] in ("04", "05"):
        assert result.values["accuracy"] > 0.4, "twice what guessing gives"
