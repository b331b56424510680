"""The freeze lab in Notebook 7, the plainer of Jupyter's two pages, as JupyterLab's tests have it in JupyterLab."""

import contextlib
import re
import sys
from collections.abc import Iterator

import pytest

from helpers import config
from tests.browser.conftest import IDLE, NEEDS_BROWSER, TOKEN, Desk, lesson_copy, served

pytestmark = NEEDS_BROWSER


@pytest.fixture
def notebook_server(tmp_path) -> Iterator[str]:
    """Run Notebook 7 in a new home; return its address."""

    def notebook_at(flags: str) -> list[str]:
        own = "--ServerApp.ip=127.0.0.1 --JupyterNotebookApp.expose_app_in_browser=True"
        return [sys.executable, "-m", "notebook", *flags.split(), *own.split()]

    with served(tmp_path, notebook_at, JUPYTER_CONFIG_PATH=str(config.ROOT / ".jupyter")) as (address, _):
        yield address


@pytest.mark.thorough
def test_the_freeze_lab_is_moved_and_trained_in_notebook_7(notebook_server, browser):
    from playwright.sync_api import expect

    lesson = lesson_copy("05", "FreezeLab", IMAGE_SIZE=32, PER_CLASS=6, EPOCHS=2, HEAD_EPOCHS=1)
    at = Desk(browser, notebook_server)
    try:
        at.page.goto(f"{notebook_server}/notebooks/{lesson.relative_to(config.ROOT)}?token={TOKEN}")
        at.page.wait_for_function(IDLE, timeout=90_000)
        at.run_all()
        lab = at.widget("graft-strip")
        strip = lab.locator(".graft-strip")
        expect(strip).to_have_attribute("aria-valuetext", "frozen up to block5c")
        at.press(strip, "ArrowLeft")
        expect(strip).to_have_attribute("aria-valuetext", "frozen up to block5b")
        at.press(lab.get_by_role("button", name="Train"), "Enter")  # in Notebook 7, keys could be shortcuts of its own
        rows = lab.locator(".graft-table tr")
        expect(rows).to_have_count(2, timeout=60_000)
        expect(rows.last).to_contain_text("block5b")
        expect(lab.locator(".graft-moved").first).to_have_text("0", timeout=20_000)
        expect(lab.locator("p", has_text=re.compile("weights are trained"))).to_be_visible()
        at.picture("notebook_7", lab)
        assert at.troubles() == []
        assert at.outside() == []
    finally:
        with contextlib.suppress(Exception):
            at.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        at.context.close()
