"""`make lab` in a real browser: the first lesson opens, a cell runs, and nothing leaves the machine."""

import re
import urllib.error
import urllib.request

import pytest

from helpers import config
from tests.browser.conftest import NEEDS_BROWSER, TOKEN

pytestmark = NEEDS_BROWSER


def test_the_lab_answers_only_with_its_token(lab):
    address, log = lab
    with urllib.request.urlopen(f"{address}/lab?token={TOKEN}", timeout=20) as page:
        assert "JupyterLab" in page.read().decode()
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"{address}/api/contents", timeout=20)
    assert re.search(r"http://127\.0\.0\.1:\d+/lab/tree/\S*00_start_here\.ipynb", log.read_text())


def test_the_first_lesson_opens_and_its_first_cells_run(desk):
    open_desk = desk(config.ROOT / "notebooks" / "00_start_here.ipynb")
    page = open_desk.page
    open_desk.picture("lab_first_lesson")
    assert page.locator("h1", has_text="Start here").is_visible()
    page.evaluate("jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
    page.locator(".jp-OutputArea-output img").first.wait_for(state="detached")  # the stored picture is gone
    page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells'); }")  # does not wait for the last one
    page.locator("img[alt^='Two photos of each kind']").wait_for(timeout=120_000)
    open_desk.picture("lab_after_run")
    assert open_desk.outside() == []
