"""A made-up file of ImageNet's weights, as Keras would have downloaded it."""

import hashlib
import inspect

import h5py
import keras
import numpy as np
import pytest

from helpers import load_base

MEAN, STDDEV = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet's photos, red, green and blue


def _save_as_imagenets(base: keras.Model, file) -> None:
    """Write weights in the older format of ImageNet's files, which Keras now writes only as a part of a whole model."""
    whole = file.with_name("whole.h5")
    keras.saving.save_model(base, whole)
    with h5py.File(whole) as source, h5py.File(file, "w") as wanted:
        for name in source["model_weights"]:
            source.copy(source["model_weights"][name], wanted)
        wanted.attrs.update(source["model_weights"].attrs)
    whole.unlink()


@pytest.fixture
def keras_home(monkeypatch, tmp_path):
    """Let Keras keep its downloads in an empty folder."""
    monkeypatch.setattr(inspect.getmodule(keras.utils.get_file).config, "keras_home", lambda: str(tmp_path))
    return tmp_path


@pytest.fixture
def imagenet_file(monkeypatch, keras_home):
    """Put a file where Keras keeps ImageNet's weights for EfficientNetB0, and make Keras accept it."""
    file = keras_home / "models" / "efficientnetb0_notop.h5"
    file.parent.mkdir()
    base = load_base("EfficientNetB0", weights=None, image_size=32)
    normalisation = next(layer for layer in base.layers if isinstance(layer, keras.layers.Normalization))
    normalisation.set_weights([np.array(MEAN), np.array(STDDEV), np.array(0)])  # the one as if it were the variance
    normalisation.finalize_state()
    _save_as_imagenets(base, file)
    checksum = hashlib.md5(file.read_bytes()).hexdigest()
    known_checksums = inspect.getmodule(keras.applications.EfficientNetB0).WEIGHTS_HASHES
    monkeypatch.setitem(known_checksums, "b0", (checksum, checksum))
    return file
