"""A bundle's description: each thing that it may get wrong is told, and so is each file that it doesn't fit."""

import hashlib
import io
import json
import math
import shutil
from functools import reduce
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers import load_bundle
from helpers.sharing import bundle, packing
from helpers.sharing.schema import check_described


@pytest.fixture
def copied(bundle_folder, tmp_path):
    return shutil.copytree(bundle_folder, tmp_path / "copied")


@pytest.fixture(scope="module")
def described(bundle_folder):
    return json.loads((bundle_folder / bundle.CLASSES).read_text(encoding="utf-8"))


def changed(described: dict, place: str, value: object) -> dict:
    """Return a description with another value at a place such as "unknown.limit"; `None` removes it."""
    copy = json.loads(json.dumps(described))
    *above, last = place.split(".", 2) if place.startswith("digests") else place.split(".")
    inner = reduce(lambda part, name: part[name], above, copy)
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return copy


WRONG = [
    ("class_names", None, "class_names"),
    ("class_names", [], "class_names"),
    ("class_names", ["daisy"], "class_names"),
    ("class_names", ["daisy", "daisy", "c", "d", "e"], "different names"),
    ("class_names", ["daisy", "", "c", "d", "e"], "class_names"),
    ("class_names", ["daisy", 3, "c", "d", "e"], "class_names"),
    ("class_names", ["x" * 1000, "b", "c", "d", "e"], "class_names"),
    ("class_names", ["daisy\x1b[2J", "b", "c", "d", "e"], r"control characters.*received 'daisy\\x1b"),
    ("class_names", ["daisy\nrose", "b", "c", "d", "e"], "control characters"),
    ("class_names", ["daisy\ud800", "b", "c", "d", "e"], "control characters"),
    ("class_names", ["daisy\u202e", "b", "c", "d", "e"], "control characters"),
    ("class_names", ["a", "b", "c", "d"], "limits"),  # limits come for each class
    ("image_size", None, "image_size"),
    ("image_size", 0, "image_size"),
    ("image_size", -32, "image_size"),
    ("image_size", 10**9, "image_size"),
    ("image_size", "32", "image_size"),
    ("image_size", 32.5, "image_size"),
    ("image_size", 64, "photos of 64 px; received 32"),
    ("unknown", None, "unknown"),
    ("unknown.limit", math.nan, "limit"),
    ("unknown.limit", math.inf, "limit"),
    ("unknown.limit", -1, "limit"),
    ("unknown.limit", 3, "limit"),
    ("unknown.limit", "0.1", "limit"),
    ("unknown.limits", [0.1], "one per class"),
    ("unknown.limits", [0.1, 0.1, 0.1, 0.1, math.nan], "one per class"),
    ("unknown.neighbour", 0, "neighbour"),
    ("unknown.neighbour", 1.5, "neighbour"),
    ("unknown.neighbour", 10**6, "at least 1000000 training photos"),
    ("digests", None, "digests"),
    ("digests", {}, "SHA-256 of model.tflite"),
]


@pytest.mark.parametrize(("place", "value", "told"), WRONG)
def test_what_is_wrong_is_told(copied, described, place, value, told):
    (copied / bundle.CLASSES).write_text(json.dumps(changed(described, place, value)))
    with pytest.raises(ValueError, match=rf"which is damaged \(expected .*{told}.*\)\. Write it again"):
        load_bundle(copied)


def test_a_name_more_than_the_model_has_classes(copied, described):
    longer = changed(described, "class_names", [*described["class_names"], "weeds"])
    longer["unknown"].pop("limits", None)
    (copied / bundle.CLASSES).write_text(json.dumps(longer))
    with pytest.raises(ValueError, match="expected a model of 6 classes, as many as there are names; received 5"):
        load_bundle(copied)


@pytest.mark.parametrize("rows", [np.ones((8, 3)), np.ones(8), np.full((8, 1280), np.nan), np.array(["a"]), b"no zip"])
def test_features_that_do_not_fit_are_told_even_with_their_checksum(copied, described, rows):
    file = io.BytesIO()
    np.savez_compressed(file, rows=rows)
    data = rows if isinstance(rows, bytes) else file.getvalue()
    (copied / bundle.FEATURES).write_bytes(data)
    digests = described["digests"] | {bundle.FEATURES: hashlib.sha256(data).hexdigest()}
    (copied / bundle.CLASSES).write_text(json.dumps(described | {"digests": digests}))
    with pytest.raises(ValueError, match="which is damaged"):
        load_bundle(copied)


@pytest.mark.parametrize("name", bundle.DIGESTED)
@pytest.mark.parametrize("place", [0.1, 0.5, 0.9])
def test_one_flipped_bit_is_refused(copied, name, place):
    data = bytearray((copied / name).read_bytes())
    data[int(len(data) * place)] ^= 1
    (copied / name).write_bytes(data)
    with pytest.raises(ValueError, match=rf"damaged \({name} isn't the file that was written with this bundle\)"):
        load_bundle(copied)


def test_a_bundle_without_the_checksum_of_the_keras_model_still_opens(copied, described):
    older = described | {"digests": {name: described["digests"][name] for name in (bundle.LITE, bundle.FEATURES)}}
    (copied / bundle.CLASSES).write_text(json.dumps(older))
    assert load_bundle(copied).class_names == tuple(described["class_names"])


def test_nesting_without_end_is_told(copied):
    (copied / bundle.CLASSES).write_text("[" * 200_000)
    with pytest.raises(ValueError, match="which is damaged"):
        load_bundle(copied)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=100, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(place=st.sampled_from(["class_names", "image_size", "unknown", "unknown.limit", "digests"]), value=ANYTHING)
def test_whatever_stands_there_ends_in_a_sentence_or_is_right(described, place, value):
    wrong = changed(described, place, value)
    try:
        check_described(wrong, (bundle.LITE, bundle.FEATURES))
    except ValueError as error:
        assert str(error).startswith("expected ")  # noqa: PT017
    else:
        assert place in ("unknown.limit", "image_size")  # a number within its limits


def test_names_of_folders_are_written_as_they_may_be_read(copied):
    names = ("daisy\x1b[2J", "rose\udcff", "c", "d", "e")
    photos = SimpleNamespace(class_names=names, image_size=32, stretch=None)
    packing._describe(photos, 1, 0.5, (0.5,) * 5, copied)
    assert load_bundle(copied).class_names == (r"daisy\x1b[2J", r"rose\xff", "c", "d", "e")
