"""A photo dropped on the page is judged like one that is chosen."""

import io

import numpy as np
from PIL import Image

from helpers import evaluate
from helpers.widgets import PhotoDrop
from helpers.widgets.drop_zone import DropZone


def test_a_photo_that_is_dropped_is_judged_like_one_that_is_chosen(trained, flowers):
    drop, file = PhotoDrop(trained, flowers), io.BytesIO()
    Image.fromarray(flowers.test.images([0])[0]).save(file, format="png")
    drop.zone._handle_custom_msg({"kind": "dropped", "name": "dropped.png"}, [memoryview(file.getvalue())])
    drop.worker.wait()
    assert drop.name == "dropped.png"
    expected = evaluate(trained, flowers.test).probabilities[0]
    np.testing.assert_allclose(list(drop.explanation.answer.probabilities.values()), expected, atol=1e-5)
    assert "what speaks for" in drop.pictures.value
    assert "graft-scale" in drop.pictures.value


def test_other_messages_drop_nothing():
    zone, dropped = DropZone(), []
    zone.on_drop(lambda data, name: dropped.append((data, name)))
    zone._handle_custom_msg({"kind": "shown"}, [])
    zone._handle_custom_msg({"kind": "dropped", "name": "empty"}, [])
    assert dropped == []
    zone._handle_custom_msg({"kind": "dropped"}, [b"abc"])
    assert dropped == [(b"abc", "the photo")]
