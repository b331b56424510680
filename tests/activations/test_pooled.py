"""Pooled activations are each map's plain average, in the order of the photos."""

import keras
import numpy as np
import pytest

from helpers import attach_head, blocks
from helpers.activations.pooled import pooled_activations


def test_each_number_is_the_average_of_a_map(small, flowers):
    pooled = pooled_activations(small, flowers.val)
    assert list(pooled) == [block.name for block in blocks(small)]
    images = flowers.val.images().astype("float32")
    for block in blocks(small):
        maps = keras.Model(small.input, small.get_layer(block.output_layer).output).predict(images, verbose=0)
        np.testing.assert_allclose(pooled[block.name], maps.mean(axis=(1, 2)), rtol=1e-4, atol=1e-5)
        assert pooled[block.name].dtype == np.float32


def test_one_block_alone_gives_the_same_and_a_head_changes_nothing(small, flowers):
    everything = pooled_activations(small, flowers.val)
    model = attach_head(small, classes=5)
    (alone,) = pooled_activations(model, flowers.val, ["block2a"]).values()
    np.testing.assert_allclose(alone, everything["block2a"], rtol=1e-5, atol=1e-6)


def test_photos_of_another_size_and_unknown_blocks_are_refused(small, flowers, photo_folder):
    from helpers import load_photos

    larger = load_photos(photo_folder({"a": 6, "b": 6}), image_size=48)
    with pytest.raises(ValueError, match=r"32 px\. Received: photos of 48 px"):
        pooled_activations(small, larger.train)
    with pytest.raises(ValueError, match="block2b"):
        pooled_activations(small, flowers.val, ["block9z"])
