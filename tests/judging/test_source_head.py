"""What a base's old head says of new photos."""

import keras
import numpy as np
import pandas as pd
import pytest

from helpers import (
    attach_head,
    called_plants,
    config,
    freeze,
    has_source_head,
    load_base,
    load_flowers,
    old_answers_kept,
    source_answers,
    source_classes,
    source_pictures,
)
from helpers.judging import source_head
from helpers.network import lite_weights, twins
from tests.shared import needs_lite0


@pytest.fixture(scope="module")
def lite0():
    return load_base("EfficientNetLite0", image_size=96)


def noise(photos: int = 3, side: int = 96) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (photos, side, side, 3)).astype("uint8")


def test_imagenets_classes_are_a_thousand_with_names_of_their_own():
    table = pd.read_csv(config.IMAGENET_CLASSES)
    assert table.number.tolist() == list(range(1000))
    assert table.name.is_unique
    assert table.wordnet_id.is_monotonic_increasing  # the order that ImageNet's challenge gave them
    assert {1: "goldfish", 207: "golden retriever", 281: "tabby", 985: "daisy"}.items() <= table.name.to_dict().items()
    assert table.plant.sum() == 29
    assert set(table[table.plant == 1].name) >= {"daisy", "rapeseed", "rose hip", "banana", "artichoke"}


@needs_lite0
def test_answers_are_those_of_the_whole_network(lite0):
    """The oracle is plain Keras: the base, pooling, and a dense softmax layer with the package's own weights."""
    dense = keras.layers.Dense(1000, activation="softmax")
    whole = keras.Sequential([lite0, keras.layers.GlobalAveragePooling2D(), dense])
    whole.build((None, 96, 96, 3))
    dense.set_weights(lite_weights.top_weights())
    expected = whole.predict(noise().astype("float32"), verbose=0)
    said = source_answers(lite0, noise(), top=4)
    names = np.array(source_classes(lite0))
    for photo, row in enumerate(expected):
        mine = said[said.photo == photo]
        assert mine.name.tolist() == names[np.argsort(-row)[:4]].tolist()
        assert np.allclose(mine.probability, np.sort(row)[::-1][:4], atol=1e-5)
        assert mine["rank"].tolist() == [1, 2, 3, 4]


@needs_lite0
def test_drawn_flowers_are_called_plants_and_noise_is_not(lite0):
    photos = load_flowers("bundled", image_size=96).val
    daisies = photos.images(np.flatnonzero(photos.labels == photos.class_names.index("daisy")))
    assert called_plants(lite0, daisies) > 0.5
    assert called_plants(lite0, noise(20)) < 0.1


@needs_lite0
def test_a_model_with_a_new_head_is_asked_through_its_base(lite0):
    model = attach_head(lite0, classes=5)
    assert source_answers(model, noise()).equals(source_answers(lite0, noise()))


def test_the_bundled_bases_head_knows_drawn_shapes_and_no_plant(efficientnet):
    assert len(source_classes(efficientnet)) == 440
    said = source_answers(efficientnet, noise(side=32), top=2)
    assert len(said) == 6
    assert set(said.name) <= set(source_classes(efficientnet))
    assert called_plants(efficientnet, noise(side=32)) == 0


@needs_lite0
def test_a_head_that_is_here_is_told_from_one_that_is_not(lite0, efficientnet, mobilenet):
    for model, here in ((lite0, True), (efficientnet, True), (mobilenet, False)):
        assert has_source_head(model) == here
        assert has_source_head(attach_head(model, classes=5)) == here
    assert not has_source_head(load_base("EfficientNetLite0", weights=None, image_size=32))
    assert not has_source_head(keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)]))


def test_a_base_whose_old_head_is_not_here_is_refused(mobilenet):
    with pytest.raises(ValueError, match=r"EfficientNetLite0.*bundled EfficientNetB0.*mobilenet"):
        source_answers(mobilenet, noise(side=32))


def test_a_model_cut_below_the_top_is_refused(efficientnet):
    cut = attach_head(efficientnet, classes=5, cut_at="block5c")
    with pytest.raises(ValueError, match="top_activation"):
        source_head.source_head(cut).probabilities(cut, noise(side=32))


def test_the_base_and_what_it_became_are_asked_by_one_trace(efficientnet, monkeypatch):
    traced, answer = [], keras.layers.GlobalAveragePooling2D.call

    def call(self, inputs):
        if not isinstance(inputs, keras.KerasTensor):  # what builds or copies a model traces nothing
            traced.append(self.name)
        return answer(self, inputs)

    twins.forget()
    monkeypatch.setattr(keras.layers.GlobalAveragePooling2D, "call", call)
    model = attach_head(efficientnet, classes=5)
    freeze(model, until="block5c")
    for asked in (efficientnet, model, model):
        source_answers(asked, noise(side=32))
    assert len(traced) == len(set(traced)) > 0  # every pooling layer once


def test_old_answers_are_kept_until_the_base_changes(efficientnet):
    model = attach_head(efficientnet, classes=5)
    assert old_answers_kept(efficientnet, model, noise(20, 32)) == 1
    pictures = source_pictures(32)[0][:60]
    before = source_head.source_head(efficientnet).probabilities(efficientnet, pictures).argmax(axis=1)
    last = model.get_layer("top_conv")
    last.set_weights([last.get_weights()[0][..., ::-1]])  # its channels change places
    after = source_head.source_head(efficientnet).probabilities(model, pictures).argmax(axis=1)
    kept = old_answers_kept(efficientnet, model, pictures)
    assert kept == np.mean(before == after) < 0.2
