"""The command line: one sentence for a mistake, one line for a result, never a traceback."""

import subprocess
import sys

import pytest

from helpers import config
from helpers.__main__ import main

FIRST = str(config.ROOT / "notebooks" / "01_load_the_flowers.ipynb")


def fails_with_one_sentence(capsys, *arguments: str) -> str:
    assert main(list(arguments)) != 0
    told = capsys.readouterr().err.strip()
    assert told.startswith("graft: ")
    assert "Traceback" not in told
    assert len(told.splitlines()) == 1
    return told


def test_run_with_a_missing_folder(capsys, tmp_path):
    assert "does not exist" in fails_with_one_sentence(capsys, "run", "--source", str(tmp_path / "no"), FIRST)


def test_run_with_an_empty_folder(capsys, tmp_path):
    assert "no sub-folder" in fails_with_one_sentence(capsys, "run", "--source", str(tmp_path), FIRST)


def test_run_with_one_class(capsys, photo_folder):
    told = fails_with_one_sentence(capsys, "run", "--source", str(photo_folder({"daisy": 5})), FIRST)
    assert "one class only" in told


def test_run_with_missing_weights(capsys, photo_folder):
    folder = str(photo_folder({"daisy": 5, "tulips": 5}))
    told = fails_with_one_sentence(capsys, "run", "--source", folder, "--weights", "no/such.weights.h5", FIRST)
    assert "weights file" in told


def test_run_with_a_missing_lesson(capsys, photo_folder):
    folder = str(photo_folder({"daisy": 5, "tulips": 5}))
    assert "Expected a lesson" in fails_with_one_sentence(capsys, "run", "--source", folder, "nowhere.ipynb")


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
    assert "bundled" in told


def test_no_command_lists_the_commands(capsys):
    with pytest.raises(SystemExit):
        main([])
    assert "{photos,check,run,store,doctor}" in capsys.readouterr().err
