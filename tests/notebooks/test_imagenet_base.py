"""Every lesson on real photos with a base that was really pre-trained: MobileNetV2-0.35 on ImageNet."""

from tests import shared
from tests.notebooks.real_photos import each_lesson, needs_real_photos, run_small

IMAGENET = {"BASE": "MobileNetV2-0.35", "BASE_WEIGHTS": str(shared.MOBILENET), "IMAGE_SIZE": 96}


@needs_real_photos
@each_lesson()
def test_a_lesson_runs_on_real_photos_and_transfers(lesson, tmp_path):
    values = run_small(lesson, IMAGENET, tmp_path, "real photos, small")
    if lesson.stem[:2] in ("04", "05"):
        assert values["accuracy"] > 0.4, "less than twice what guessing gives"
