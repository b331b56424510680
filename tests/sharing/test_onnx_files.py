"""ONNX files against the Keras model they were written from, where the packages for it are installed."""

import importlib.util

import numpy as np
import pytest

from helpers import attach_head, compare_exports
from helpers.sharing import onnx_files
from helpers.sharing.onnx_files import OnnxModel, export_onnx

needs_onnx = pytest.mark.skipif(not onnx_files.can_write_onnx(), reason="needs the packages of the extra 'onnx'")


@pytest.fixture
def model(mobilenet):
    return attach_head(mobilenet, classes=5)


@needs_onnx
def test_the_file_gives_the_models_probabilities(trained, flowers, tmp_path):
    images = flowers.test.images(range(24))
    export = export_onnx(trained[0], tmp_path / "a.onnx", images)
    ours, theirs = OnnxModel(export.path).predict(images), trained[0].predict(images, verbose=0)
    np.testing.assert_allclose(ours, theirs, atol=1e-4)
    assert ours.std(axis=0).max() > 0.05  # not the same answer to everything
    assert (export.precision, export.compared, export.agreement) == ("float32", 24, 1)
    assert export.size == (tmp_path / "a.onnx").stat().st_size
    assert export.difference == pytest.approx(np.abs(ours - theirs).max(), abs=1e-6)


@needs_onnx
def test_it_has_a_row_among_the_formats(trained, flowers, tmp_path):
    table = compare_exports(trained[0], flowers, tmp_path, ("onnx",))
    assert table.agreement["onnx"] == 1
    assert table.difference["onnx"] < 1e-4
    assert table.accuracy["onnx"] == trained[1].accuracy
    assert table.file["onnx"] == "model.onnx"


@needs_onnx
def test_a_file_that_answers_otherwise_is_not_written(model, tmp_path, monkeypatch):
    monkeypatch.setattr(OnnxModel, "predict", lambda self, images: np.full((len(images), 5), np.nan))
    with pytest.raises(ValueError, match="nothing was written"):
        export_onnx(model, tmp_path / "a.onnx")
    assert list(tmp_path.iterdir()) == []


@needs_onnx
def test_what_is_no_such_file(model, tmp_path):
    with pytest.raises(FileNotFoundError, match="Expected an ONNX file"):
        OnnxModel(tmp_path / "none.onnx")
    data = onnx_files.convert(model)
    for name, content in {"empty": b"", "text": b"milk" * 99, "half": data[: len(data) // 2]}.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ValueError, match=rf"Expected an ONNX file. Received: '.*{name}', {len(content):,} bytes"):
            OnnxModel(tmp_path / name)
    with pytest.raises(ValueError, match=r"Expected photos of shape \(photos, 32, 32, 3\)"):
        OnnxModel(data).predict(np.zeros((1, 16, 16, 3)))


def test_without_the_packages_it_says_which_to_install(model, flowers, tmp_path, monkeypatch):
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "tf2onnx" else real(name))
    assert not onnx_files.can_write_onnx()
    for call in (
        lambda: export_onnx(model, tmp_path / "a.onnx"),
        lambda: OnnxModel(b"file"),
        lambda: compare_exports(model, flowers, tmp_path / "new", ("keras", "onnx")),
    ):
        with pytest.raises(ImportError, match=r"extra 'onnx'. Received: no tf2onnx.*pip install tf2onnx"):
            call()
    assert list(tmp_path.iterdir()) == []
