"""Nearest photos and unknown ones, against distances computed by hand."""

import numpy as np
import pytest

from helpers import activations, attach_head, grad_cam
from helpers.judging.explain import explain_photo
from helpers.judging.neighbours import Neighbours


@pytest.fixture(scope="module")
def model(efficientnet):
    return attach_head(efficientnet, classes=5)


def pooled(model, images: np.ndarray) -> np.ndarray:
    return activations(model, images, "top").mean(axis=(1, 2)).astype("float64")


def cosine(one: np.ndarray, many: np.ndarray) -> np.ndarray:
    return 1 - many @ one / np.linalg.norm(many, axis=1) / np.linalg.norm(one)


def test_the_nearest_are_the_nearest_by_cosine(model, flowers):
    train, image = pooled(model, flowers.train.images()), flowers.test.images()[5]
    likeness = Neighbours(model, flowers).of(image)
    distances = cosine(pooled(model, image[None])[0], train)
    np.testing.assert_array_equal(likeness.rows, np.argsort(distances)[:5])
    np.testing.assert_allclose(likeness.distances, np.sort(distances)[:5], atol=1e-5)
    assert likeness.distance == pytest.approx(np.sort(distances)[4], abs=1e-5)


def test_nineteen_in_twenty_validation_photos_are_known(model, flowers):
    neighbours = Neighbours(model, flowers)
    known = [neighbours.of(image).known for image in flowers.val.images()]
    assert np.mean(known) == pytest.approx(0.95, abs=0.03)


def test_what_lies_farther_than_the_limit_is_unknown(model, flowers):
    neighbours, train = Neighbours(model, flowers), pooled(model, flowers.train.images())
    noise = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3))
    flat = np.stack([np.full((32, 32, 3), shade) for shade in (0, 255)])
    verdicts = []
    for image in (*noise, *flat, *flowers.test.images()[:6]):
        fifth = np.sort(cosine(pooled(model, image[None])[0], train))[4]
        verdicts.append(neighbours.of(image).known)
        assert verdicts[-1] == (fifth <= neighbours.limit)
    assert set(verdicts) == {True, False}


def test_a_training_photo_is_nearest_to_itself(model, flowers):
    likeness = Neighbours(model, flowers).of(flowers.train.images()[3])
    assert likeness.rows[0] == 3
    assert likeness.distances[0] == pytest.approx(0, abs=1e-5)


def test_a_hidden_layer_is_where_photos_are_compared_if_there_is_one(efficientnet, flowers):
    neighbours = Neighbours(attach_head(efficientnet, classes=5, hidden_units=(8,)), flowers)
    assert neighbours._tree.n_features_in_ == 8


def test_an_explanation_is_made_of_all_three(model, flowers):
    image = flowers.test.images()[0]
    neighbours = Neighbours(model, flowers)
    explanation = explain_photo(model, image, neighbours)
    probabilities, likeness = model.predict(image[None], verbose=0)[0], neighbours.of(image)
    assert list(explanation.answer.probabilities) == list(flowers.class_names)
    np.testing.assert_allclose(list(explanation.answer.probabilities.values()), probabilities, atol=1e-6)
    assert explanation.answer.label == flowers.class_names[probabilities.argmax()]
    assert (explanation.answer.known, explanation.answer.limit) == (likeness.known, likeness.limit)
    np.testing.assert_allclose(explanation.heat, grad_cam(model, image), atol=1e-6)
