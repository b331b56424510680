"""What a lesson's outputs were made with."""

import json
import platform

import nbformat
import numpy as np

from helpers import config
from helpers.network import lite_weights
from helpers.teaching import provenance


def lesson(*sources: str):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])


def test_versions_are_those_that_are_installed():
    found = config.versions()
    assert found["python"] == platform.python_version()
    assert found["numpy"] == np.__version__
    assert {"keras", "tensorflow"} <= set(found)


def test_the_digest_follows_the_code_and_nothing_else():
    first = lesson("a = 1", "a + 1")
    digest = provenance.code_digest(first)
    first.cells[1].outputs = [nbformat.v4.new_output("stream", text="2")]
    first.cells.insert(0, nbformat.v4.new_markdown_cell("Words."))
    assert provenance.code_digest(first) == digest
    first.cells[1].source = "a = 2"
    assert provenance.code_digest(first) != digest


def test_the_record_says_what_auto_means_and_names_no_place(monkeypatch, tmp_path):
    monkeypatch.setenv("GRAFT_BASE", "EfficientNetB0")
    told = {"SOURCE": "bundled", "BASE": "EfficientNetB0", "BASE_WEIGHTS": "bundled"}
    assert provenance.record(lesson("1"))["auto"] == told
    monkeypatch.setenv("GRAFT_SOURCE", "photos")
    monkeypatch.setattr(config, "DOWNLOADED_FLOWERS", tmp_path / "flower_photos")
    monkeypatch.setenv("GRAFT_WEIGHTS", str(tmp_path / "own.weights.h5"))
    record = provenance.record(lesson("1"))
    assert record["auto"] == told | {"SOURCE": "another", "BASE_WEIGHTS": "another"}
    assert str(tmp_path) not in json.dumps(record)
    (tmp_path / "flower_photos").mkdir()
    monkeypatch.delenv("GRAFT_WEIGHTS")
    monkeypatch.delenv("GRAFT_BASE")
    monkeypatch.setattr(lite_weights, "package_file", lambda: tmp_path)
    told = {"SOURCE": "photos", "BASE": "EfficientNetLite0", "BASE_WEIGHTS": "imagenet"}
    assert provenance.record(lesson("1"))["auto"] == told
