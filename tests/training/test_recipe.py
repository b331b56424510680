"""Recipes: what they do is what `freeze` and `fit` do, and their code does it again."""

import numpy as np
import pytest

from helpers import Recipe, Step, attach_head, fit, freeze, load_base, load_photos, settle_statistics
from tests.networks import behind_every_name


@pytest.fixture(scope="module")
def base(flowers):
    with behind_every_name():
        return settle_statistics(load_base("EfficientNetB0", weights=None, image_size=32), flowers.train)


def test_a_recipe_does_what_its_steps_say(base, flowers):
    recipe = Recipe(flowers, base, hidden_units=(8,), seed=3)
    recipe = recipe.then(Step(until="top", epochs=2, learning_rate=3e-3)).then(
        Step(until="block2a", epochs=1, learning_rate=1e-4, batchnorm="free", per_class=4)
    )
    made, run = recipe.carry_out()
    model = attach_head(base, classes=5, hidden_units=(8,), seed=3)
    freeze(model, until="top")
    fit(model, flowers, epochs=2, learning_rate=3e-3, seed=3, progress=False)
    freeze(model, until="block2a", batchnorm="free")
    expected = fit(model, flowers.with_per_class(4), epochs=1, learning_rate=1e-4, seed=3, progress=False)
    assert run.history.loss.tolist() == expected.history.loss.tolist()
    for mine, theirs in zip(made.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_its_code_does_the_same_in_an_empty_room(base, flowers):
    recipe = Recipe(flowers, base, cut_at="block2b", seed=1).then(
        Step(until="block2a", epochs=2, learning_rate=1e-3, augment=True, per_class=5)
    )
    made, _ = recipe.carry_out()
    room: dict = {}
    with behind_every_name():
        exec(recipe.code(), room)
    for mine, theirs in zip(made.get_weights(), room["model"].get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_a_stopped_cosine_run_is_repeated_by_its_code(base, flowers):
    recipe = Recipe(flowers, base).then(Step(epochs=4, schedule="cosine", keep="last", stop_after=2))
    made, run = recipe.carry_out()
    assert len(run.history) == run.kept_epoch == 2
    room: dict = {}
    with behind_every_name():
        exec(recipe.code(), room)
    assert room["run"].history.loss.tolist() == run.history.loss.tolist()
    for mine, theirs in zip(made.get_weights(), room["model"].get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    _, short = Recipe(flowers, base).then(Step(epochs=2, schedule="cosine", keep="last")).carry_out()
    assert short.history.val_loss.iloc[-1] != run.history.val_loss.iloc[-1]  # fewer epochs are another run


@pytest.mark.parametrize("stop_after", [0, 4, 1.5, "2"])
def test_a_run_can_only_be_stopped_after_an_epoch_before_its_last(stop_after):
    with pytest.raises(ValueError, match="below epochs, 4"):
        Step(epochs=4, stop_after=stop_after)


def test_the_code_of_the_simplest_recipe_is_six_lines(flowers):
    base = load_base(weights="bundled", image_size=32)
    lines = Recipe(flowers, base).then(Step()).code().splitlines()
    assert lines[0] == "from helpers import attach_head, fit, freeze, load_base, load_photos"
    assert lines[3] == "model = attach_head(base, classes=5, seed=0)"
    assert lines[-1] == "run", "a notebook shows it"
    assert len(lines) == 7  # the import, and six


def test_a_base_from_elsewhere_is_said_to_be_missing(mobilenet, flowers):
    import keras

    own = keras.Model(mobilenet.input, mobilenet.output)
    assert "# base: the one you gave" in Recipe(flowers, own).code()


@pytest.mark.parametrize("per_class", [1, 4, None])
def test_fewer_photos_are_those_that_loading_with_fewer_gives(photo_folder, per_class):
    folder = photo_folder({"a": 20, "b": 14})
    fewer = load_photos(folder, image_size=32, seed=2).with_per_class(per_class)
    loaded = load_photos(folder, image_size=32, seed=2, per_class=per_class)
    assert fewer.train.paths == loaded.train.paths
    assert fewer.fingerprint == loaded.fingerprint
    np.testing.assert_array_equal(fewer.train.images(), loaded.train.images())
    np.testing.assert_array_equal(fewer.train.labels, loaded.train.labels)


def test_fewer_than_one_photo_is_refused(flowers):
    with pytest.raises(ValueError, match="per_class"):
        flowers.with_per_class(0)


def test_what_no_code_can_load_is_not_claimed(flowers):
    settled = settle_statistics(load_base("MobileNetV2-0.35", weights=None, image_size=32), flowers.train)
    assert "settle_statistics(base, photos.train)" in Recipe(flowers, settled).code()
    elsewhere = settle_statistics(load_base("MobileNetV2-0.35", weights=None, image_size=32), flowers.val)
    changed = load_base("MobileNetV2-0.35", weights=None, image_size=32)
    changed.set_weights([weight * 0.5 for weight in changed.get_weights()])
    again = settle_statistics(settled, flowers.val)
    for base in (elsewhere, changed, again):
        assert "# base: the one you gave" in Recipe(flowers, base).code()


def test_numbers_from_a_table_are_written_as_plain_numbers(base, flowers):
    step = Step(epochs=np.int64(2), learning_rate=np.float64(0.001))
    code = Recipe(flowers, base, hidden_units=(np.int64(8),)).then(step).code()
    assert "np." not in code
    assert "epochs=2, learning_rate=0.001" in code
