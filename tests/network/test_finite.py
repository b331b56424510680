"""Weights that aren't numbers: refused by `evaluate` and `fit`, named, and noticed while they come to be."""

import numpy as np
import pytest

from helpers import attach_head, copy_of, evaluate, fit, freeze


@pytest.fixture(scope="module")
def model(small):
    return attach_head(small, classes=5)


@pytest.fixture(params=[np.nan, np.inf])
def broken(model, request):
    copy = copy_of(model)
    kernel, bias = copy.get_layer("head_output").get_weights()
    kernel[3, 1] = request.param
    copy.get_layer("head_output").set_weights([kernel, bias])
    return copy


def test_evaluate_and_fit_name_the_layer(broken, flowers):
    freeze(broken, until="top")
    for call in (lambda: evaluate(broken, flowers.val), lambda: fit(broken, flowers, epochs=1, progress=False)):
        with pytest.raises(ValueError, match=r"Received: NaN or infinity in head_output\. .* smaller learning_rate"):
            call()


def test_nan_that_a_layer_hides_is_refused_too(model, flowers):
    hidden = copy_of(model)
    norm = next(layer for layer in hidden.layers if "bn" in layer.name)
    norm.set_weights([np.full_like(array, np.inf) if "variance" in variable.name else array
                      for variable, array in zip(norm.weights, norm.get_weights(), strict=True)])  # fmt: skip
    assert np.isfinite(hidden.predict(flowers.val.images([0]), verbose=0)).all()  # x / infinity is 0
    with pytest.raises(ValueError, match=f"NaN or infinity in {norm.name}"):
        evaluate(hidden, flowers.val)


def test_a_training_that_diverges_says_when(model, flowers, capsys):
    diverging = copy_of(model)
    freeze(diverging, until="top")
    run = fit(diverging, flowers, epochs=3, learning_rate=1e38, keep="last")
    told = capsys.readouterr().out
    assert run.diverged_at == int(run.history.epoch[~np.isfinite(run.history.loss)].min())
    assert told.count("The loss is not a number any more") == 1
    assert f"diverged in epoch {run.diverged_at}" in repr(run)
    with pytest.raises(ValueError, match="NaN or infinity"):
        evaluate(diverging, flowers.val)


def test_a_training_that_does_not_diverge_says_nothing(model, flowers, capsys):
    freeze(model, until="top")
    run = fit(model, flowers, epochs=1)
    assert run.diverged_at is None
    assert "diverged" not in repr(run) + capsys.readouterr().out
