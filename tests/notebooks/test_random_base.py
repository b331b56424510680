"""Every lesson on real photos with EfficientNetB0 of random, settled weights."""

from tests.notebooks.real_photos import every_lesson, needs_real_photos, run_small


@needs_real_photos
@every_lesson
def test_a_lesson_runs_on_real_photos_with_a_random_base(lesson, tmp_path):
    run_small(lesson, {"BASE": "EfficientNetB0", "BASE_WEIGHTS": None, "IMAGE_SIZE": 64}, tmp_path)
