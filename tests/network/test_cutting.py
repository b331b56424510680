"""Where the cut lies, read from the frozen flags, and the parts it makes."""

import keras
import numpy as np
import pytest

from helpers import attach_head, blocks, copy_of, fit, freeze
from helpers.network.cutting import find_cut, part, reason_not_cut, suffix, whole


def test_the_cut_follows_the_boundary(efficientnet):
    model = attach_head(efficientnet, classes=5)
    for until, cut in [("top", "head_pool"), ("block7a", "block7a_project_bn"), ("block6d", "block6d_add")]:
        freeze(model, until=until)
        assert find_cut(model) == cut
    freeze(model, until=None)
    assert find_cut(model) is None


def test_pooling_belongs_to_the_prefix_and_dropout_does_not(mobilenet):
    model = attach_head(mobilenet, classes=5, hidden_units=(8,), dropout=0.5)
    freeze(model, until="top")
    assert find_cut(model) == "head_pool"
    model.get_layer("head_dense_1").trainable = False
    assert find_cut(model) == "head_dense_1"  # frozen as well, so it need not run again either
    without = attach_head(mobilenet, classes=5, dropout=0.0)
    freeze(without, until="top")
    assert find_cut(without) == "head_dropout"  # at rate 0 it draws nothing


def test_a_boundary_inside_a_block_is_moved_down_to_the_blocks_start(efficientnet):
    model = attach_head(efficientnet, classes=5)
    freeze(model, until="top")
    model.get_layer("block6d_project_conv").trainable = True
    assert find_cut(model) == "block6c_add"


def test_a_head_that_forks_is_cut_before_the_fork(mobilenet):
    average = keras.layers.GlobalAveragePooling2D()(mobilenet.output)
    highest = keras.layers.GlobalMaxPooling2D()(mobilenet.output)
    both = keras.layers.Concatenate()([average, highest])
    model = keras.Model(mobilenet.input, keras.layers.Dense(5, activation="softmax")(both))
    flags = [layer.trainable for layer in mobilenet.layers]
    for layer in mobilenet.layers:
        layer.trainable = False
    try:
        assert find_cut(model) == "out_relu"
    finally:
        for layer, flag in zip(mobilenet.layers, flags, strict=True):
            layer.trainable = flag


def test_nothing_is_cached_above_something_random(mobilenet):
    inputs = keras.Input((32, 32, 3))
    flipped = keras.layers.RandomFlip(name="flip")(inputs)
    base = keras.applications.MobileNetV2(include_top=False, weights=None, input_tensor=flipped, alpha=0.35)
    model = attach_head(keras.Model(inputs, base.output), classes=5, share=True)
    freeze(model, until="top")
    assert find_cut(model) is None
    assert reason_not_cut(model) == "'flip' among the frozen blocks draws at random"


def test_a_random_layer_inside_another_is_found(mobilenet):
    inputs = keras.Input((32, 32, 3))
    flipped = keras.layers.Pipeline([keras.layers.RandomFlip()], name="views")(inputs)
    base = keras.applications.MobileNetV2(include_top=False, weights=None, input_tensor=flipped, alpha=0.35)
    model = attach_head(keras.Model(inputs, base.output), classes=5, share=True)
    freeze(model, until="top")
    assert "'views' among the frozen blocks draws at random" in reason_not_cut(model)


class Tinted(keras.layers.Layer):
    """A layer of somebody's own, whose code may change while its description stays."""

    def call(self, pictures):
        return pictures * 0.9


@pytest.mark.parametrize("layer", [Tinted(name="mine"), keras.layers.Lambda(lambda x: x * 0.9, name="mine")])
def test_what_nobody_can_look_into_is_not_kept(layer):
    inputs = keras.Input((32, 32, 3))
    base = keras.applications.MobileNetV2(include_top=False, weights=None, input_tensor=layer(inputs), alpha=0.35)
    model = attach_head(keras.Model(inputs, base.output), classes=5, share=True)
    freeze(model, until="top")
    assert find_cut(model) is None
    assert "'mine', a layer of your own" in reason_not_cut(model)


def test_a_head_that_taps_a_lower_block_is_not_cut_off(mobilenet, flowers):
    low = keras.layers.GlobalAveragePooling2D()(mobilenet.get_layer("block_5_add").output)
    high = keras.layers.GlobalAveragePooling2D()(mobilenet.output)
    both = keras.layers.Concatenate()([low, high])
    model = copy_of(keras.Model(mobilenet.input, keras.layers.Dense(5, activation="softmax")(both)))
    freeze(model, until="top")
    assert find_cut(model) is None
    assert "also use what comes from below" in reason_not_cut(model)
    run = fit(model, flowers, epochs=1, progress=False)
    assert "also use what comes from below" in run.settings["not_kept"]
    freeze(model, until="block2b")
    assert find_cut(model) == "block_2_add", "below the tap there is nothing in the way"


def test_an_operation_beside_the_head_is_seen(mobilenet):
    pooled = keras.layers.GlobalAveragePooling2D(name="pool")(mobilenet.output)
    highest = keras.ops.max(mobilenet.output, axis=(1, 2))  # no layer
    answer = keras.layers.Dense(5, activation="softmax")(pooled + highest)
    model = copy_of(keras.Model(mobilenet.input, answer))
    freeze(model, until="top")
    assert find_cut(model) == "out_relu"


def test_every_block_can_be_the_boundary(efficientnet):
    model = attach_head(efficientnet, classes=5)
    for block in blocks(efficientnet)[:-1]:
        freeze(model, until=block.name)
        assert find_cut(model) == block.output_layer


def test_parts_together_are_the_model(small, flowers):
    model = attach_head(small, classes=5)
    images = flowers.val.images().astype("float32")
    low = part(model, None, ["block2a_project_bn"]).predict(images, verbose=0)
    high = part(model, "block2a_project_bn", ["head_pool"]).predict(low, verbose=0)
    expected = model.predict(images, verbose=0)
    assert np.allclose(suffix(model, "head_pool").predict(high, verbose=0), expected, atol=1e-6)
    assert np.allclose(whole(model).predict(images, verbose=0), expected, atol=1e-6)


def test_a_part_with_several_ends_gives_each(small, flowers):
    model = attach_head(small, classes=5)
    images = flowers.val.images().astype("float32")
    both = part(model, None, ["block2a_project_bn", "head_pool"]).predict(images, verbose=0)
    for end, values in zip(("block2a_project_bn", "head_pool"), both, strict=True):
        assert np.allclose(values, part(model, None, [end]).predict(images, verbose=0), atol=1e-6)


def test_parts_are_built_once_a_model(mobilenet):
    model = attach_head(mobilenet, classes=5)
    assert suffix(model, "block_5_add") is suffix(model, "block_5_add")
    assert part(model, None, ["block_5_add"]) is part(model, None, ["block_5_add"])
    assert suffix(model, "block_5_add") is not suffix(copy_of(model), "block_5_add")
