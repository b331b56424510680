"""A LiteRT file against the Keras model it was written from."""

import keras
import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from helpers import attach_head, export_litert
from helpers.network.cutting import before_output
from helpers.sharing import exporting
from helpers.sharing.converting import CALIBRATED, PRECISIONS
from helpers.sharing.litert import LiteModel


@pytest.fixture(scope="module")
def images(flowers):
    return flowers.test.images(range(24))


@pytest.fixture
def model(mobilenet):
    return attach_head(mobilenet, classes=5)


@pytest.fixture(scope="module")
def examples(flowers):
    return exporting.examples_of(flowers.train)


@pytest.fixture(scope="module")
def exported(trained, images, examples, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported")
    return {
        precision: export_litert(trained[0], folder / f"{precision}.tflite", precision, images, examples=examples)
        for precision in PRECISIONS
    }


@pytest.mark.parametrize(
    ("precision", "bound"), [("float32", 1e-5), ("float16", 0.005), ("int8", 0.3), ("full_int8", 0.3)]
)
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
    assert sizes["float16"] < 0.65 * sizes["float32"]
    assert sizes["int8"] < 0.6 * sizes["float32"]
    assert sizes["full_int8"] < 0.6 * sizes["float32"]


def test_eight_bits_choose_the_models_class_for_most_photos(exported):
    assert exported["int8"].agreement >= 0.8
    assert exported["full_int8"].agreement >= 0.8


@pytest.fixture
def details(exported):
    """Return a function that tells what LiteRT itself says of a file's input and output."""

    def of(precision: str):
        interpreter = Interpreter(str(exported[precision].path))
        interpreter.allocate_tensors()
        return interpreter, interpreter.get_input_details()[0], interpreter.get_output_details()[0]

    return of


@pytest.mark.parametrize("precision", ["float32", "float16", "int8"])
def test_a_file_takes_and_gives_float32(details, precision):
    _, taken, given = details(precision)
    assert (taken["dtype"], given["dtype"]) == (np.float32, np.float32)


def test_full_int8_takes_pixels_as_they_are_and_gives_256ths(details, exported, images):
    interpreter, taken, given = details("full_int8")
    assert (taken["dtype"], given["dtype"]) == (np.uint8, np.uint8)
    assert taken["quantization"] == (pytest.approx(1), 0)
    assert given["quantization"] == (1 / 256, 0)
    interpreter.set_tensor(taken["index"], images[:1])  # uint8, as they come from a camera
    interpreter.invoke()
    codes = interpreter.get_tensor(given["index"])
    assert codes.sum() == pytest.approx(256, abs=5)
    np.testing.assert_array_equal(LiteModel(exported["full_int8"].path).predict(images[:1]), codes / 256)


def test_what_the_layers_give_is_in_eight_bits_too(details):
    inside = [each["dtype"] for each in details("full_int8")[0].get_tensor_details()]
    assert np.float32 not in inside
    assert np.int8 in [each["dtype"] for each in details("int8")[0].get_tensor_details()]


def test_ranges_are_measured_on_the_examples(model, images, examples, tmp_path, monkeypatch):
    monkeypatch.setitem(exporting.TOLERANCE, "int8", 1.0)
    good = export_litert(model, tmp_path / "good.tflite", "int8", images, examples=examples)
    grey = export_litert(model, tmp_path / "grey.tflite", "int8", images, examples=np.full((4, 32, 32, 3), 128))
    assert good.difference < grey.difference


def test_the_examples_are_training_photos_and_stay_as_they_are(model, flowers, images, tmp_path):
    examples = exporting.examples_of(flowers.train)
    assert np.array_equal(examples, flowers.train.images())  # fewer than a hundred: all of them
    kept = examples.astype(np.float32)
    export_litert(model, tmp_path / "a.tflite", "int8", images, examples=kept)
    assert np.array_equal(kept, examples)
    many = exporting.examples_of(flowers.test)
    assert len(many) == min(100, len(flowers.test))


@pytest.mark.parametrize("precision", CALIBRATED)
def test_eight_bits_need_examples(model, images, precision, tmp_path):
    with pytest.raises(ValueError, match=rf"Expected examples for {precision}.*examples=photos.train.images"):
        export_litert(model, tmp_path / "a.tflite", precision, images)
    with pytest.raises(ValueError, match=r"shape \(photos, 32, 32, 3\)"):
        export_litert(model, tmp_path / "a.tflite", precision, images, examples=images[:, ::2])
    with pytest.raises(ValueError, match="Expected examples to hold pixels from 0 to 255"):
        export_litert(model, tmp_path / "a.tflite", precision, images, examples=images - 300.0)
    assert list(tmp_path.iterdir()) == []


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
    convert = exporting.convert
    other = keras.models.clone_model(model)
    monkeypatch.setattr(exporting, "convert", lambda model, *how: convert(other, *how))
    with pytest.raises(ValueError, match="Expected the file to give the model's probabilities"):
        export_litert(model, tmp_path / "a.tflite", images=images)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_answers_with_no_number_is_not_written(model, images, tmp_path, monkeypatch):
    monkeypatch.setattr(LiteModel, "predict", lambda self, images: np.full((len(images), 5), np.nan))
    with pytest.raises(ValueError, match="nothing was written"):
        export_litert(model, tmp_path / "a.tflite", "float16", images)
    assert list(tmp_path.iterdir()) == []


def test_a_model_that_was_trained_on_gives_another_file(model, images, tmp_path):
    before = export_litert(model, tmp_path / "a.tflite", images=images).path.read_bytes()
    kernel = model.get_layer("head_output").kernel
    kernel.assign(-kernel)
    export_litert(model, tmp_path / "a.tflite", images=images)
    assert (tmp_path / "a.tflite").read_bytes() != before


def test_exporting_leaves_the_model_as_it_is(model, images, examples, tmp_path):
    before = model.get_weights()
    export_litert(model, tmp_path / "a.tflite", "int8", images, examples=examples)
    assert all(np.array_equal(one, other) for one, other in zip(before, model.get_weights(), strict=True))


def test_what_makes_no_sense_is_refused(model, mobilenet, images, tmp_path):
    with pytest.raises(ValueError, match=r"float32, float16, int8, full_int8. Received: 'float8'"):
        export_litert(model, tmp_path / "a.tflite", "float8")
    with pytest.raises(ValueError, match=r"shape \(photos, 32, 32, 3\).*Received: shape \(24, 16, 32, 3\)"):
        export_litert(model, tmp_path / "a.tflite", images=images[:, ::2])
    with pytest.raises(ValueError, match="from square photos of a fixed size to probabilities"):
        export_litert(mobilenet, tmp_path / "a.tflite")
    with pytest.raises(ValueError, match="Received: str"):
        export_litert("model", tmp_path / "a.tflite")
    assert list(tmp_path.iterdir()) == []
