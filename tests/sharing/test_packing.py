"""Writing a bundle: whole or not at all, and never over something else."""

import inspect
import json
import os
import stat

import keras
import numpy as np
import pytest

from helpers import attach_head, config, load_bundle, model_card, save_bundle
from helpers.judging.neighbours import Neighbours
from helpers.sharing import bundle, packing


@pytest.fixture
def quick(monkeypatch, bundle_folder):
    """Take the model's two files from the bundle that is there: writing them takes seconds."""

    def write(model, path, *how, **more):
        path.write_bytes((bundle_folder / path.name).read_bytes())

    monkeypatch.setattr(packing.exporting, "export_litert", write)
    monkeypatch.setattr(keras.Model, "save", write)


def held(folder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_folder_holds_five_files_that_all_may_read(bundle_folder):
    assert sorted(held(bundle_folder)) == sorted(bundle.FILES)
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(bundle_folder.stat().st_mode) == 0o777 & ~umask
    for path in bundle_folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~umask, path.name
    assert [path.name for path in bundle_folder.parent.iterdir()] == [bundle_folder.name]


def test_nothing_of_this_machine_is_in_it(bundle_folder, flowers):
    for name in (bundle.CLASSES, bundle.CARD, bundle.LITE, bundle.KERAS):
        data = (bundle_folder / name).read_bytes()
        for place in (flowers.train.paths[0].parent.parent, config.ROOT):
            assert str(place).encode() not in data, name


def test_the_description_can_be_read_without_us(bundle_folder, flowers):
    described = json.loads((bundle_folder / bundle.CLASSES).read_text())
    assert tuple(described["class_names"]) == flowers.class_names
    assert described["image_size"] == 32
    assert "not rescaled" in described["preparation"]


def test_the_keras_model_is_the_model(bundle_folder, trained, flowers):
    again, images = keras.models.load_model(bundle_folder / bundle.KERAS), flowers.test.images()
    np.testing.assert_array_equal(again.predict(images, verbose=0), trained[0].predict(images, verbose=0))


def test_the_features_are_those_of_the_training_photos(bundle_folder, trained, flowers):
    features = Neighbours(trained[0], flowers).features
    with np.load(bundle_folder / bundle.FEATURES) as kept:
        rows = kept["rows"].astype(np.float32)
    assert rows.shape == features.shape
    np.testing.assert_allclose(rows, features / np.linalg.norm(features, axis=1, keepdims=True), atol=1e-3)


def test_of_many_photos_only_so_many_are_kept_and_the_limit_moves_along(trained, flowers, tmp_path, monkeypatch, quick):
    monkeypatch.setattr(config, "BUNDLE_PHOTOS", 26)
    model, report, _ = trained
    fewer = load_bundle(save_bundle(model, flowers, report, tmp_path / "b"))
    assert len(fewer._rows) == 26
    answers = [fewer.predict(image) for image in flowers.val.images()]
    assert np.mean([answer.distance <= fewer.limit for answer in answers]) == pytest.approx(0.95, abs=0.03)
    assert fewer.limit > Neighbours(model, flowers).limit  # the fewer, the farther


def test_of_many_photos_enough_of_a_small_class_are_kept():
    labels = np.repeat([0, 1, 2], [500, 4, 500])
    rows = packing._chosen(labels, most=50, of_each=4)
    assert len(rows) == len(set(rows)) == 50
    assert np.bincount(labels[rows])[1] == 4
    assert np.bincount(labels[rows]).min() >= 4


def test_a_bundle_is_replaced(trained, flowers, tmp_path, quick):
    model, report, run = trained
    folder = save_bundle(model, flowers, report, tmp_path / "deep" / "b", date="first")
    assert save_bundle(model, flowers, report, folder, run=run, date="second") == folder
    assert "| date | second |" in load_bundle(folder).card
    assert [path.name for path in folder.parent.iterdir()] == ["b"]


def test_what_finder_or_explorer_left_in_a_bundle_is_no_reason_to_refuse(tmp_path):
    for name in (*bundle.FILES, ".DS_Store", "Thumbs.db"):
        (tmp_path / name).touch()
    packing.check_folder(tmp_path)
    (tmp_path / "photo.jpg").touch()
    with pytest.raises(FileExistsError, match=r"which holds photo\.jpg\."):
        packing.check_folder(tmp_path)


def test_an_empty_folder_is_filled(trained, flowers, tmp_path, quick):
    (tmp_path / "b").mkdir()
    load_bundle(save_bundle(*trained[:1], flowers, trained[1], tmp_path / "b"))


@pytest.mark.parametrize("kind", ["notes", "bundle with notes", "half a bundle", "file", "link"])
def test_anything_else_is_left_alone(trained, flowers, tmp_path, bundle_folder, kind, quick):
    place = tmp_path / "place"
    place.mkdir()
    if "notes" in kind:
        (place / "notes.txt").write_text("dear diary")
    if "bundle" in kind:
        (place / bundle.LITE).write_bytes(b"mine")
    if kind == "bundle with notes":
        (place / bundle.CLASSES).write_text("{}")
    if kind in ("file", "link"):
        place.rmdir()
        place.write_text("mine") if kind == "file" else place.symlink_to(bundle_folder)
    before = held(tmp_path if kind == "file" else place)
    with pytest.raises(FileExistsError, match=r"Expected a new folder, or a bundle to replace.*nothing was changed"):
        save_bundle(trained[0], flowers, trained[1], place)
    assert held(tmp_path if kind == "file" else place) == before
    assert [path.name for path in tmp_path.iterdir()] == ["place"]


@pytest.mark.parametrize(
    ("where", "error"),
    [("_keep_features", OSError("full")), ("_describe", KeyboardInterrupt()), ("_put_in_place", MemoryError())],
)
def test_what_breaks_off_leaves_nothing_behind(trained, flowers, tmp_path, monkeypatch, where, error, quick):
    model, report, _ = trained
    folder = save_bundle(model, flowers, report, tmp_path / "b", date="first")
    before = held(folder)

    def break_off(*arguments):
        raise error

    monkeypatch.setattr(packing, where, break_off)
    for target in (folder, tmp_path / "another"):
        with pytest.raises(type(error)):
            save_bundle(model, flowers, report, target, date="second")
    assert held(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


def test_the_old_one_comes_back_if_the_new_one_cannot_take_its_place(trained, flowers, tmp_path, monkeypatch, quick):
    model, report, _ = trained
    folder = save_bundle(model, flowers, report, tmp_path / "b", date="first")
    rename = os.rename

    def refuse(source, target):
        if os.path.basename(source) == "new":
            raise OSError("no")
        rename(source, target)

    monkeypatch.setattr(packing.os, "rename", refuse)
    with pytest.raises(OSError, match="no"):
        save_bundle(model, flowers, report, folder, date="second")
    assert "| date | first |" in load_bundle(folder).card


def test_a_report_of_another_model_stops_it(efficientnet, trained, flowers, tmp_path):
    with pytest.raises(ValueError, match="this exact model"):
        save_bundle(attach_head(efficientnet, classes=5, seed=5), flowers, trained[1], tmp_path / "b")
    with pytest.raises(TypeError, match="colour"):
        save_bundle(trained[0], flowers, trained[1], tmp_path / "b", colour="red")
    assert list(tmp_path.iterdir()) == []


def test_a_smaller_precision(trained, flowers, tmp_path, bundle_folder):
    small = save_bundle(trained[0], flowers, trained[1], tmp_path / "b", precision="float16")
    assert (small / bundle.LITE).stat().st_size < 0.65 * (bundle_folder / bundle.LITE).stat().st_size
    one, other = (load_bundle(each).predict(flowers.test.images()[0]) for each in (small, bundle_folder))
    assert one.probabilities == pytest.approx(other.probabilities, abs=0.005)


@pytest.mark.parametrize("precision", ["int8", "full_int8"])
def test_a_bundle_in_eight_bits_answers_as_the_other(trained, flowers, tmp_path, bundle_folder, precision):
    small = load_bundle(save_bundle(trained[0], flowers, trained[1], tmp_path / "b", precision=precision))
    whole, images = load_bundle(bundle_folder), flowers.test.images(range(30))
    pairs = [(small.predict(image), whole.predict(image)) for image in images]
    assert np.mean([one.label == other.label for one, other in pairs]) >= 0.8
    assert np.mean([one.known == other.known for one, other in pairs]) >= 0.8


def test_base_and_run_come_in_the_same_order_as_on_the_card():
    orders = [[name for name in inspect.signature(each).parameters if name in ("base", "run")]
              for each in (save_bundle, model_card)]  # fmt: skip
    assert orders == [["base", "run"]] * 2


def test_the_card_gets_base_and_run_whichever_way_they_are_passed(trained, flowers, efficientnet, tmp_path, quick):
    model, report, run = trained
    by_place = save_bundle(model, flowers, report, tmp_path / "one", efficientnet, run)
    by_name = save_bundle(model, flowers, report, tmp_path / "two", run=run, base=efficientnet)
    assert load_bundle(by_place).card == load_bundle(by_name).card
    assert "6 epochs" in load_bundle(by_place).card
    with pytest.raises(ValueError, match=r"Expected a model or a Licence. Received: Run"):
        save_bundle(model, flowers, report, tmp_path / "three", run)
