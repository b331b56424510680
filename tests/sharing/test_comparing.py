"""One model in several formats: what the table says is what the files do."""

from dataclasses import replace

import keras
import numpy as np
import pandas as pd
import pytest

from helpers import LiteModel, compare_exports
from helpers.photos.split import make_split
from helpers.sharing import comparing, onnx_files

LITE = ("float32", "float16", "int8", "full_int8")


@pytest.fixture(scope="module")
def compared(trained, flowers, tmp_path_factory):
    folder = tmp_path_factory.mktemp("formats") / "new"
    return compare_exports(trained[0], flowers, folder, ("keras", *LITE)), folder


def test_a_row_for_each_format_and_a_file_for_each_row(compared):
    table, folder = compared
    assert list(table.index) == ["keras", *LITE]
    assert sorted(table.file) == sorted(path.name for path in folder.iterdir())
    sizes = [(folder / name).stat().st_size for name in table.file]
    assert list(table.megabytes) == pytest.approx([size / 1e6 for size in sizes])
    assert (table.milliseconds > 0).all()


def test_each_row_tells_what_the_file_answers(compared, trained, flowers):
    table, folder = compared
    report = trained[1]
    for name in LITE:
        answers = LiteModel(folder / table.file[name]).predict(flowers.test.images())
        same = answers.argmax(axis=1) == report.probabilities.argmax(axis=1)
        assert table.agreement[name] == same.mean()
        assert table.difference[name] == pytest.approx(np.abs(answers - report.probabilities).max(), abs=1e-4)
        assert table.accuracy[name] == (answers.argmax(axis=1) == flowers.test.labels).mean()
    loaded = keras.models.load_model(folder / table.file["keras"])
    np.testing.assert_allclose(loaded.predict(flowers.test.images(), verbose=0), report.probabilities, atol=1e-4)
    assert table.accuracy["keras"] == report.accuracy


def test_fewer_digits_take_less_room_and_differ_more(compared):
    table, _ = compared
    assert table.megabytes["float32"] > 1.5 * table.megabytes["float16"] > 1.5 * table.megabytes["int8"]
    assert table.difference["float32"] < 1e-4 < table.difference["int8"]
    assert table.difference["float16"] < table.difference["int8"]
    assert (table.agreement > 0.8).all()
    assert table.agreement["keras"] == table.agreement["float32"] == 1


def test_a_bad_file_is_told_not_refused(trained, flowers, tmp_path, monkeypatch):
    """The table is for choosing; `export_litert` is for passing on."""
    monkeypatch.setattr(comparing.LiteModel, "predict", lambda self, images: np.full((len(images), 5), [1, 0, 0, 0, 0]))
    table = compare_exports(trained[0], flowers, tmp_path, ("float32",))
    assert table.agreement["float32"] < 0.5
    assert table.accuracy["float32"] == 0.2


def test_classes_are_matched_by_name(trained, flowers, tmp_path):
    """Photos of fewer classes than the model knows have other labels."""
    test = flowers.test
    rows = np.flatnonzero(test.labels >= 2)
    paths, digests = ([of[row] for row in rows] for of in (test.paths, test.digests))
    names = flowers.class_names[2:]
    few = make_split("test", tuple(paths), test.labels[rows] - 2, names, 32, tuple(digests), None)
    table = compare_exports(trained[0], replace(flowers, test=few), tmp_path, ("float32",))
    assert table.accuracy["float32"] == trained[1].correct[rows].mean()


def test_by_default_all_that_can_be_written_here_is(trained, flowers, tmp_path, monkeypatch):
    written = []
    monkeypatch.setattr(comparing, "_written", lambda model, name, examples: written.append(name) or b"-")
    monkeypatch.setattr(comparing, "_measured", lambda *_: {"agreement": 1.0})
    monkeypatch.setattr(comparing, "_reader", lambda path: None)
    for can, last in ((False, "full_int8"), (True, "onnx")):
        written.clear()
        monkeypatch.setattr(onnx_files, "can_write_onnx", lambda can=can: can)
        monkeypatch.setattr(onnx_files, "check_installed", lambda: None)
        table = compare_exports(trained[0], flowers, tmp_path)
        assert list(table.index) == written
        assert (written[0], written[-1]) == ("keras", last)


def test_what_makes_no_sense_is_refused_before_anything_is_written(trained, flowers, tmp_path, mobilenet):
    model, place = trained[0], tmp_path / "new"
    for wrong in ("float32", (), ("float32", "gif"), (3,)):
        with pytest.raises(ValueError, match=r"Expected formats to be a tuple with some of keras, float32, .*, onnx"):
            compare_exports(model, flowers, place, wrong)
    with pytest.raises(ValueError, match="from square photos of a fixed size to probabilities"):
        compare_exports(mobilenet, flowers, place)
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError, match=r"which is a file. Choose another name"):
        compare_exports(model, flowers, tmp_path / "file")
    assert not place.exists()


def test_without_training_photos_there_is_no_int8(trained, flowers, tmp_path):
    bare = replace(flowers, train=flowers.train.__class__("train", (), np.zeros(0, int), flowers.class_names, 32, ""))
    with pytest.raises(ValueError, match="Expected training photos, on which int8 and full_int8 are set up"):
        compare_exports(trained[0], bare, tmp_path / "new")
    assert isinstance(compare_exports(trained[0], bare, tmp_path / "new", ("float16",)), pd.DataFrame)
