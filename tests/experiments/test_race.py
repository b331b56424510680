"""The race, on a small network: who does the next piece, what is timed, and what the three have learned."""

from contextlib import ExitStack
from functools import partial
from itertools import count

import keras
import numpy as np
import pandas as pd
import pytest

from helpers import attach_head, copy_of, evaluate, load_base, load_photos, race, wilson_interval
from helpers.experiments import race as race_module
from helpers.experiments import racers
from helpers.experiments.race import CURVE_COLUMNS, METHODS, racers_for
from helpers.network.blocks import blocks, weights_digest
from tests.networks import behind_every_name


@pytest.fixture(scope="module", autouse=True)
def small_networks():
    """Let training from scratch begin with few blocks: one network, copied, so that its steps are traced once."""
    with behind_every_name(), pytest.MonkeyPatch.context() as patch:
        blank = load_base("EfficientNetB0", weights=None, image_size=32)
        patch.setattr(race_module, "load_base", lambda *_, **__: copy_of(blank))
        yield


def ticking(step: float = 1.0):
    """Return a stopwatch on which every piece of work takes the same time."""
    ticks = count()
    return lambda: next(ticks) * step


@pytest.fixture(scope="module")
def whole_race(small, flowers):
    """A race of 150 pieces: its table, all its pieces, and the base's weights before and after it."""
    pieces, looks, before = [], [], weights_digest(small)
    table = race(
        flowers, small, 150, on_piece=lambda *piece: pieces.append(piece), on_look=looks.append, stopwatch=ticking()
    )
    return table, pieces, looks, (before, weights_digest(small))


def test_each_gets_the_same_share_of_the_time(whole_race):
    table, pieces, _, _ = whole_race
    assert table["method"].tolist() == list(METHODS)
    assert table["seconds"].tolist() == [50, 50, 50]
    timed = [(what, spent) for what, spent in pieces if what != "getting ready"]
    assert [spent for _, spent in timed] == list(range(1, 151))
    for start in range(0, 150, 3):  # pieces that take the same time are done in turns
        assert [what for what, _ in timed[start : start + 3]] == list(METHODS)


def test_nobody_gets_ahead_by_more_than_a_piece(small, flowers):
    """Pieces that take from 0.1 to 2 seconds at random: the next is always done by the one that used the least."""
    rng, now, pieces = np.random.default_rng(0), 0.0, []

    def stopwatch() -> float:
        nonlocal now
        now += rng.uniform(0.1, 2)
        return now

    table = race(flowers, small, 60, on_piece=lambda *piece: pieces.append(piece), stopwatch=stopwatch)
    used, before = dict.fromkeys(METHODS, 0.0), 0.0
    for what, spent in pieces:
        if what != "getting ready":
            assert used[what] == min(used.values())
            used[what], before = used[what] + spent - before, spent
    assert table["seconds"].tolist() == pytest.approx(list(used.values()))
    assert all(20 <= seconds < 22 for seconds in used.values())


def test_epochs_are_passes_over_the_training_photos(whole_race, flowers):
    table, _, _, _ = whole_race
    batches, looks = len(flowers.train) // 30, 0
    assert (len(flowers.train), batches) == (30, 1)  # a batch is an epoch here
    curves = pd.DataFrame(table.attrs["curves"])
    counted = curves.groupby("method", sort=False).size()
    running = {"from scratch": 0, "frozen base": -(-len(flowers.val) // 32) + 1}
    for method, through in running.items():
        looks = counted[method] - 1  # the last one isn't timed
        assert table.set_index("method").epochs[method] == 50 - through - looks


def test_the_table_tells_what_the_last_look_saw(whole_race, flowers):
    table, _, looks, _ = whole_race
    curves = pd.DataFrame(table.attrs["curves"])
    assert list(curves) == CURVE_COLUMNS == list(looks[0])
    assert [len(look) for look in looks] == list(range(1, len(curves) + 1))
    last = curves.groupby("method", sort=False).val_accuracy.last()
    for row in table.itertuples():
        assert row.accuracy == last[row.method]
        right = round(row.accuracy * len(flowers.val))
        assert (row.low, row.high) == wilson_interval(right, len(flowers.val))
    assert table.round(2).attrs["curves"] == table.attrs["curves"]  # so that a cell can go on with it


def test_the_base_stays_as_it_is(whole_race):
    before, after = whole_race[-1]
    assert before == after


def test_the_same_pieces_give_the_same_table(small, flowers):
    tables = [race(flowers, small, 30, stopwatch=ticking()) for _ in range(2)]
    pd.testing.assert_frame_equal(*tables)
    assert tables[0].attrs == tables[1].attrs


@pytest.fixture(scope="module")
def three(small, flowers):
    """The three after 80 pieces each, with what was borrowed given back; and their weights before each was ready."""
    with ExitStack() as lent:
        racing = racers_for(flowers, small, "block1a", 0, lent)
        before = [racer.model.get_weights() for racer in racing]
        for racer, weights in zip(racing, before, strict=True):
            racer.get_ready()
            assert all(map(np.array_equal, racer.model.get_weights(), weights)), "getting ready has changed a weight"
            for piece in range(80):
                racer.do_a_piece(piece / 80)
            racer.right = racer.look()
    return racing, before


def test_the_accuracy_is_that_of_the_model_that_was_trained(three, flowers):
    for racer in three[0]:
        assert racer.right == evaluate(racer.model, flowers.val).correct.sum()


def test_each_trains_what_it_says_and_nothing_else(three, small):
    learned = {racer.method: changed_blocks(racer.model, before) for racer, before in zip(*three, strict=True)}
    names = [block.name for block in blocks(small)]
    assert learned["from scratch"] == [*names, "head"]
    assert learned["frozen base"] == ["head"]
    assert learned["fine-tuned"] == [*names[2:], "head"]


def changed_blocks(model: keras.Model, before: list[np.ndarray]) -> list[str]:
    home = {layer: block.name for block in blocks(model) for layer in block.layers}
    owners = [home.get(layer.name, "head") for layer in model.layers for _ in layer.weights]
    changed = [
        owner
        for owner, now, then in zip(owners, model.get_weights(), before, strict=True)
        if not np.array_equal(now, then)
    ]
    return list(dict.fromkeys(changed))


def test_a_head_is_trained_as_plain_keras_trains_it(small, flowers, monkeypatch):
    """The frozen base's racer without dropout, against a loop over Keras's own train_on_batch."""
    monkeypatch.setattr(race_module.head, "attach_head", partial(attach_head, dropout=0.0))
    with ExitStack() as lent:
        racer = racers_for(flowers, small, None, 3, lent)[1]
        start = racer.model.get_layer("head_output").get_weights()
        through = 1 + 2  # batches of training and validation photos go through the base first
        for _ in range(through + 5):  # a step, a look, and three more steps
            racer.do_a_piece(0.5)
    features = small.predict(flowers.train.images().astype("float32"), verbose=0).mean(axis=(1, 2))
    head = keras.Sequential([keras.layers.Input((features.shape[1],)), keras.layers.Dense(5, activation="softmax")])
    head.set_weights(start)
    optimizer = keras.optimizers.AdamW(3e-3 * racers.rate_at(0.0), weight_decay=0.01)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    head.compile(optimizer, keras.losses.CategoricalCrossentropy(label_smoothing=0.1))
    for epoch in range(4):
        rows = np.random.default_rng([3, epoch]).permutation(30)
        head.train_on_batch(features[rows], np.eye(5)[flowers.train.labels[rows]])
    trained = racer.model.get_layer("head_output").get_weights()
    for mine, theirs, before in zip(trained, head.get_weights(), start, strict=True):
        assert np.abs(mine - before).max() > 5e-5
        np.testing.assert_allclose(mine, theirs, atol=5e-6)


def test_the_rate_rises_and_falls():
    rates = [racers.rate_at(way) for way in np.linspace(0, 1, 101)]
    assert 0 < rates[0] < 0.02
    assert int(np.argmax(rates)) == 10
    assert rates[55] == pytest.approx((1 + np.cos(0.55 * np.pi)) / 2)
    assert rates[-1] == pytest.approx(0, abs=1e-12)
    assert racers.rate_at(1.5) == pytest.approx(0, abs=1e-12)


def test_stopped_in_between_it_compares_what_there_is(small, flowers):
    pieces = []
    table = race(
        flowers, small, 150, on_piece=lambda *piece: pieces.append(piece), stop=lambda: len(pieces) == 13,
        stopwatch=ticking(),
    )  # fmt: skip
    assert table["seconds"].tolist() == [4, 3, 3]
    assert len(table) == 3


def test_stopped_before_it_began_there_is_nothing_to_compare(small, flowers):
    table = race(flowers, small, 30, stop=lambda: True, stopwatch=ticking())
    assert list(table) == ["method", "epochs", "seconds", "accuracy", "low", "high"]
    assert table.empty
    assert table.attrs["curves"] == []


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), "60", None, True])
def test_seconds_are_a_number_above_0(small, flowers, seconds):
    with pytest.raises(ValueError, match="Expected seconds to be a number above 0"):
        race(flowers, small, seconds)


def test_what_cannot_race_is_refused(small, flowers, photo_folder):
    with pytest.raises(ValueError, match="a block below top"):
        race(flowers, small, until="top")
    with pytest.raises(ValueError, match="Expected until to be the name of a block"):
        race(flowers, small, until="block9z")
    with pytest.raises(ValueError, match="Expected a base from load_base"):
        race(flowers, keras.Model(small.input, small.output))
    with pytest.raises(ValueError, match="seed"):
        race(flowers, small, seed=-1)
    larger = load_photos(photo_folder({"a": 6, "b": 6}), image_size=48)
    with pytest.raises(ValueError, match=r"32 px\. Received: photos of 48 px"):
        race(larger, small)
