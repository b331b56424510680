"""`train`, `evaluate`, `predict` and `export`: from a folder of photos to answers about others, in the terminal."""

import csv
import json
import os
import shutil

import numpy as np
import pytest

from helpers import config, load_bundle
from helpers.__main__ import main
from helpers.commands import predict
from helpers.commands.evaluate import found_and_right
from helpers.judging.report import report_of
from helpers.sharing.labelled import judge_folder
from helpers.sharing.making import one_go


@pytest.fixture
def making(monkeypatch):
    """Return what `make_bundle` is asked for, in place of making one."""
    asked = {}

    def make(plan, out, **how):
        asked.update(plan=plan, out=out, **how)
        raise KeyboardInterrupt

    monkeypatch.setattr(one_go, "make_bundle", make)
    return asked


def test_train_passes_on_what_it_is_told(making, capsys):
    options = ["--image-size", "96", "--per-class", "20", "--base", "EfficientNetB0", "--seed", "3", "--groups", "x"]
    assert main(["train", "my/folder", "--out", "my_model", *options, "--seeds", "2", "--resume", "--replace"]) == 130
    plan = making["plan"]
    assert (plan.folder, plan.image_size, plan.per_class, plan.base) == ("my/folder", 96, 20, "EfficientNetB0")
    assert (plan.seed, plan.groups, making["out"], making["seeds"]) == (3, "x", "my_model", 2)
    assert (making["resume"], making["replace"]) == (True, True)
    assert capsys.readouterr().out == "Stopped before a stage was complete. The same command begins anew.\n"


def test_train_tells_that_it_can_go_on_where_a_stage_is_complete(making, capsys, tmp_path):
    (tmp_path / "my_model.unfinished").mkdir()
    (tmp_path / "my_model.unfinished" / "0-head.npz").touch()
    assert main(["train", "my/folder", "--out", str(tmp_path / "my_model")]) == 130
    assert "--resume goes on from the last complete stage" in capsys.readouterr().out


def test_train_has_defaults(making):
    assert main(["train", "my/folder", "--out", "my_model"]) == 130
    plan = making["plan"]
    assert (plan.image_size, plan.per_class, plan.base, plan.seed) == (config.IMAGE_SIZE, None, "auto", 0)
    assert (plan.groups, making["seeds"], making["resume"], making["replace"]) == (None, 1, False, False)


def test_train_tells_refusals_and_results(capsys, monkeypatch, photo_folder, trained, flowers, tmp_path_factory):
    folder = photo_folder({"daisy": 5, "tulips": 5})
    (folder / "daisy" / "empty.png").touch()
    model, report, run = trained

    def train_with_seed(plan, photos, seed, work, following):
        return one_go.Trained(model, flowers, (run,), report, "Taken: the best.")

    monkeypatch.setattr(one_go, "train_with_seed", train_with_seed)
    monkeypatch.setattr(one_go, "save_bundle", lambda *_, **__: None)
    out = str(tmp_path_factory.mktemp("bundles") / "my_model")
    assert main(["train", str(folder), "--out", out, "--image-size", "32", "--seeds", "2"]) == 0
    told = capsys.readouterr().out
    assert "skipped daisy/empty.png: the file is empty" in told
    assert f"Taken: the best.\n{report}\n" in told
    assert f"   daisy: {report.per_class.recall['daisy']:.2f} of {report.per_class.photos['daisy']} found, " in told
    assert f"2 seeds: {report.accuracy:.3f}, {report.accuracy:.3f}; 95% interval" in told
    assert told.endswith(f"Bundle: {out}\n")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (("--out", "{folder}/my_model"), "Expected a place for the bundle outside the photos' folder"),
        (("--out", "{other}"), "Expected a new folder to write the bundle to"),
        (("--out", "{other}/x", "--groups", "("), "Expected groups to be a regular expression"),
        (("--out", "{other}/x", "--groups", "nowhere"), "Expected "),
        (("--out", "{other}/x", "--image-size", "5"), "Expected image_size to be a whole number of at least 32"),
    ],
)
def test_train_ends_a_mistake_in_one_sentence(capsys, photo_folder, tmp_path_factory, wrong, told):
    folder, other = photo_folder({"daisy": 5, "tulips": 5}), tmp_path_factory.mktemp("other")
    assert main(["train", str(folder), *(word.format(folder=folder, other=other) for word in wrong)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"graft: {told}")
    assert not list(other.iterdir())


def test_evaluate_names_classes_that_the_model_does_not_know(capsys, bundle_folder, tmp_path):
    for name, shown in {"daisy": "daisy", "cats": "roses"}.items():
        (tmp_path / name).mkdir()
        for picture in sorted((config.BUNDLED_FLOWERS / shown).glob("*.jpg"))[60:64]:
            shutil.copy(picture, tmp_path / name)
    (tmp_path / "daisy" / "empty.jpg").touch()
    assert main(["evaluate", str(bundle_folder), str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "skipped daisy/empty.jpg: the file is empty" in told
    assert "on 4 test photos, 95% interval" in told
    assert "roses: no photos in the folder" in told
    assert "cats: a class that the model doesn't know, left out above;" in told


def test_a_class_that_is_never_named_has_no_precision(flowers):
    report = report_of(np.eye(5)[np.zeros(len(flowers.val), int)], flowers.val)
    assert found_and_right(report, "daisy") == "1.00 of 8 found, 0.20 of those named so are right"
    assert found_and_right(report, "roses") == "0.00 of 8 found, none named so"


@pytest.fixture
def garden(tmp_path, flowers):
    """Return a folder with two photos, and a list that is none."""
    (tmp_path / "garden").mkdir()
    shutil.copy(flowers.test.paths[0], tmp_path / "garden" / "a.jpg")
    shutil.copy(flowers.test.paths[1], tmp_path / "garden" / "b.jpeg")
    (tmp_path / "garden" / "list.jpg").write_text("milk")
    return tmp_path / "garden"


def test_predict_takes_folders_and_patterns(capsys, bundle_folder, garden):
    assert main(["predict", str(bundle_folder), str(garden), f"{garden}/*.jpeg", f"{garden}/*.gif"]) == 2
    told, bundle = capsys.readouterr(), load_bundle(bundle_folder)
    photos = [garden / "a.jpg", garden / "b.jpeg"]
    assert told.out.splitlines() == [f"{photo}: {bundle.predict(photo)}" for photo in photos]
    assert [line.split(". ")[0] for line in told.err.splitlines()] == [
        "graft: Expected photos",
        "graft: Expected a photo that can be read",
    ]


@pytest.mark.parametrize("form", ["csv", "json"])
def test_predict_writes_a_table_and_never_over_a_file(capsys, bundle_folder, garden, tmp_path, form):
    out, bundle = tmp_path / f"answers.{form}", load_bundle(bundle_folder)
    command = ["predict", str(bundle_folder), str(garden)]
    assert main([*command, "--out", str(out)]) == 1
    assert capsys.readouterr().out == f"3 photos: {out}\n"
    text = out.read_text(encoding="utf-8")
    first, second, third = json.loads(text) if form == "json" else csv.DictReader(text.splitlines())
    assert (first["photo"], first["likeliest"]) == (str(garden / "a.jpg"), bundle.predict(garden / "a.jpg").label)
    assert float(second["confidence"]) == pytest.approx(bundle.predict(garden / "b.jpeg").confidence, abs=1e-5)
    assert third["error"].startswith("Expected a photo that can be read.")
    assert main([*command, "--format", form]) == 1
    assert capsys.readouterr().out == text
    out.write_text("mine")
    assert main([*command, "--out", str(out)]) == 1
    assert "Expected a new file to write to" in capsys.readouterr().err
    assert out.read_text() == "mine"


def test_predict_writes_lines_into_a_file_too(capsys, bundle_folder, garden, tmp_path):
    assert main(["predict", str(bundle_folder), str(garden / "a.jpg"), "--out", str(tmp_path / "answers.txt")]) == 0
    expected = f"{garden / 'a.jpg'}: {load_bundle(bundle_folder).predict(garden / 'a.jpg')}\n"
    assert (tmp_path / "answers.txt").read_text() == expected


def test_predict_shows_any_name_safely(capfd, bundle_folder, garden, tmp_path):
    for name in (b"rose\xe9.jpg", b"a\x1b[2Jb\nc.jpg"):
        shutil.copy(garden / "a.jpg", garden / os.fsdecode(name))
    (garden / "list.jpg").unlink()
    assert main(["predict", str(bundle_folder), str(garden)]) == 0
    told = capfd.readouterr().out
    assert main(["predict", str(bundle_folder), str(garden), "--out", str(tmp_path / "answers.txt")]) == 0
    assert (tmp_path / "answers.txt").read_text(encoding="utf-8") == told
    assert "\x1b" not in told
    assert [line.split(":")[0].removeprefix(f"{garden}{os.sep}") for line in told.splitlines()] == [
        "a\\x1b[2Jb\\x0ac.jpg", "a.jpg", "b.jpeg", "rose\\xe9.jpg",
    ]  # fmt: skip


def test_predict_counts_a_folder_that_is_left_out(capsys, bundle_folder, garden):
    (garden / "@eaDir").mkdir()
    (garden / "list.jpg").unlink()
    assert main(["predict", str(bundle_folder), str(garden)]) == 1
    told = capsys.readouterr()
    assert len(told.out.splitlines()) == 2
    assert f"Expected a folder of photos. Received: '{garden / '@eaDir'}', a folder of the operating sys" in told.err


def test_predict_writes_no_table_of_nothing(capsys, bundle_folder, tmp_path):
    out = tmp_path / "answers.csv"
    assert main(["predict", str(bundle_folder), f"{tmp_path}/*.jpg", "--out", str(out)]) == 1
    assert not out.exists()
    assert not capsys.readouterr().out


def test_predict_never_writes_over_a_file_that_comes_in_between(capsys, bundle_folder, garden, tmp_path, monkeypatch):
    out = tmp_path / "answers.csv"
    out.write_text("mine")
    monkeypatch.setattr(predict, "_check_new", lambda _: None)
    assert main(["predict", str(bundle_folder), str(garden / "a.jpg"), "--out", str(out)]) == 1
    assert "Expected a new file to write to" in capsys.readouterr().err
    assert out.read_text() == "mine"


@pytest.fixture
def held_back(tmp_path):
    """Return a folder with ten photos of each class."""
    for folder in config.BUNDLED_FLOWERS.iterdir():
        (tmp_path / "held_back" / folder.name).mkdir(parents=True)
        for picture in sorted(folder.glob("*.jpg"))[60:70]:
            shutil.copy(picture, tmp_path / "held_back" / folder.name)
    return tmp_path / "held_back"


def test_export_writes_formats_and_compares_them(capsys, bundle_folder, held_back, tmp_path):
    out = tmp_path / "formats"
    (held_back / "daisy" / "empty.jpg").touch()
    wanted = ["--formats", "float32", "int8"]
    assert main(["export", str(bundle_folder), str(held_back), "--out", str(out), *wanted]) == 0
    assert sorted(path.name for path in out.iterdir()) == ["model_float32.tflite", "model_int8.tflite"]
    told = capsys.readouterr().out
    assert "skipped daisy/empty.jpg: the file is empty" in told
    assert "compared on 30 photos" in told  # three of each class set int8 up, one is for validation
    header, whole, small = told.splitlines()[-3:]
    assert header.split() == ["format", "file", "megabytes", "agreement", "difference", "accuracy", "milliseconds"]
    assert whole.split()[:2] == ["float32", "model_float32.tflite"]
    assert float(whole.split()[3]) == 1
    assert float(small.split()[2]) < 0.6 * float(whole.split()[2])


def divided(held_back, folder):
    """Divide a folder's photos, seven of each class to set formats up and three to compare on."""
    for part, rows in {"train": slice(7), "test": slice(7, 10)}.items():
        for of_class in sorted(held_back.iterdir()):
            (folder / part / of_class.name).mkdir(parents=True)
            for picture in sorted(of_class.iterdir())[rows]:
                shutil.copy(picture, folder / part / of_class.name)
    return folder


def test_export_takes_a_divided_folder_as_it_is(capsys, bundle_folder, held_back, tmp_path):
    folder = divided(held_back, tmp_path / "divided")
    options = ["--out", str(tmp_path / "formats"), "--formats", "float16"]
    assert main(["export", str(bundle_folder), str(folder), *options]) == 0
    assert "compared on 15 photos" in capsys.readouterr().out


def test_export_matches_classes_by_name(capsys, bundle_folder, held_back, tmp_path):
    first, *_, last = sorted(held_back.iterdir())
    shutil.rmtree(first)  # the others move up a place, and keep their names
    folder = divided(held_back, tmp_path / "divided")
    options = ["--out", str(tmp_path / "formats"), "--formats", "float32"]
    assert main(["export", str(bundle_folder), str(folder), *options]) == 0
    expected = judge_folder(load_bundle(bundle_folder), folder / "test").report.accuracy
    assert float(capsys.readouterr().out.splitlines()[-1].split()[5]) == pytest.approx(expected, abs=5e-4)
    last.rename(held_back / "zebra")
    assert main(["export", str(bundle_folder), str(held_back), "--out", str(tmp_path / "strange")]) == 1
    assert "Expected photos of classes that this model knows" in capsys.readouterr().err
    assert not (tmp_path / "strange").exists()


def test_export_ends_a_mistake_in_one_sentence(capsys, bundle_folder, held_back, tmp_path):
    def told(*arguments: str) -> str:
        assert main(["export", *arguments]) == 1
        (line,) = capsys.readouterr().err.splitlines()
        return line

    out = str(tmp_path / "formats")
    assert "Expected a new folder to write to" in told(str(bundle_folder), str(held_back), "--out", str(held_back))
    assert "Expected a bundle" in told(str(tmp_path), str(held_back), "--out", out)
    assert "which does not exist" in told(str(bundle_folder), str(tmp_path / "no"), "--out", out)
    assert "Expected formats to be" in told(str(bundle_folder), str(held_back), "--out", out, "--formats", "gif")
    without = shutil.copytree(bundle_folder, tmp_path / "without")
    (without / "model.keras").unlink()
    assert "Expected a bundle with model.keras" in told(str(without), str(held_back), "--out", out)
    assert not os.path.lexists(out)
