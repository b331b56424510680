"""Traced once: a twin computes what the network does that borrows it, and its trace serves the next one."""

import threading

import keras
import numpy as np
import pytest

from helpers import attach_head, config, copy_of, fit, freeze
from helpers.network import twins
from tests.networks import first_stages

HOW = {"epochs": 2, "learning_rate": 3e-3, "schedule": "cosine", "label_smoothing": 0.1, "keep": "last"}


@pytest.fixture(autouse=True)
def _no_twins():
    twins.forget()
    yield
    twins.forget()


@pytest.fixture(scope="module")
def base():
    return first_stages()


def a_model(base, until: str | None = "block1a", seed: int = 0, batchnorm: str = "frozen") -> keras.Model:
    model = attach_head(base, classes=5, seed=seed)
    freeze(model, until=until, batchnorm=batchnorm)
    return model


def trained(base, flowers, until: str | None = "block1a", seed: int = 0, batchnorm: str = "frozen", **how):
    model = a_model(base, until, seed, batchnorm)
    return model, fit(model, flowers, **HOW | how, seed=seed, progress=False)


def doubled(x):
    """Stand for an activation function of the user's own."""
    return 2 * x


def whose_twin(model: keras.Model, purpose=None) -> keras.Model:
    with twins.lent(model, purpose) as twin:
        return twin


@pytest.mark.parametrize(
    ("until", "batchnorm"), [("top", "frozen"), ("block1a", "free"), ("stem", "frozen"), (None, "free")]
)
def test_a_run_after_others_is_bit_for_bit_the_run_of_a_fresh_process(base, flowers, until, batchnorm):
    fresh, first = trained(base, flowers, until, batchnorm=batchnorm)
    for seed, how in enumerate(
        ({"learning_rate": 1e-2}, {"schedule": None}, {"epochs": 3}, {"batch_size": 7}), start=1
    ):
        trained(base, flowers, until, seed, batchnorm, **how)
    later, second = trained(base, flowers, until, batchnorm=batchnorm)
    assert second.history.drop(columns="seconds").equals(first.history.drop(columns="seconds"))
    for mine, theirs in zip(later.get_weights(), fresh.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_what_is_lent_has_the_weights_and_the_draws_of_its_borrower(base):
    first, second = a_model(base), a_model(base, seed=1)
    image = np.full((1, 32, 32, 3), 90.0)
    assert whose_twin(first) is whose_twin(second)
    with twins.lent(second) as twin:
        assert twin is not second
        np.testing.assert_allclose(twin.predict_on_batch(image), second.predict_on_batch(image), rtol=1e-6)


def test_other_architectures_have_other_twins(base):
    model = a_model(base)
    assert whose_twin(model, "train") is whose_twin(copy_of(model), "train")
    assert whose_twin(model, "train") is not whose_twin(model, "train with decay")
    assert whose_twin(model, "train") is not whose_twin(a_model(base, until="stem"), "train")
    assert whose_twin(model, "train") is not whose_twin(a_model(base, batchnorm="free"), "train")
    assert whose_twin(model, "train") is not whose_twin(attach_head(base, classes=4), "train")


def with_own_head(base, seed: int = 0, activation: str = "relu") -> keras.Model:
    """Put on a head as plain Keras does: each of its layers gets a name that no other has."""
    hidden = keras.layers.Dense(8, activation=activation)(keras.layers.GlobalAveragePooling2D()(base.output))
    return keras.Model(base.input, keras.layers.Dense(5, "softmax")(keras.layers.Dropout(0.5, seed=seed)(hidden)))


def test_names_do_not_matter(base):
    first, second = with_own_head(base), with_own_head(base)
    assert first.layers[-1].name != second.layers[-1].name
    assert whose_twin(first) is whose_twin(second) is not whose_twin(with_own_head(base, activation="tanh"))


def test_a_layer_may_be_called_like_a_function():
    def called_like(function: str) -> keras.Model:
        layers = [keras.layers.Dense(3, activation=function, name=name) for name in (function, "second")]
        return keras.Sequential([keras.Input((2,)), *layers])

    assert whose_twin(called_like("relu")) is not whose_twin(called_like("tanh"))


def test_whose_input_a_layer_takes_matters():
    def adding(to: str) -> keras.Model:
        photo = keras.Input((3,))
        layers = {"photo": photo, "first": keras.layers.Dense(3)(photo)}
        second = keras.layers.Dense(3)(layers["first"])
        return keras.Model(photo, keras.layers.Add()([second, layers[to]]))

    assert whose_twin(adding("first")) is whose_twin(adding("first")) is not whose_twin(adding("photo"))


def test_a_dropout_of_another_name_draws_what_its_own_network_would(base):
    first, second = with_own_head(base), with_own_head(base, seed=7)
    image = np.full((1, 32, 32, 3), 90.0, "float32")
    with twins.lent(first, "train"):
        pass
    with twins.lent(second, "train") as twin:
        assert twin is not second
        np.testing.assert_allclose(twin(image, training=True), second(image, training=True), rtol=1e-5)


def test_to_predict_it_does_not_matter_what_is_frozen(base):
    assert whose_twin(a_model(base)) is whose_twin(a_model(base, until="stem", batchnorm="free"))


def test_a_normalisation_by_other_numbers_has_another_twin():
    def normalising(mean: float) -> keras.Model:
        return keras.Sequential([keras.Input((2,)), keras.layers.Normalization(mean=mean, variance=1.0)])

    assert whose_twin(normalising(0.0)) is not whose_twin(normalising(1.0))


def test_layers_of_the_users_own_are_not_copied():
    class Mine(keras.layers.Layer):
        def call(self, x):
            return x + 1

    for layer in (Mine(), keras.layers.Lambda(lambda x: x + 1), keras.layers.Dense(2, activation=doubled)):
        for inside in (layer, keras.Sequential([layer])):
            model = keras.Sequential([keras.Input((2,)), inside])
            assert whose_twin(model) is model


def test_a_model_with_a_function_of_the_users_own_is_trained_as_before(base, flowers):
    pooled = keras.layers.GlobalAveragePooling2D()(base.output)
    hidden = keras.layers.Dense(8, activation=doubled)(pooled)
    model = keras.Model(base.input, keras.layers.Dense(5, activation="softmax")(hidden))
    freeze(model, until="block2b")
    before = [weight.copy() for weight in model.layers[-1].get_weights()]
    fit(model, flowers, **HOW, progress=False)
    assert any((a != b).any() for a, b in zip(before, model.layers[-1].get_weights(), strict=True))


def test_a_twin_that_could_not_be_made_ready_is_not_kept(base):
    def fail(twin):
        raise RuntimeError("no room")

    model = a_model(base)
    with pytest.raises(RuntimeError, match="no room"), twins.lent(model, "train", fail):
        pass
    ready = []
    with twins.lent(model, "train", ready.append) as twin:
        assert ready == [twin]


def test_a_second_borrower_gets_its_own_network_meanwhile(base):
    model, got = a_model(base), []
    with twins.lent(model) as twin:
        thread = threading.Thread(target=lambda: got.append(whose_twin(model)))
        thread.start()
        thread.join()
        assert got == [model]
    assert whose_twin(model) is twin


def test_only_so_many_are_kept_and_the_longest_unused_goes_first(monkeypatch):
    monkeypatch.setattr(config, "TWINS", 2)
    models = [keras.Sequential([keras.Input((2,)), keras.layers.Dense(units)]) for units in (1, 2, 3)]
    first, second = (whose_twin(model) for model in models[:2])
    assert whose_twin(models[0]) is first
    whose_twin(models[2])
    assert whose_twin(models[0]) is first
    assert whose_twin(models[1]) is not second


def test_whoever_is_told_of_an_epoch_sees_the_weights_of_that_epoch(base, flowers):
    model, seen = a_model(base), []
    fit(model, flowers, **HOW, progress=False, on_epoch=lambda row: seen.append(model.get_weights()))
    assert any((a != b).any() for a, b in zip(*seen, strict=True))
    for last, now in zip(seen[-1], model.get_weights(), strict=True):
        np.testing.assert_array_equal(last, now)


def test_a_training_that_is_interrupted_leaves_the_model_as_far_as_it_came(base, flowers):
    model = a_model(base)
    before = [weight.copy() for weight in model.get_weights()]

    def fail(row):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(model, flowers, **HOW, progress=False, on_epoch=fail)
    assert any((a != b).any() for a, b in zip(before, model.get_weights(), strict=True))
