"""Models of another form than the course's, a Sequential one and one inside another, end in a sentence everywhere."""

import keras
import pytest

from helpers import (
    Neighbours,
    activations,
    attach_head,
    blocks,
    evaluate,
    export_litert,
    fit,
    freeze,
    grad_cam,
    layer_table,
    settle_statistics,
)
from tests.networks import first_stages

CALLS = {
    "blocks": lambda model, photos, place: blocks(model),
    "layer_table": lambda model, photos, place: layer_table(model),
    "freeze": lambda model, photos, place: freeze(model, "top"),
    "attach_head": lambda model, photos, place: attach_head(model, 5),
    "fit": lambda model, photos, place: fit(model, photos, epochs=1),
    "grad_cam": lambda model, photos, place: grad_cam(model, photos.test.images()[0]),
    "activations": lambda model, photos, place: activations(model, photos.test.images()[:1], "top"),
    "Neighbours": lambda model, photos, place: Neighbours(model, photos),
}
OF_NESTED = CALLS | {"settle_statistics": lambda model, photos, place: settle_statistics(model, photos.train)}
OF_SEQUENTIAL = CALLS | {
    "evaluate": lambda model, photos, place: evaluate(model, photos.test),
    "export_litert": lambda model, photos, place: export_litert(model, place / "model.tflite"),
}


@pytest.mark.parametrize("name", OF_NESTED)
def test_a_model_inside_a_model(flowers, tmp_path, name):
    photo, inner = keras.Input((32, 32, 3)), first_stages()
    pooled = keras.layers.GlobalAveragePooling2D()(inner(photo))
    model = keras.Model(photo, keras.layers.Dense(5, activation="softmax")(pooled))
    with pytest.raises(ValueError, match=r"Expected a flat model. Received one that holds the model 'first_stages'"):
        OF_NESTED[name](model, flowers, tmp_path)


@pytest.mark.parametrize("name", OF_SEQUENTIAL)
def test_a_sequential_model(flowers, tmp_path, name):
    layers = [keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(5, activation="softmax")]
    model = keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Conv2D(4, 3), *layers], name="mine")
    told = r"Expected a functional model. Received: 'mine'|Expected a base with named blocks .* Received: 'mine'"
    with pytest.raises(ValueError, match=told):
        OF_SEQUENTIAL[name](model, flowers, tmp_path)
    assert not (tmp_path / "model.tflite").exists()
