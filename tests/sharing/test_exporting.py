"""A LiteRT file against the Keras model it was written from."""

import keras
import numpy as np
import pytest

from helpers import attach_head, export_litert
from helpers.network.cutting import before_output
from helpers.sharing import exporting
from helpers.sharing.litert import LiteModel


@pytest.fixture(scope="module")
def images(flowers):
    return flowers.test.images(range(24))


@pytest.fixture
def model(mobilenet):
    return attach_head(mobilenet, classes=5)


@pytest.fixture(scope="module")
def exported(trained, images, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported")
    return {
        precision: export_litert(trained[0], folder / f"{precision}.tflite", precision, images)
        for precision in exporting.TOLERANCE
    }


@pytest.mark.parametrize(("precision", "bound"), [("float32", 1e-5), ("float16", 0.005), ("int8", 0.05)])
def test_the_file_gives_the_models_probabilities(trained, images, exported, precision, bound):
    theirs = trained[0].predict(images, verbose=0)
    ours = LiteModel(exported[precision].path).predict(images)
    assert ours.shape == theirs.shape
    assert ours.std(axis=0).max() > 0.05  # not the same answer to everything
    assert np.abs(ours - theirs).max() < bound
    assert exported[precision].difference == pytest.approx(np.abs(ours - theirs).max(), abs=1e-6)
    assert exported[precision].agreement == (ours.argmax(axis=1) == theirs.argmax(axis=1)).mean()


def test_fewer_digits_take_less_room(exported):
    sizes = {precision: each.path.stat().st_size for precision, each in exported.items()}
    assert {precision: each.size for precision, each in exported.items()} == sizes
    assert sizes["float16"] < 0.55 * sizes["float32"]
    assert sizes["int8"] < 0.4 * sizes["float32"]


def test_the_second_output_is_what_the_output_layer_works_on(mobilenet, images, tmp_path):
    model = attach_head(mobilenet, classes=5, hidden_units=(7,))
    file = export_litert(model, tmp_path / "a.tflite", images=images[:4], features=True).path
    probabilities, features = LiteModel(file).run(images)
    plain = keras.Model(model.input, model.get_layer("head_dense_1").output)
    np.testing.assert_allclose(features, plain.predict(images, verbose=0), atol=1e-4)
    np.testing.assert_allclose(probabilities, model.predict(images, verbose=0), atol=1e-5)
    assert before_output(model) == "head_dropout"


def test_without_photos_it_is_compared_on_patterns_that_differ(model, tmp_path):
    export = export_litert(model, tmp_path / "a.tflite")
    assert export.compared == 8
    assert export.difference < 1e-5
    answers = LiteModel(export.path).predict(exporting._patterns(32))
    assert len(np.unique(answers.round(4), axis=0)) == 8


def test_a_file_that_answers_otherwise_is_not_written(model, images, tmp_path, monkeypatch):
    convert = exporting._convert
    other = keras.models.clone_model(model)
    monkeypatch.setattr(exporting, "_convert", lambda model, *how: convert(other, *how))
    with pytest.raises(ValueError, match="Expected the file to give the model's probabilities"):
        export_litert(model, tmp_path / "a.tflite", images=images)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_answers_with_no_number_is_not_written(model, images, tmp_path, monkeypatch):
    monkeypatch.setattr(LiteModel, "predict", lambda self, images: np.full((len(images), 5), np.nan))
    with pytest.raises(ValueError, match="nothing was written"):
        export_litert(model, tmp_path / "a.tflite", "int8", images)
    assert list(tmp_path.iterdir()) == []


def test_a_model_that_was_trained_on_gives_another_file(model, images, tmp_path):
    before = export_litert(model, tmp_path / "a.tflite", images=images).path.read_bytes()
    kernel = model.get_layer("head_output").kernel
    kernel.assign(-kernel)
    export_litert(model, tmp_path / "a.tflite", images=images)
    assert (tmp_path / "a.tflite").read_bytes() != before


def test_exporting_leaves_the_model_as_it_is(model, images, tmp_path):
    before = model.get_weights()
    export_litert(model, tmp_path / "a.tflite", "int8", images)
    assert all(np.array_equal(one, other) for one, other in zip(before, model.get_weights(), strict=True))


def test_what_makes_no_sense_is_refused(model, mobilenet, images, tmp_path):
    with pytest.raises(ValueError, match=r"float32, float16, int8. Received: 'float8'"):
        export_litert(model, tmp_path / "a.tflite", "float8")
    with pytest.raises(ValueError, match=r"shape \(photos, 32, 32, 3\).*Received: shape \(24, 16, 32, 3\)"):
        export_litert(model, tmp_path / "a.tflite", images=images[:, ::2])
    with pytest.raises(ValueError, match="from square photos of a fixed size to probabilities"):
        export_litert(mobilenet, tmp_path / "a.tflite")
    with pytest.raises(ValueError, match="Received: str"):
        export_litert("model", tmp_path / "a.tflite")
    assert list(tmp_path.iterdir()) == []
