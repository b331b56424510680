"""`doctor`: how fast this machine is, how long the lessons will take, and whether a bundle can be used."""

import json
import re
import shutil

import pytest

from helpers.__main__ import main
from helpers.sharing import bundle
from helpers.teaching import lesson_costs
from helpers.training import speed


@pytest.fixture
def costs(monkeypatch, tmp_path):
    """Store what two lessons took on a machine of known speed."""
    monkeypatch.setattr(lesson_costs, "FILE", tmp_path / "costs.json")
    machine = {"date": "2026-01-02", "forward": 200.0, "training": 40.0}
    lesson_costs.store("00_start_here", lesson_costs.Cost(30.0, 1_500_000_000, 12_000_000), machine)
    lesson_costs.store("05_fine_tune", lesson_costs.Cost(61.0, 2_340_000_000, 0), machine)


def test_lessons_take_as_many_times_longer_as_the_machine_is_slower(costs, monkeypatch, capsys):
    monkeypatch.setattr(speed, "measure_speed", lambda base: speed.Speed(forward=100, training=20))
    assert main(["doctor"]) == 0
    told = capsys.readouterr().out
    assert re.search(r"^Speed: 100 photos per second forward, 20 in training all of \w+ \(128 px\)$", told, re.M)
    assert "last measured on 2026-01-02" in told
    assert re.search(r"^00_start_here +60 s +1\.5 GB of memory +12 MB of cache$", told, re.M)
    assert re.search(r"^05_fine_tune +122 s +2\.3 GB of memory +0 MB of cache$", told, re.M)
    assert re.search(r"^Disk: \d+\.\d GB for this Python, \d+ MB in the activations cache$", told, re.M)


def test_where_the_speed_cannot_be_measured_the_rest_is_told(costs, monkeypatch, capsys):
    def fails(base):
        raise RuntimeError("no more threads")

    monkeypatch.setattr(speed, "measure_speed", fails)
    assert main(["doctor"]) == 0
    told = capsys.readouterr().out
    assert told.splitlines()[-1] == "Speed: not measured (RuntimeError: no more threads)"
    assert "Disk: " in told


def test_a_bundle_that_can_be_used(bundle_folder, capsys):
    assert main(["doctor", "--bundle", str(bundle_folder)]) == 0
    told = capsys.readouterr().out
    assert told.startswith("Bundle: 5 classes (daisy, ")
    assert "photos of 32 px" in told


def test_bundles_that_cannot_be_used(bundle_folder, capsys, tmp_path):
    assert main(["doctor", "--bundle", str(tmp_path)]) == 1
    assert "which lacks classes.json" in capsys.readouterr().out
    folder = shutil.copytree(bundle_folder, tmp_path / "cut")
    lite = folder / bundle.LITE
    lite.write_bytes(lite.read_bytes()[:-1])
    assert main(["doctor", "--bundle", str(folder)]) == 1
    assert "model.tflite isn't the file that was written" in capsys.readouterr().out
    folder = shutil.copytree(bundle_folder, tmp_path / "edited")
    described = json.loads((folder / bundle.CLASSES).read_text())
    described["class_names"].append("orchid")
    (folder / bundle.CLASSES).write_text(json.dumps(described))
    assert main(["doctor", "--bundle", str(folder)]) == 1
    assert "Bundle: not usable. Expected a bundle" in capsys.readouterr().out
