"""Keras's private API, against small models whose wiring is known, and against where Keras puts a download."""

import inspect
import uuid
from pathlib import Path

import keras
import numpy as np
import pytest

from helpers.network import graph


@pytest.fixture(scope="module")
def branched():
    """Return a model that halves its input and adds two layers' outputs."""
    photo = keras.Input((4,), name="photo")
    halved = photo / 2.0
    left = keras.layers.Dense(3, name="left")(halved)
    right = keras.layers.Dense(3, name="right")(halved)
    return keras.Model(photo, keras.layers.Add(name="sum")([left, right]))


def said_by(function, *arguments):
    """Return what a function returns; where Keras has moved something, fail with what its docstring says of it."""
    try:
        return function(*arguments)
    except (AttributeError, ImportError, IndexError, TypeError) as error:
        pytest.fail(f"{function.__name__}: {error}. {function.__doc__}")


def test_a_tensor_is_traced_to_its_operation(branched):
    assert said_by(graph.producer_of, branched.output) is branched.get_layer("sum")
    assert said_by(graph.producer_of, branched.get_layer("left").output).name == "left"


def test_the_inputs_of_a_layer_come_in_the_order_of_its_call(branched):
    inputs = said_by(graph.inputs_of, branched.get_layer("sum"))
    assert [graph.producer_of(tensor).name for tensor in inputs] == ["left", "right"]


def test_the_inputs_are_those_of_the_first_call_where_models_share_a_layer(branched):
    keras.Model(branched.input, branched.get_layer("left").output)
    shared = branched.get_layer("left")
    shared(keras.Input((4,)))
    assert said_by(graph.inputs_of, shared) == graph.inputs_of(branched.get_layer("left"))
    assert graph.inputs_of(shared)[0] is graph.inputs_of(branched.get_layer("right"))[0]


def test_constants_of_an_operation_are_among_its_arguments(branched):
    division = graph.producer_of(graph.inputs_of(branched.get_layer("left"))[0])
    positional, named = said_by(graph.arguments_of, division)
    assert 2.0 in [each for each in (*positional, *named.values()) if np.isscalar(each)]


def test_the_layers_inside_a_layer_are_found():
    flip, turn = keras.layers.RandomFlip(), keras.layers.RandomRotation(0.1)
    pipeline = keras.layers.Pipeline([flip, turn])
    found = said_by(graph.sublayers_of, pipeline)
    assert pipeline in found
    assert flip in found
    assert turn in found


@pytest.mark.parametrize("home_is_writable", [True, False])
def test_downloads_are_where_keras_puts_them(monkeypatch, tmp_path, home_is_writable):
    home, source = tmp_path / "home", tmp_path / "weights.h5"
    if home_is_writable:
        home.mkdir()  # into a folder that isn't there Keras cannot write either
    source.write_bytes(b"weights")
    monkeypatch.setattr(inspect.getmodule(keras.utils.get_file).config, "keras_home", lambda: str(home))
    downloaded = Path(keras.utils.get_file(f"{uuid.uuid4()}.h5", source.as_uri(), cache_subdir="models"))
    downloaded.unlink()
    assert (tmp_path in downloaded.parents) == home_is_writable
    assert downloaded.parent == said_by(graph.downloads_folder) / "models"


def test_a_moved_attribute_is_reported_with_the_missing_public_call():
    with pytest.raises(pytest.fail.Exception, match="no public way"):
        said_by(graph.producer_of, object())


def test_random_numbers_are_drawn_again_from_where_a_state_was_taken():
    keras.utils.set_random_seed(3)
    keras.random.uniform((2,))
    state = said_by(graph.random_state)
    first = np.array(keras.random.uniform((4,)))
    assert not np.array_equal(first, keras.random.uniform((4,)))
    said_by(graph.restore_random_state, state)
    assert np.array_equal(first, keras.random.uniform((4,)))
