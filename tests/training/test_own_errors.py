"""What goes wrong with a photo while a training runs is told in one sentence, and nothing wrong is kept."""

import shutil

import numpy as np
import pytest
import tensorflow as tf

from helpers import attach_head, config, fit, freeze, load_photos
from helpers.training.own_errors import own_errors, remembered


@pytest.fixture
def streamed(photo_folder, monkeypatch, tmp_path_factory):
    """Return photos that are read again whenever they are needed: no other test has left their activations."""
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.setattr(config, "IMAGES_IN_MEMORY", 0)
    return load_photos(photo_folder({"daisy": 8, "tulips": 8}), image_size=32)


def train(base, photos, until):
    model = attach_head(base, classes=2)
    freeze(model, until=until)
    return fit(model, photos, epochs=1, progress=False)


@pytest.mark.parametrize("part", ["train", "val"])
@pytest.mark.parametrize("until", [None, "top"])
def test_a_photo_removed_before_training_is_told_in_one_sentence(small, streamed, part, until):
    gone = getattr(streamed, part).paths[0]
    gone.unlink()
    with pytest.raises(ValueError, match="Load the photos again") as caught:
        train(small, streamed, until)
    assert str(caught.value) == (
        f"Expected to read '{gone.name}' again, as it was when the photos were loaded. Received: No such file or "
        "directory. Load the photos again."
    )
    assert caught.type is ValueError


def test_activations_of_other_photos_are_not_kept(small, streamed, tmp_path_factory):
    folder, kept = streamed.train.paths[0].parents[1], tmp_path_factory.mktemp("kept") / "photos"
    shutil.copytree(folder, kept)
    for path in streamed.train.paths:
        path.write_bytes(streamed.test.paths[0].read_bytes())
    with pytest.raises(ValueError, match="changed in between"):
        train(small, streamed, "top")
    again = load_photos(kept, image_size=32)
    assert again.fingerprint == streamed.fingerprint
    assert not train(small, again, "top").settings["cache_reused"]
    assert train(small, again, "top").settings["cache_reused"]


def test_an_error_is_raised_as_it_was():
    def fails(rows):
        raise KeyError("mine")

    batches = tf.data.Dataset.range(3).map(lambda row: tf.numpy_function(remembered(fails), [row], tf.float32))
    with pytest.raises(KeyError, match="mine"), own_errors():
        list(batches)


def test_other_errors_pass_as_they_are():
    with pytest.raises(tf.errors.InvalidArgumentError), own_errors():
        tf.reshape(np.zeros(3), (2, 2))
    with pytest.raises(OSError, match="disk"), own_errors():
        raise OSError("disk")
