"""`check`: what it says of a folder, whatever is in it."""

import os
import subprocess
import sys

import pytest
from PIL import Image

from helpers import config
from helpers.__main__ import main


def test_near_copies_are_named_with_their_splits(capsys, photo_folder):
    folder = photo_folder({"daisy": 12, "tulips": 12})
    assert main(["check", str(folder)]) == 0
    assert "near-copies" not in capsys.readouterr().out
    for path in list(folder.rglob("*.png")):
        Image.open(path).resize((96, 96), Image.Resampling.BICUBIC).save(path.with_name(f"{path.stem}_large.jpg"))
    assert main(["check", str(folder)]) == 0
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("near-copies: ")]
    assert len(told) > 3
    assert all("_large.jpg (" in line and ".png (" in line and line.endswith(" look the same") for line in told)
    assert any("(train)" in line and "(test)" in line for line in told)


def test_escape_codes_in_names_never_reach_the_terminal(capsys, photo_folder):
    folder = photo_folder({"daisy": 5, "tulips": 5})
    (folder / "daisy" / "\x1b[2J\x07note.txt").touch()
    (folder / "tulips").rename(folder / "tul\x1b[31mips")
    assert main(["check", str(folder)]) == 0
    told = capsys.readouterr().out
    assert all(line.isprintable() for line in told.splitlines())
    assert "skipped daisy/\\x1b[2J\\x07note.txt" in told
    assert "train: 3 daisy, 3 tul\\x1b[31mips" in told


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_any_console_can_show_it(photo_folder, encoding):
    folder = photo_folder({"daisy": 5, "tulips": 5})
    (folder / "tulips").rename(folder / "雛菊")
    (folder / "daisy" / "Gänseblümchen ☀.txt").touch()
    done = subprocess.run(
        [sys.executable, "-m", "helpers", "check", str(folder)],
        cwd=config.ROOT,
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
    )
    assert done.returncode == 0, done.stderr
    told = done.stdout.decode(encoding)
    assert ("雛菊" if encoding == "utf-8" else "\\u96db\\u83ca") in told
    assert ("Gänse" if encoding != "ascii" else "G\\xe4nse") in told


def test_a_table_of_labels_is_taken(capsys, photo_folder):
    folder = photo_folder({"daisy": 5, "tulips": 5})
    rows = [f"{path.parent.name}/{path.name},{path.stem[:3]}" for path in folder.rglob("*.png")]
    (folder / "labels.csv").write_text("\n".join(["file,label", *rows]))
    assert main(["check", str(folder), "--labels", "labels.csv"]) == 0
    assert "train: 3 dai, 3 tul" in capsys.readouterr().out


def test_a_divided_folder_is_told(capsys, photo_folder, tmp_path):
    drawn = photo_folder({"daisy": 8, "tulips": 8})
    for path in list(drawn.rglob("*.png")):
        part = "train" if int(path.stem[-1]) < 5 else "test"
        (tmp_path / "divided" / part / path.parent.name).mkdir(parents=True, exist_ok=True)
        path.rename(tmp_path / "divided" / part / path.parent.name / path.name)
    assert main(["check", str(tmp_path / "divided")]) == 0
    told = capsys.readouterr().out
    assert "(train, test as in the folder)" in told
    assert "test: 3 daisy, 3 tulips" in told
