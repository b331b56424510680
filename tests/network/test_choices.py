"""The table of pre-trained models: parameters as Keras counts them, costs as counted here, a source for each figure."""

import json
import math
import re

import keras
import pytest

from helpers import config, pretrained_models
from helpers.network import choices, lite

KEPT = {row["model"]: row for row in json.loads(config.PRETRAINED_MODELS.read_text(encoding="utf-8"))}
IN_KERAS = [name for name in KEPT if hasattr(keras.applications, name) and name != "EfficientNetB3"]  # slow to build


def multiply_adds(model: keras.Model) -> int:
    """Count the multiplications of all convolutions and dense layers for one photo."""
    total = 0
    for layer in model.layers:
        if isinstance(layer, keras.Sequential):
            total += multiply_adds(layer)
        elif isinstance(layer, keras.layers.Conv2D | keras.layers.DepthwiseConv2D):
            total += math.prod(layer.output.shape[1:3]) * math.prod(layer.kernel.shape)
        elif isinstance(layer, keras.layers.Dense):
            total += math.prod(layer.output.shape[1:-1]) * math.prod(layer.kernel.shape)
    return total


def test_lite0_has_the_parameters_of_the_base_that_the_course_builds():
    assert KEPT["EfficientNetLite0"]["parameters"]["is"] == lite.build(32).count_params()


@pytest.mark.parametrize("name", IN_KERAS)
def test_keras_counts_the_same_parameters_and_about_the_published_multiply_adds(name):
    row = KEPT[name]
    size = row["input"]["is"]
    base = getattr(keras.applications, name)(include_top=False, weights=None, input_shape=(size, size, 3))
    assert row["parameters"]["is"] == base.count_params()
    # Papers count the top, and differ in what they count besides convolutions and dense layers.
    assert multiply_adds(base) == pytest.approx(row["multiply_adds"]["is"], rel=0.05)


def test_every_figure_has_a_source_and_lies_within_its_range():
    for name, row in KEPT.items():
        for figure in choices.FIGURES:
            source = row[figure]["source"]
            assert re.match(r"https://|counted by Keras: |the installed package ", source), (name, figure, source)
            assert "\n" not in source
            assert figure == "multiply_adds" or row[figure]["is"], (name, figure)
        assert 0.6 < row["top_1"]["is"] < 0.95, name
        assert 1e6 < row["parameters"]["is"] < 1e8, name
        assert row["input"]["is"] % 2 == 0, name


def test_the_table_shows_millions_and_its_sources_stand_in_the_same_places():
    table, sources = pretrained_models(), pretrained_models(sources=True)
    assert list(table) == list(sources) == list(choices.FIGURES)
    assert list(table.index) == list(sources.index) == list(KEPT)
    assert table.parameters["ResNet50"] == pytest.approx(KEPT["ResNet50"]["parameters"]["is"] / 1e6, abs=0.05)
    assert table.multiply_adds["EfficientNetLite0"] == 407
    assert table["where"]["ResNet50"].startswith("Keras Applications, ")
    assert table.isna().sum().sum() == 1  # the multiply-adds that the authors of DINOv2 don't give
    assert sources.top_1["EfficientNetB0"] == "https://keras.io/api/applications/"


def test_a_table_that_was_changed_does_not_change_the_next():
    table = pretrained_models()
    table["top_1"] = 0.0
    assert (pretrained_models().top_1 > 0.6).all()


def test_a_missing_file_is_told_with_how_to_restore_it(monkeypatch, tmp_path):
    choices._kept.cache_clear()
    monkeypatch.setattr(config, "PRETRAINED_MODELS", tmp_path / "models.json")
    with pytest.raises(FileNotFoundError, match=r"git checkout -- data/models\.json"):
        pretrained_models()
    choices._kept.cache_clear()
