"""Blocks, found from the graph: the same names for every base."""

import re

import keras
import pytest

from helpers import attach_head, blocks, layer_table, load_base

EFFICIENTNETS = ["EfficientNetB0", "EfficientNetB3", "EfficientNetV2B0", "EfficientNetV2B2"]


@pytest.mark.parametrize("name", EFFICIENTNETS)
def test_names_are_those_of_keras_where_keras_has_names(name):
    base = load_base(name, weights=None, image_size=32)
    in_keras = list(dict.fromkeys(m[0] for layer in base.layers if (m := re.match(r"block\d[a-z]", layer.name))))
    found = blocks(base)
    assert [block.name for block in found] == ["stem", *in_keras, "top"]
    for block in found[1:-1]:
        assert all(layer.startswith(block.name) for layer in block.layers)
        assert block.stage == int(block.name[5])


def test_mobilenet_has_seven_stages_under_the_same_names():
    base = load_base("MobileNetV2-0.35", weights=None, image_size=32)
    stages = [block.stage for block in blocks(base)[1:-1]]
    assert [stages.count(stage) for stage in range(1, 8)] == [1, 2, 3, 4, 3, 3, 1]
    assert blocks(base)[1].layers[0] == "expanded_conv_depthwise"


@pytest.mark.parametrize("name", ["EfficientNetB0", "EfficientNetV2B0", "MobileNetV2-0.35"])
def test_every_block_leaves_through_one_tensor(name):
    base = load_base(name, weights=None, image_size=32)
    for block in blocks(base)[:-1]:
        tensor = base.get_layer(block.output_layer).output
        above = keras.Model(tensor, base.output)  # Keras refuses if anything goes past the cut
        below = keras.Model(base.input, tensor)
        assert len(above.layers) - 1 + len(below.layers) == len(base.layers)
        assert tuple(tensor.shape[1:]) == block.output_shape


def test_every_layer_stands_in_one_block_and_all_weights_are_counted(efficientnet):
    found = blocks(efficientnet)
    assert [name for block in found for name in block.layers] == [layer.name for layer in efficientnet.layers]
    assert sum(block.params for block in found) == efficientnet.count_params()


def test_a_head_belongs_to_no_block_however_it_was_built(efficientnet):
    by_helper = attach_head(efficientnet, classes=3, cut_at="block3b")
    x = keras.layers.GlobalMaxPooling2D()(efficientnet.output)
    by_hand = keras.Model(efficientnet.input, keras.layers.Dense(3, activation="softmax")(x))
    assert [block.name for block in blocks(by_helper)][-1] == "block3b"
    assert blocks(by_hand) == blocks(efficientnet)
    assert list(layer_table(by_hand).block[-2:]) == ["head", "head"]


def test_the_layer_table_counts_as_keras_does(efficientnet):
    table = layer_table(efficientnet)
    assert table.params.sum() == efficientnet.count_params()
    assert list(table.layer) == [layer.name for layer in efficientnet.layers]
    assert table.set_index("layer").trainable["stem_conv"]
    assert not table.set_index("layer").trainable["stem_activation"]


def test_a_nested_model_is_told(efficientnet):
    inputs = keras.Input((32, 32, 3))
    with pytest.raises(ValueError, match=r"flat model.*efficientnetb0.*x = base\.output"):
        blocks(keras.Model(inputs, efficientnet(inputs)))


def test_a_network_without_blocks_is_told():
    plain = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    with pytest.raises(ValueError, match="EfficientNet or MobileNetV2"):
        blocks(plain)
