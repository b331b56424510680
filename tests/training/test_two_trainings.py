"""Two trainings at a time: refused where they share layers, and nothing stays switched off."""

import threading

import pytest

from helpers import attach_head, copy_of, fit, freeze, settle_statistics


@pytest.fixture
def pair(small):
    """Return two models that share a base, and one that shares nothing with them."""
    base = copy_of(small)
    one, two = (attach_head(base, classes=5, share=True) for _ in range(2))
    freeze(one, until="block2a")
    return one, two, attach_head(small, classes=5)


def rates(model) -> list[float]:
    return [layer.rate for layer in model.layers if hasattr(layer, "rate")]


def train_and(one, flowers, do) -> None:
    """Train a model, and do something else after its first batch; what that raises ends the training."""
    fit(one, flowers, epochs=1, cache=False, progress=False, on_batch=lambda what, done, total: do())


def in_a_thread(do) -> list[Exception]:
    raised = []

    def run() -> None:
        try:
            do()
        except Exception as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return raised


@pytest.mark.parametrize("of", ["the same model", "a model on the same base"])
def test_a_second_training_on_the_same_layers_is_refused(pair, flowers, of):
    one, two, _ = pair
    second, before, raised = one if of == "the same model" else two, rates(one), []
    assert max(before) > 0
    calls = [lambda: fit(second, flowers, epochs=1, progress=False), lambda: settle_statistics(second, flowers.train)]
    train_and(one, flowers, lambda: raised.extend(error for call in calls for error in in_a_thread(call)))
    assert len(raised) >= 2
    for error in raised:
        assert isinstance(error, RuntimeError)
        assert "nobody else is training" in str(error)
        assert "copy_of(model)" in str(error)
    assert rates(one) == before
    fit(second, flowers, epochs=1, progress=False)  # now that the first has ended


def test_a_training_inside_a_training_is_refused_and_both_let_go(pair, flowers):
    one, two, _ = pair
    before = rates(one)
    with pytest.raises(RuntimeError, match="around this call"):
        train_and(one, flowers, lambda: fit(two, flowers, epochs=1, progress=False))
    assert rates(one) == before
    settle_statistics(two, flowers.train)


def test_models_without_common_layers_may_be_trained_at_a_time(pair, flowers):
    one, _, other = pair
    runs = []
    train_and(one, flowers, lambda: runs or runs.append(fit(other, flowers, epochs=1, progress=False)))
    assert len(runs[0].history) == 1
