"""The recipe on one page: the notebook ends with it, and its code runs and does what it says."""

import re

import keras
import numpy as np

from helpers.exercises.small_base import small_base
from helpers.teaching import lessons
from tests.notebooks.test_style import PLAIN, cells, text

SHEET = lessons.NOTEBOOKS / "cheat_sheet.md"


def test_its_code_trains_fine_tunes_and_saves(photo_folder, tmp_path, monkeypatch):
    (code,) = re.findall(r"^```python\n(.*?)^```", SHEET.read_text(encoding="utf-8"), flags=re.S | re.M)
    folder = photo_folder({"daisy": 12, "roses": 12, "tulips": 12})
    code = code.replace('224, "my/photos"', f"32, {str(folder)!r}").replace(
        "my_model.keras", f"{tmp_path}/my_model.keras"
    )

    def blocks_named_like_efficientnets(include_top, weights, input_shape):
        assert (include_top, weights) == (False, "imagenet")
        base = small_base(input_shape[0])
        names = {"block2b": "block6a", "block2b_expand": "block6a_expand"}
        for layer in base.layers:
            part, _, kind = layer.name.rpartition("_")
            layer.name = f"{names.get(part, part)}_{kind}" if part else layer.name
        return base

    monkeypatch.setattr(keras.applications, "EfficientNetB0", blocks_named_like_efficientnets)
    room = {}
    exec(code, room)
    trained = {layer.name for layer in room["base"].layers if layer.trainable and layer.weights}
    assert trained == {"block6a_expand_conv", "block6a_conv", "top_conv"}
    loaded = keras.models.load_model(tmp_path / "my_model.keras")
    photos, labels = room["test"]
    assert len(labels) == 7
    assert np.allclose(loaded.predict(photos, verbose=0), room["model"].predict(photos, verbose=0), atol=1e-5)


def test_the_notebook_ends_with_it():
    (notebook,) = [path for path in lessons.lesson_paths() if path.stem == PLAIN]
    sheet = SHEET.read_text(encoding="utf-8").strip()
    assert text(cells(notebook)[-1]).strip() == f"#{sheet}"


def test_the_notebook_takes_nothing_from_the_helpers_but_the_base():
    (notebook,) = [path for path in lessons.lesson_paths() if path.stem == PLAIN]
    code = "\n".join(text(cell) for cell in cells(notebook, "code"))
    assert re.findall(r"from helpers\S* import (\w+)", code) == ["load_base"]
