"""The map of photos, against a singular value decomposition and distances computed by hand."""

from dataclasses import replace

import numpy as np
import pytest

from helpers import activations, blocks, photo_map
from helpers.judging.photo_map import mirrored_like, photo_maps
from helpers.photos.split import rows_of


def features(model, split, block: str) -> np.ndarray:
    return activations(model, split.images(), block).mean(axis=(1, 2)).astype("float64")


@pytest.mark.parametrize("block", ["stem", "block2a", "top"])
def test_places_and_shares_are_those_of_a_singular_value_decomposition(small, flowers, block):
    drawn = photo_map(small, flowers.val, block)
    values = features(small, flowers.val, block)
    left, singular, _ = np.linalg.svd(values - values.mean(axis=0), full_matrices=False)
    expected = left[:, :2] * singular[:2]
    for axis, column in enumerate(("x", "y")):
        sign = np.sign(drawn[column] @ expected[:, axis])
        np.testing.assert_allclose(drawn[column], sign * expected[:, axis], rtol=1e-3, atol=1e-4 * singular[0])
    np.testing.assert_allclose(drawn.attrs["explained_variance"], singular[:2] ** 2 / (singular**2).sum(), rtol=1e-3)
    assert drawn.label.tolist() == [flowers.class_names[label] for label in flowers.val.labels]


@pytest.mark.parametrize("block", ["stem", "top"])
def test_the_nearest_is_found_among_all_features_and_is_never_the_photo_itself(small, flowers, block):
    drawn = photo_map(small, flowers.val, block)
    values = features(small, flowers.val, block)
    distances = np.linalg.norm(values[:, None] - values[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    reached = distances[np.arange(len(values)), drawn.nearest]
    np.testing.assert_allclose(reached, distances.min(axis=1), rtol=1e-3)
    right = (drawn.label.to_numpy()[drawn.nearest] == drawn.label).mean()
    assert drawn.attrs["neighbour_accuracy"] == right
    assert drawn.attrs["features"] == values.shape[1]
    assert drawn.attrs["chance_level"] == pytest.approx(0.2)


def test_a_trained_base_keeps_classes_further_apart_high_than_low(efficientnet, flowers):
    drawn = photo_maps(efficientnet, flowers.val)
    assert drawn["top"].attrs["neighbour_accuracy"] > drawn["stem"].attrs["neighbour_accuracy"]


def test_all_maps_are_the_single_ones_perhaps_mirrored(small, flowers):
    drawn = photo_maps(small, flowers.val)
    assert list(drawn) == [block.name for block in blocks(small)]
    above = None
    for block in reversed(drawn):
        alone = photo_map(small, flowers.val, block)
        np.testing.assert_allclose(drawn[block][["x", "y"]].abs(), alone[["x", "y"]].abs(), rtol=1e-3, atol=1e-3)
        assert drawn[block].nearest.tolist() == alone.nearest.tolist()
        for name, value in alone.attrs.items():
            assert drawn[block].attrs[name] == (value if name == "block" else pytest.approx(value))
        if above is not None:
            assert (drawn[block].x @ above.x, drawn[block].y @ above.y) >= (0, 0)
        above = drawn[block]


def test_a_map_is_mirrored_axis_by_axis(small, flowers):
    drawn = photo_map(small, flowers.val, "top")
    turned = mirrored_like(drawn.assign(x=-drawn.x), drawn)
    assert turned.x.tolist() == drawn.x.tolist()
    assert turned.y.tolist() == drawn.y.tolist()
    assert turned.attrs == drawn.attrs


def test_photos_that_are_all_alike_have_no_variance_to_hold(small, flowers):
    one = rows_of(flowers.val, np.zeros(5, dtype=int))
    assert photo_map(small, one, "stem").attrs["explained_variance"] == (0.0, 0.0)


def test_two_photos_are_too_few(small, flowers):
    with pytest.raises(ValueError, match=r"at least 3 photos to place on a map\. Received: 2"):
        photo_map(small, rows_of(flowers.val, np.arange(2)), "top")
    empty = replace(flowers.val, paths=(), labels=flowers.val.labels[:0], digests=())
    with pytest.raises(ValueError, match="Received: 0"):
        photo_maps(small, empty)
