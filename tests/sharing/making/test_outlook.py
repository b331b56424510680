"""How long a training will take: told only where it is known, and where it is long enough to matter."""

import math
from dataclasses import replace

import pytest

from helpers import attach_head, blocks
from helpers.sharing.making import outlook
from helpers.sharing.making.outlook import seconds_of_training
from helpers.sharing.making.plan import HEAD
from helpers.training.block_times import BlockTimes


def test_each_epoch_counts_as_long_as_its_blocks_take(small, flowers, monkeypatch):
    model, asked = attach_head(small, classes=5), []
    names = [*(block.name for block in blocks(model)), "head"]
    times = [BlockTimes(32, dict.fromkeys(names, 0.1), dict.fromkeys(names, 0.3)), BlockTimes(32)]

    def measure(model, image_size, stop):
        asked.append(stop is None)
        return times[0]

    monkeypatch.setattr(outlook, "measure_blocks", measure)
    assert seconds_of_training(model, flowers, [HEAD], 0, building=0.0) is None  # thirty photos
    monkeypatch.setattr(outlook, "_WORTH_TELLING", 1)
    one, two = (
        seconds_of_training(model, flowers, [replace(HEAD, epochs=epochs)], 0, building=0.0) for epochs in (10, 20)
    )
    # Of the head alone: one batch to train on, and as many as there are to validate on.
    assert two - one == pytest.approx(10 * (0.3 + math.ceil(len(flowers.val) / 32) * 0.1))
    monkeypatch.setattr(outlook, "_WORTH_MEASURING", 10)
    assert seconds_of_training(model, flowers, [HEAD, HEAD], 0, building=0.0) > two
    assert asked == [False, False, True]
    times.pop(0)
    assert seconds_of_training(model, flowers, [HEAD], 0, building=0.0) is None
