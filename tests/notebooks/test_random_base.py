"""Lessons on real photos with EfficientNetB0 of random, settled weights: those that look inside it and train it.

What the other lessons do with a base, these do as well.
"""

from tests.notebooks.real_photos import each_lesson, needs_real_photos, run_small


@needs_real_photos
@each_lesson("02", "05")
def test_a_lesson_runs_on_real_photos_with_a_random_base(lesson, tmp_path):
    run_small(lesson, {"BASE": "EfficientNetB0", "BASE_WEIGHTS": None, "IMAGE_SIZE": 64}, tmp_path)
