"""Running a LiteRT file: any number of photos, from several threads, without Keras; and what is no such file."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from helpers import config
from helpers.sharing.bundle import LITE
from helpers.sharing.litert import LiteModel, from_codes, to_codes


@pytest.fixture(scope="module")
def file(bundle_folder):
    return bundle_folder / LITE


def test_any_number_of_photos(file, flowers):
    model, images = LiteModel(file), flowers.test.images()
    whole = model.predict(images[:9])
    assert (model.image_size, model.outputs) == (32, (5, 80))
    np.testing.assert_allclose(whole.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(np.concatenate([model.predict(images[:2]), model.predict(images[2:9])]), whole)
    np.testing.assert_array_equal(model.predict(images[3:4]), whole[3:4])


def test_bytes_are_as_good_as_a_path(file, flowers):
    image = flowers.test.images([0])
    np.testing.assert_array_equal(LiteModel(file.read_bytes()).predict(image), LiteModel(str(file)).predict(image))


def test_several_threads_get_their_own_answers(file, flowers):
    model, images = LiteModel(file, threads=1), flowers.test.images(range(40))
    expected = model.predict(images)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda row: model.predict(images[row][None])[0], range(40)))
    np.testing.assert_array_equal(answers, expected)


def test_neither_keras_nor_tensorflow_is_loaded_and_nothing_is_printed(file):
    code = (
        "import sys, json, numpy as np; from helpers.sharing.litert import LiteModel;"
        f"LiteModel({str(file)!r}).predict(np.zeros((2, 32, 32, 3), np.uint8));"
        "print(json.dumps(sorted({'tensorflow', 'keras', 'sklearn', 'matplotlib'} & set(sys.modules))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=config.ROOT)
    assert done.stderr == ""
    assert json.loads(done.stdout) == []


@pytest.mark.parametrize("shape", [(32, 32, 3), (1, 31, 32, 3), (1, 32, 32), (0, 32, 32, 3)])
def test_photos_of_another_form_are_refused(file, shape):
    with pytest.raises(ValueError, match=r"Expected photos of shape \(photos, 32, 32, 3\)"):
        LiteModel(file).predict(np.zeros(shape))


def test_what_is_no_such_file(file, tmp_path):
    with pytest.raises(FileNotFoundError, match="Expected a LiteRT file"):
        LiteModel(tmp_path / "none.tflite")
    for name, data in {"empty": b"", "text": b"milk" * 99, "half": file.read_bytes()[:5000]}.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(ValueError, match=rf"Expected a LiteRT file. Received: '.*{name}', {len(data):,} bytes"):
            LiteModel(tmp_path / name)


@pytest.mark.parametrize(
    ("shape", "kind", "told"),
    [
        ((1, 8), "float32", r"takes one square photo.*takes \(1, 8\)"),
        ((1, 8, 8, 3), "int32", "takes and gives float32, or uint8 or int8 with a scale. Received: .*, with int32"),
        ((1, 8, 8, 3), "int8", "Received: these bytes, with int8 without a scale"),
    ],
)
def test_a_model_that_takes_something_else_is_refused(shape, kind, told):
    import tensorflow as tf

    twice = tf.function(lambda x: tf.concat([x, x], 1), input_signature=[tf.TensorSpec(shape, kind)])
    converter = tf.lite.TFLiteConverter.from_concrete_functions([twice.get_concrete_function()], twice)
    with pytest.raises(ValueError, match=told):
        LiteModel(converter.convert())


@pytest.mark.parametrize("kind", [np.uint8, np.int8])
def test_numbers_become_the_nearest_step_and_come_back(kind):
    zero = np.iinfo(kind).min + 28
    detail = {"dtype": kind, "quantization": (0.5, zero)}  # from -14 to 113.5
    values = np.float32([0, 0.2, 0.3, -14, 113.5, -99, 999])
    codes = to_codes(values, detail)
    assert codes.dtype == kind
    np.testing.assert_array_equal(codes, np.array([0, 0, 1, -28, 227, -28, 227]) + zero)
    back = from_codes(codes, detail)
    assert back.dtype == np.float32
    np.testing.assert_array_equal(back, [0, 0, 0.5, -14, 113.5, -14, 113.5])


def test_numbers_that_a_file_takes_as_they_are_stay_so():
    detail, values = {"dtype": np.float32, "quantization": (0.0, 0)}, np.float32([1.25, -3])
    assert to_codes(values, detail) is values
    assert from_codes(values, detail) is values
