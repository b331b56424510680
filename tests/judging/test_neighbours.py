"""Nearest photos and unknown ones, against distances computed by hand."""

import numpy as np
import pytest
from PIL import Image

from helpers import activations, attach_head, evaluate, fit, freeze, grad_cam, load_photos, read_photo
from helpers.judging.explain import explain_photo
from helpers.judging.neighbours import Neighbours, counted, limit_of, limits_of


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
    assert np.mean(neighbours.distances_of(flowers.val) <= neighbours.limit) == pytest.approx(0.95, abs=0.03)
    assert min(neighbours.limits) == neighbours.limit  # no class has a stricter one


def test_of_each_class_nineteen_in_twenty_validation_photos_lie_within_its_limit():
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], [200, 40, 3])
    distances = (rng.uniform(0, 1, len(labels)) + labels) / 2  # each class lies farther away than the one before
    limits = limits_of(distances, labels, 4)
    overall = limit_of(distances)
    for label, share in ((1, 0.95), (2, 1.0)):
        assert np.mean(distances[labels == label] <= limits[label]) == pytest.approx(share, abs=0.03)
    assert limits[0] == limits[3] == overall > np.quantile(distances[labels == 0], 0.95)


@pytest.mark.parametrize(("per_class", "expected"), [([9, 9, 9], 5), ([9, 5, 9], 5), ([9, 4, 9], 4), ([9, 0, 1], 1)])
def test_no_more_neighbours_count_than_the_smallest_class_has(per_class, expected):
    assert counted(np.repeat(range(3), per_class)) == expected


def picture(path, colour: tuple[int, int, int], spread: float, seed: int) -> None:
    """Write a picture of soft spots around a colour. The larger the spread, the less two of them look the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    spots = np.random.default_rng(seed).normal(colour, spread, (4, 4, 3)).clip(0, 255).astype(np.uint8)
    Image.fromarray(spots).resize((32, 32), Image.Resampling.BICUBIC).save(path)


def test_new_photos_of_a_small_class_that_looks_like_no_other_are_known(small, tmp_path):
    """Two large classes that vary, and eight white pictures: four are trained on, so they have no fifth neighbour."""
    for number in range(120):
        picture(tmp_path / "all" / "roses" / f"{number}.png", (200, 30, 60), 60, number)
        picture(tmp_path / "all" / "sunflowers" / f"{number}.png", (60, 120, 30), 60, 1000 + number)
    for number in range(8):
        picture(tmp_path / "all" / "plans" / f"{number}.png", (255, 255, 255), 10, 2000 + number)
    photos = load_photos(tmp_path / "all", image_size=32)
    assert np.sum(photos.train.labels == 0) == 4
    model = attach_head(small, classes=3)
    freeze(model, until="top")
    fit(model, photos, epochs=15, learning_rate=0.02, progress=False)
    for number in range(10):
        picture(tmp_path / "unseen" / f"{number}.png", (255, 255, 255), 10, 3000 + number)
    neighbours = Neighbours(model, photos)
    answers = [
        explain_photo(model, read_photo(path, 32), neighbours).answer for path in (tmp_path / "unseen").iterdir()
    ]
    assert [answer.verdict for answer in answers if answer.label != "plans" or not answer.known] == []


def test_the_share_turned_away_is_told_for_each_class(small, flowers):
    model = attach_head(small, classes=5)
    neighbours = Neighbours(model, flowers)
    neighbours.limits = tuple(
        limit * share for limit, share in zip(neighbours.limits, (0.5, 0.6, 0.7, 0.8, 0.9), strict=True)
    )
    known = np.array([neighbours.of(image).known for image in flowers.test.images()])
    shares = neighbours.turned_away(flowers.test)
    assert list(shares.index) == list(flowers.class_names)
    for label, share in enumerate(shares):
        assert share == pytest.approx(1 - known[flowers.test.labels == label].mean())
    assert 0 < shares.mean() < 1
    report = evaluate(model, flowers.test, neighbours)
    assert report.per_class.turned_away.equals(shares)
    report.per_class["turned_away"] = [0.5, 0.0, 0.9, np.nan, 0.1]
    assert report.mostly_turned_away == ["roses"]
    assert "mostly called unknown: roses" in repr(report)
    assert "turned_away" not in evaluate(model, flowers.test).per_class


def test_what_lies_farther_than_the_limit_is_unknown(model, flowers):
    neighbours, train = Neighbours(model, flowers), pooled(model, flowers.train.images())
    noise = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3))
    flat = np.stack([np.full((32, 32, 3), shade) for shade in (0, 255)])
    images = np.concatenate([noise, flat, flowers.test.images()[:6]]).astype("uint8")
    labels = model.predict(images, verbose=0).argmax(axis=1)
    verdicts = []
    for image, place, label in zip(images, pooled(model, images), labels, strict=True):
        fifth = np.sort(cosine(place, train))[4]
        verdicts.append(neighbours.of(image).known)
        assert verdicts[-1] == (fifth <= neighbours.limits[label])
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


def test_a_base_without_a_head_is_told(efficientnet, flowers):
    with pytest.raises(ValueError, match=r"Expected a model .* Received: .*Functional.* Pass what attach_head"):
        Neighbours(efficientnet, flowers)
