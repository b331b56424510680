"""What a lesson takes, on notebooks whose memory, disk and time are known."""

import sys

import pytest

from helpers.__main__ import main
from helpers.teaching import lesson_costs
from helpers.training import speed
from tests.teaching.test_lessons import write

ABOUT = {"date": "2026-01-02", "cores": 2, "processor": "some", "base": "Some base", "forward": 1, "training": 1}
GREEDY = "import os, time\nkept = b'a' * 300_000_000\ntime.sleep(2)"
KEEPS = "place = os.environ['GRAFT_CACHE'] + '/below'\nos.makedirs(place)\nopen(place + '/x', 'wb').write(b'a' * 5_000)"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts the memory")
def test_memory_disk_and_seconds_are_the_lessons_own(tmp_path):
    modest = lesson_costs.measure_lesson(write(tmp_path, "modest", "1 + 1"))
    path = write(tmp_path, "greedy", GREEDY, KEEPS)
    before = path.read_bytes()
    greedy = lesson_costs.measure_lesson(path)
    assert 280e6 < greedy.memory - modest.memory < 400e6
    assert (modest.cache, greedy.cache) == (0, 5_000)
    assert greedy.seconds >= 2
    assert path.read_bytes() == before


def test_a_folder_that_is_not_there_holds_nothing(tmp_path):
    assert lesson_costs.bytes_in(tmp_path / "none") == 0


def test_each_lessons_row_is_stored_beside_the_others(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(lesson_costs, "FILE", tmp_path / "costs.json")
    monkeypatch.setattr(lesson_costs, "PAGE", tmp_path / "page.md")
    (tmp_path / "page.md").write_text("before\n<!-- costs -->\nold\n<!-- end of costs -->\nafter\n")
    monkeypatch.setattr("helpers.network.base.load_base", lambda *_, **__: type("Base", (), {"name": "Some base"}))
    speeds = iter([speed.Speed(100, 10), speed.Speed(200, 20), speed.Speed(200, 40)])
    monkeypatch.setattr(speed, "measure_speed", lambda base: next(speeds))
    monkeypatch.setattr(lesson_costs, "measure_lesson", lambda path: lesson_costs.Cost(len(path.stem), 2, 3))
    lesson_costs.store("00_before", lesson_costs.Cost(1, 1, 1), ABOUT)
    assert main(["costs", str(tmp_path / "02_second.ipynb"), str(tmp_path / "01_one.ipynb")]) == 0
    stored = lesson_costs.stored_costs()
    assert list(stored) == ["00_before", "01_one", "02_second"]
    assert stored["02_second"]["seconds"] == 9
    assert (stored["02_second"]["machine"]["forward"], stored["02_second"]["machine"]["training"]) == (150, 15)
    assert (stored["01_one"]["machine"]["forward"], stored["01_one"]["machine"]["training"]) == (200, 30)
    assert capsys.readouterr().out.startswith("02_second")
    page = (tmp_path / "page.md").read_text()
    assert page.startswith("before\n<!-- costs -->\n| lesson |")
    assert page.endswith("\n<!-- end of costs -->\nafter\n")
    assert "| 2 | 0.0 GB | 0 MB |" in page
    assert "old" not in page


def test_a_page_without_the_markers_is_told():
    with pytest.raises(ValueError, match="Expected a page with the lines"):
        lesson_costs.rewrite_table("a page", {"00_a": {}})


def test_the_page_for_teachers_shows_what_was_measured():
    page = lesson_costs.PAGE.read_text(encoding="utf-8")
    assert page == lesson_costs.rewrite_table(page, lesson_costs.stored_costs())


def test_every_lesson_was_measured():
    from helpers.teaching.lessons import lesson_paths

    assert set(lesson_costs.stored_costs()) == {path.stem for path in lesson_paths()}


@pytest.mark.parametrize("lesson", lesson_costs.stored_costs())
def test_its_costs_are_plausible_and_leave_room_on_a_laptop_of_8_gb(lesson):
    cost = lesson_costs.stored_costs()[lesson]
    assert 3 < cost["seconds"] < 1800
    assert 2e8 < cost["memory"] < 4e9
    assert cost["machine"]["forward"] > cost["machine"]["training"] > 0
