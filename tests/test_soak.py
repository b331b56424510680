"""The soak test in small, and that it would notice what it looks for."""

import json
import time
from types import SimpleNamespace

import nbformat
import pytest

from helpers import config
from helpers.activations.storage import Store
from helpers.photos.photo import decode_photo
from helpers.sharing.app import server
from tests.benchmarks import soak
from tests.benchmarks import soak_lessons as soak_lessons_module
from tests.benchmarks.damage import formats, mutated, saved
from tests.benchmarks.soak_lessons import soak_lessons


@pytest.fixture(autouse=True)
def _patience_of_its_own(monkeypatch):
    """Put back what a soak changes in the app."""
    for name in ("_PATIENCE", "_BODY_PATIENCE"):
        monkeypatch.setattr(server, name, getattr(server, name))


@pytest.mark.thorough
def test_a_small_one_finds_nothing_wrong(capsys):
    assert soak.main(["--photos", "25", "--kills", "2", "--requests", "60", "--rounds", "0"]) == 0
    told = dict(line.split(": ", 1) for line in capsys.readouterr().out.splitlines())
    photos, kills, requests = (json.loads(told[name]) for name in ("photos", "kills", "requests"))
    assert photos["read"] + photos["refused"] == 25
    assert kills["arrays"]["right"] > 0
    assert sum(requests["answers"].values()) == 60
    assert len(requests["answers"]) > 3


def test_the_same_seed_gives_the_same_damage():
    assert mutated(3, 7) == mutated(3, 7) != mutated(4, 7)


def test_every_format_is_read_before_it_is_damaged():
    file = min(config.BUNDLED_FLOWERS.glob("*/*.jpg"))
    assert len(formats()) >= 7
    assert all(decode_photo(saved(file, kind), 32).shape == (32, 32, 3) for kind in formats())


@pytest.fixture
def record():
    return {
        "photos": {"photos": 2, "read": 1, "refused": 1},
        "kills": {"arrays": {"right": 3, "wrong": 0}, "not_cleared_away": 0},
        "requests": {"wrong": [], "photo_afterwards": "200"},
        "lessons": {"different": 0},
    }


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("photos", {"refused": 0, "another error": 1}),
        ("kills", {"arrays": {"right": 3, "wrong": 1}}),
        ("kills", {"not_cleared_away": 1}),
        ("requests", {"wrong": ["request 3 of seed 0: 500"]}),
        ("requests", {"photo_afterwards": "no answer"}),
        ("lessons", {"different": 1}),
    ],
)
def test_what_goes_wrong_counts(record, part, change):
    assert soak.sound(record)
    assert not soak.sound(record | {part: record[part] | change})


def test_an_error_that_is_no_refusal_is_told_with_its_photo(monkeypatch):
    monkeypatch.setattr(soak, "decode_photo", lambda data, size: 1 / 0)
    assert soak._decode(0, range(2))[1][::2] == (
        "another error",
        "photo 1 of seed 0: ZeroDivisionError: division by zero",
    )


def test_a_fault_of_the_app_is_told_with_its_request(monkeypatch, caplog):
    monkeypatch.setattr(soak, "_answer", lambda pixels: 1 / 0)
    found = soak.soak_requests(100)
    assert found["photo_afterwards"] == "500"
    assert found["wrong"][0].endswith(": 500")


@pytest.mark.thorough
def test_a_wrong_array_is_counted(monkeypatch):
    find = Store.find
    written = SimpleNamespace(sleep=lambda seconds: time.sleep(1), time=time.time)  # time for an array, on any disk
    monkeypatch.setattr(soak, "time", written)
    monkeypatch.setattr(Store, "find", lambda store, key: None if find(store, key) is None else find(store, key) * 0)
    assert soak.soak_kills(2)["arrays"]["wrong"] > 0


@pytest.mark.thorough
def test_a_cell_that_gives_another_result_is_told_with_its_round(tmp_path):
    lesson = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in ("6 * 7", "1 / 0")])
    lesson.cells[0].outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "43"})]
    lesson.cells[0].metadata["tags"] = ["nbval-check-output"]
    nbformat.write(lesson, tmp_path / "wrong.ipynb")
    found = soak_lessons(1, lessons=[tmp_path / "wrong.ipynb"])
    assert (found["rounds"], found["cells"], found["compared"], found["different"]) == (1, 2, 1, 2)
    assert found["wrong"][1].startswith("round 0: ")


@pytest.mark.thorough
def test_rounds_that_break_off_are_no_success(tmp_path):
    with pytest.raises(RuntimeError, match="broke off"):
        soak_lessons(1, lessons=[tmp_path / "missing.ipynb"])


def test_lessons_are_compared_as_make_test_compares_them():
    recipe = (config.ROOT / "Makefile").read_text()
    assert all(option.replace(f"{config.ROOT}/", "") in recipe for option in soak_lessons_module._NBVAL)
