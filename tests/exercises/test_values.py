"""What learners return, read as numbers, rows and names, whatever type holds them."""

from decimal import Decimal
from fractions import Fraction

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from PIL import Image

from helpers.exercises import values
from helpers.exercises.running import AnswerError


@pytest.mark.parametrize(
    "found",
    [
        3, 3.0, np.int64(3), np.float32(3), np.array(3), np.array([3.0]), tf.constant(3), keras.ops.ones(()) * 3,
        Fraction(3), Decimal(3), pd.Series([3]), keras.Variable(3.0),
    ],
)  # fmt: skip
def test_a_number_is_a_number_whatever_holds_it(found):
    assert values.number_in(found) == values.whole_in(found) == 3


@pytest.mark.parametrize(
    "found", [True, np.True_, "3", b"3", np.array("3"), None, [3], (3,), {3}, {"a": 3}, 3j, np.zeros(2), len, object()]
)
def test_what_is_no_number_is_told(found):
    with pytest.raises(AnswerError, match="Expected one number"):
        values.number_in(found)


@pytest.mark.parametrize("found", [3.5, float("nan"), float("inf"), 10**400])
def test_what_is_not_whole_is_told(found):
    with pytest.raises(AnswerError, match="a whole number"):
        values.whole_in(found)


@pytest.mark.parametrize(
    "found", [[0, 2], (0, 2), range(0, 3, 2), {0, 2}, np.array([0.0, 2.0]), tf.constant([0, 2]), pd.Index([0, 2])]
)
def test_rows_are_rows_whatever_holds_them(found):
    assert sorted(values.rows_in(found, "rows")) == [0, 2]


@pytest.mark.parametrize("found", [[True, False], ["0", "2"], [0.5, 1], "02", None, 3, [[0], [2]], {"a": 1}])
def test_what_are_no_rows_is_told(found):
    with pytest.raises(AnswerError, match="Expected rows"):
        values.rows_in(found, "rows")


@pytest.mark.parametrize("found", [["a", "b"], {"a", "b"}, np.array(["a", "b"]), pd.Series(["a", "b"]), iter("ab")])
def test_names_are_names_whatever_holds_them(found):
    assert sorted(values.names_in(found)) == ["a", "b"]


@pytest.mark.parametrize(
    ("found", "words"),
    [("ab", "the text"), ([1], "the number"), (None, "None"), ([keras.layers.Dense(1)], "Dense objects")],
)
def test_what_are_no_names_is_told(found, words):
    with pytest.raises(AnswerError, match=words):
        values.names_in(found)


@pytest.mark.parametrize(("found", "expected"), [(0.667, 2 / 3), (np.float32(2 / 3), 2 / 3), (0.0004, 0)])
def test_a_share_may_be_rounded_to_three_digits(found, expected):
    assert values.close(found, expected)


@pytest.mark.parametrize(("found", "expected"), [(0.67, 2 / 3), (float("nan"), 0), (0.66, 2 / 3)])
def test_a_share_may_not_be_rounded_further(found, expected):
    assert not values.close(found, expected)


@pytest.mark.parametrize(("found", "expected"), [(0.6675, 2 / 3), (2 / 3 + 1e-9, 2 / 3), (1e6, 1e6 + 1)])
def test_two_numbers_are_never_told_as_the_same(found, expected):
    assert len(set(values.told_apart(found, expected))) == 2


@pytest.mark.parametrize(
    ("found", "same"), [("daisy", True), (np.str_("daisy"), True), ("Daisy", False), (["daisy"], False)]
)
def test_a_text_equals_only_itself(found, same):
    assert values.equals(found, "daisy") is same
    assert values.equals(None, None)
    assert not values.equals("", None)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (float("nan"), "nan, which is no number"), (np.float32("nan"), "nan, which is no number"),
        (10**400, "a huge number"), (np.int64(3), "the number 3"), (np.float32(0.5), "the number 0.5"),
        (b"x", "the bytes b'x'"), ("x", "the text 'x'"), (keras.optimizers.Adam, "the class Adam"),
        (keras.Input((3,)), "a layer's output; wrap it in keras.Model(base.input, …)"), (len, "a function"),
        (pd.Series([1, 2]), "a Series of shape (2,)"), (pd.DataFrame({"a": [1]}), "a DataFrame of shape (1, 1)"),
        (np.zeros((2, 3)), "an array of shape (2, 3)"), (Image.new("L", (2, 2)), "a Pillow image"),
    ],
)  # fmt: skip
def test_what_was_received_is_described_as_what_it_is(found, words):
    assert values.described(found).startswith(words)


def test_only_an_answer_that_is_none_is_put_down_to_a_missing_return():
    with pytest.raises(AnswerError, match="without return"):
        values.names_in(None)
    for read in (values.names_in, lambda found: values.numbers_in(found, 2, "two numbers")):
        with pytest.raises(AnswerError, match=r"one that holds None\.$"):
            read([None, None])


def test_a_picture_is_no_array_of_pixels():
    with pytest.raises(AnswerError, match="a Pillow image"):
        values.array_in(Image.new("RGB", (2, 2)), "pixels")
