"""What is open before a model is published: nothing for what is bundled, and a thing to do for all else."""

import importlib.metadata
import re

import keras
import pytest

from helpers import attach_head, licence_questions, load_base, load_photos
from helpers.network import lite, lite_weights
from helpers.network.head import copy_of
from helpers.photos import sources
from helpers.photos.loading import Photos
from helpers.sharing.licences import licence_of
from tests.shared import needs_lite0


def bundled(photos: Photos) -> Photos:
    from dataclasses import replace

    return replace(photos, source="bundled", licence=sources.OURS)


def test_nothing_is_open_with_bundled_pictures_and_the_bundled_base(flowers, efficientnet, mobilenet):
    assert licence_questions(bundled(flowers), efficientnet) == []
    assert licence_questions(bundled(flowers), attach_head(efficientnet, classes=5)) == []
    assert licence_questions(bundled(flowers), mobilenet) == []  # random weights are nobody's work


def test_your_own_photos_raise_two_questions_until_their_licence_is_stated(flowers, efficientnet):
    photos, people = licence_questions(flowers, efficientnet)
    assert "what licence they're under" in photos
    assert "photos.with_licence(" in photos
    assert people.startswith("The photos may show people")
    stated = flowers.with_licence("CC0", made_by="me")
    assert stated.licence == sources.Licence("CC0", "me")
    assert stated.fingerprint == flowers.fingerprint
    read, people = licence_questions(stated, efficientnet)
    assert read.startswith("The photos were made by me, and are licensed under CC0. Read the licence")


def test_the_real_flowers_ask_for_their_photographers_to_be_named(flowers, efficientnet):
    from dataclasses import replace

    real = replace(flowers, source="photos", licence=sources.TF_FLOWERS)
    asked = licence_questions(real, efficientnet)[0]
    assert "made by photographers on Flickr" in asked
    assert "are licensed under CC-BY 2.0. Read" in asked


@pytest.mark.parametrize(
    ("base", "told"),
    [
        (sources.IMAGENET_WEIGHTS, "trained on ImageNet"),
        (sources.UNKNOWN_WEIGHTS, "is not known"),
        (None, "is not known"),
        (sources.Licence("MIT", "a friend"), "made by a friend, and are licensed under MIT. Read"),
    ],
)
def test_weights_that_are_not_ours_raise_a_question(flowers, base, told):
    (question,) = licence_questions(bundled(flowers), base)
    assert told in question


def test_lite0_raises_two_questions(flowers):
    statements, imagenet = licence_questions(bundled(flowers), sources.LITE_WEIGHTS)
    for told in (
        "LICENSE file says Apache-2.0",
        "metadata says that the licence is unknown",
        "Google",
        "Read the LICENSE",
    ):
        assert told in statements
    assert [imagenet] == licence_questions(bundled(flowers), sources.IMAGENET_WEIGHTS)


@needs_lite0
def test_lite0s_package_says_what_the_question_says_of_it():
    package = importlib.metadata.distribution(lite_weights.PACKAGE)
    assert package.metadata["License"] == "UNKNOWN"
    (file,) = (file for file in package.files if file.name == "LICENSE")
    written = file.read_text()
    assert re.search(r"Apache.*License.*Version 2\.0", written, flags=re.S)
    assert "Copyright (c) 2020, ML Illustrated" in written
    assert "Google" not in written + package.read_text("METADATA")  # as text: from 3.13 on, its lines are refused


@needs_lite0
def test_a_model_on_lite0_remembers_whose_weights_it_has(flowers):
    model = attach_head(load_base(lite.NAME, image_size=32), classes=5)
    assert licence_of(copy_of(model)) == sources.LITE_WEIGHTS
    assert len(licence_questions(bundled(flowers), model)) == 2


def test_a_model_made_elsewhere_is_unknown(flowers):
    plain = keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Flatten(), keras.layers.Dense(5, "softmax")])
    assert licence_of(plain) == sources.UNKNOWN_WEIGHTS


def test_a_weights_file_stays_unknown_through_head_and_copy(efficientnet, tmp_path):
    efficientnet.save_weights(tmp_path / "some.weights.h5")
    base = load_base("EfficientNetB0", weights=tmp_path / "some.weights.h5", image_size=32)
    assert licence_of(copy_of(attach_head(base, classes=5))) == sources.UNKNOWN_WEIGHTS
    assert licence_of(copy_of(attach_head(efficientnet, classes=5))) == sources.FORMULA_WEIGHTS


def test_every_question_says_what_to_do(flowers):
    for base in (sources.LITE_WEIGHTS, sources.IMAGENET_WEIGHTS, None, sources.Licence("MIT", "a friend")):
        for question in licence_questions(flowers, base):
            assert re.search(r"\. (Ask|Read|Look)", question), question


def test_what_makes_no_sense_is_refused(flowers, photo_folder):
    with pytest.raises(ValueError, match=r"Expected photos. Received: str"):
        licence_questions("my/folder", None)
    with pytest.raises(ValueError, match=r"Expected a model or a Licence. Received: str"):
        licence_questions(flowers, "bundled")
    photos = load_photos(photo_folder({"a": 5, "b": 5}), image_size=32)
    with pytest.raises(ValueError, match="who made the photos"):
        photos.with_licence("CC0", made_by=" ")
