"""`make lab` in a real browser: the first lesson opens, a cell runs, and nothing leaves the machine."""

import os
import re
import shutil
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from helpers import config
from tests.browser.conftest import ARTEFACTS, NEEDS_BROWSER, TOKEN, check_environment, notebook_of

pytestmark = NEEDS_BROWSER


def asked_by_server(log) -> str:
    """Return what the server and its kernels asked of other machines."""
    asked = log.with_name("asked")
    return asked.read_text() if asked.exists() else ""


def test_no_test_lets_make_clear_the_environment_that_it_runs_in(tmp_path, monkeypatch):
    """`make lab` renews an environment older than pyproject.toml, and begins by emptying it."""
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).touch()
    (tmp_path / ".venv").mkdir()
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))
    with pytest.raises(pytest.fail.Exception, match="older than"):
        check_environment(tmp_path)  # no stamp at all
    (tmp_path / ".venv" / "lab-ready").touch()
    check_environment(tmp_path)
    os.utime(tmp_path / ".venv" / "lab-ready", (0, 0))
    with pytest.raises(pytest.fail.Exception, match="older than"):
        check_environment(tmp_path)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "other"))
    check_environment(tmp_path)  # what isn't in use may be renewed


def test_the_lab_answers_only_with_its_token(lab):
    address, log = lab
    with urllib.request.urlopen(f"{address}/lab?token={TOKEN}", timeout=20) as page:
        assert "JupyterLab" in page.read().decode()
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"{address}/api/contents", timeout=20)
    assert re.search(r"http://127\.0\.0\.1:\d+/lab/tree/\S*00_start_here\.ipynb", log.read_text())


def test_the_lab_asks_no_other_machine_for_news_updates_or_extensions(lab):
    address, log = lab
    for question in ("news?", "update?", "extensions?refresh=1&query=widgets&"):
        urllib.request.urlopen(f"{address}/lab/api/{question}token={TOKEN}", timeout=20).close()
    assert asked_by_server(log) == ""


def test_the_lab_opens_without_the_news_prompt(lab, desk):
    open_desk = desk(notebook_of("lab_news", ["6 * 7"]))
    page = open_desk.page
    page.evaluate("jupyterapp.restored")
    open_desk.run_all()  # by now the prompt would be there
    page.get_by_text("42", exact=True).wait_for()
    assert page.get_by_text("Jupyter news").count() == 0
    assert not page.evaluate("jupyterapp.hasPlugin('@jupyterlab/apputils-extension:announcements')")
    assert [url for url in open_desk.requested if re.search("/api/(news|update)", url)] == []
    assert open_desk.outside() == []
    assert asked_by_server(lab[1]) == ""


def test_the_first_lesson_opens_and_its_first_cells_run(lab, desk):
    ARTEFACTS.mkdir(exist_ok=True)  # JupyterLab saves by itself what is open for long: not the course's own file
    open_desk = desk(
        Path(shutil.copy(config.ROOT / "notebooks" / "00_start_here.ipynb", ARTEFACTS / "lab_first.ipynb"))
    )
    page = open_desk.page
    open_desk.picture("lab_first_lesson")
    assert page.locator("h1", has_text="Start here").is_visible()
    page.evaluate("jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
    page.locator(".jp-OutputArea-output img").first.wait_for(state="detached")  # the stored picture is gone
    page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells'); }")  # does not wait for the last one
    page.locator("img[alt^='Two photos of each kind']").wait_for(timeout=120_000)
    open_desk.picture("lab_after_run")
    assert open_desk.outside() == []
    assert asked_by_server(lab[1]) == ""
