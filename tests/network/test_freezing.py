"""The freeze boundary: set by name, read from the flags, and proven by counting."""

import keras
import pytest

from helpers import attach_head, blocks, freeze, load_base
from helpers.network.freezing import plan_of, prefix_silenced
from helpers.network.head import copy_of


@pytest.fixture
def model(efficientnet):
    return attach_head(efficientnet, classes=5)


def norms(model) -> list:
    return [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]


@pytest.mark.parametrize("until", ["stem", "block4c", "block6d", "block7a", "top"])
def test_all_up_to_the_boundary_is_frozen_and_all_above_trains(model, until):
    plan = freeze(model, until=until)
    names = [block.name for block in blocks(model)]
    lowest = names.index(until) + 1
    assert plan.boundary == until
    assert plan.table.frozen.tolist() == [True] * lowest + [False] * (len(names) + 1 - lowest)
    assert plan.trainable_params == sum(int(w.numpy().size) for w in model.trainable_weights)
    assert plan.trainable_params + plan.frozen_params == model.count_params()
    assert not any(layer.trainable for layer in norms(model))


def test_nothing_frozen(model):
    plan = freeze(model, until=None)
    assert plan.boundary is None
    assert "nothing frozen" in repr(plan)
    assert model.get_layer("stem_conv").trainable


def test_batchnorm_is_freed_above_the_boundary_only(model):
    freeze(model, until="block6d", batchnorm="free")
    for layer in norms(model):
        above = layer.name.startswith(("block7", "top"))
        assert layer.trainable == above
        assert layer.momentum == (0.9 if above else 0.99)


def test_from_scratch_batchnorm_is_always_free():
    base = load_base("MobileNetV2-0.35", weights=None, image_size=32)
    model = attach_head(base, classes=2)
    freeze(model, until=None)
    assert all(layer.trainable for layer in norms(model))
    freeze(model, until="block4a")
    assert not any(layer.trainable for layer in norms(model))


def test_what_was_never_trained_is_known_in_copies_files_and_models_built_by_hand(tmp_path, mobilenet):
    base = load_base("MobileNetV2-0.35", weights=None, image_size=32)
    model = attach_head(base, classes=2)
    model.save(tmp_path / "model.keras")
    x = keras.layers.GlobalAveragePooling2D()(base.output)
    by_hand = keras.Model(base.input, keras.layers.Dense(2, activation="softmax")(x))
    for untrained in (copy_of(model), keras.models.load_model(tmp_path / "model.keras"), by_hand):
        freeze(untrained, until=None)
        assert all(layer.trainable for layer in norms(untrained))
    trained = attach_head(mobilenet, classes=2)
    freeze(trained, until=None)
    assert not any(layer.trainable for layer in norms(trained))


def test_freezing_again_forgets_the_first_time(model):
    freeze(model, until="top")
    freeze(model, until="block4c")
    assert freeze(model, until="block6d").boundary == "block6d"
    assert not model.get_layer("block6a_expand_conv").trainable
    assert model.get_layer("block7a_expand_conv").trainable


def test_flags_set_by_hand_are_understood(model):
    model.trainable = False
    for layer in model.layers[-20:]:
        layer.trainable = True
    plan = plan_of(model)
    assert plan.boundary == "block6d"  # the last twenty layers begin inside block7a
    assert not plan.table.set_index("block").frozen["block7a"]


def test_a_frozen_block_above_a_free_one_is_not_part_of_the_prefix(model):
    freeze(model, until="stem")
    for name in blocks(model)[-2].layers:
        model.get_layer(name).trainable = False
    plan = plan_of(model)
    assert plan.boundary == "stem"
    assert plan.table.set_index("block").frozen["block7a"]


def test_stochastic_depth_is_off_in_the_prefix_and_given_back(model):
    freeze(model, until="block5c")
    rates = {layer.name: layer.rate for layer in model.layers if layer.name.endswith("_drop")}
    with prefix_silenced(model):
        inside = {name: model.get_layer(name).rate for name in rates}
    assert all(inside[name] == 0 for name in rates if name < "block6")
    assert all(inside[name] == rates[name] > 0 for name in rates if name > "block6")
    assert {name: model.get_layer(name).rate for name in rates} == rates


def test_wrong_words_are_told(model):
    with pytest.raises(ValueError, match=r"until.*stem, block1a.*Received: 'block9a'"):
        freeze(model, until="block9a")
    with pytest.raises(ValueError, match=r'"frozen" or "free"'):
        freeze(model, batchnorm="thawed")
