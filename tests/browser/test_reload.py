"""A page that is reloaded while a lab trains, or after it: its widgets go on, and no press goes nowhere."""

import json
import re

import pytest

from helpers import config
from tests.browser.conftest import NEEDS_BROWSER, SOON, lesson_copy

pytestmark = NEEDS_BROWSER

TINY = {"IMAGE_SIZE": 32, "PER_CLASS": 6, "EPOCHS": 2, "HEAD_EPOCHS": 1}


def reload(at):
    """Save the notebook, load the page anew, and return the lab, once the page has found it again."""
    at.page.evaluate("jupyterapp.commands.execute('docmanager:save')")
    at.page.reload()
    at.page.wait_for_function("window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel", timeout=SOON)
    lab = at.widget("graft-strip")
    lab.get_by_role("button", name="Train").wait_for(timeout=SOON)
    return lab


@pytest.mark.thorough
def test_a_lab_goes_on_when_the_page_is_reloaded_in_the_midst_of_training_and_after_it(desk):
    from playwright.sync_api import expect

    at = desk(lesson_copy("05", "FreezeLab", **TINY))
    at.run_all()
    lab = at.widget("graft-strip")
    at.press(lab.locator(".graft-strip"), "Home")  # nothing frozen: the longest run
    at.press(lab.get_by_role("slider", name="Epochs"), "End")
    lab.get_by_role("button", name="Train").click()
    expect(lab.locator("p, div", has_text=re.compile(r"^\d+ of \d+ steps, about")).first).to_be_visible(timeout=SOON)

    lab = reload(at)  # in the midst of it
    lab.get_by_role("button", name="Stop").click()
    train, rows = lab.get_by_role("button", name="Train"), lab.locator(".graft-table tr")
    expect(train).to_be_enabled(timeout=SOON)
    expect(lab.locator(".graft-said")).to_contain_text("stopped", timeout=SOON)
    before = rows.count()

    lab = reload(at)  # and after it
    train, rows = lab.get_by_role("button", name="Train"), lab.locator(".graft-table tr")
    strip = lab.locator(".graft-strip")
    at.press(strip, "End")
    expect(strip).to_have_attribute("aria-valuetext", "frozen up to top", timeout=SOON)
    at.press(lab.get_by_role("slider", name="Epochs"), "Home")
    train.click()
    expect(rows).to_have_count(max(before + 1, 2), timeout=SOON)
    choices = lab.get_by_label("Run:").locator("option")
    expect(choices).to_have_count(rows.count() - 1, timeout=SOON)
    assert at.troubles() == []


def test_callbacks_of_widgets_do_not_run_in_threads_of_the_kernels_own():
    """With comms over subshells, JupyterLab 4.6 loses its widgets when the page is reloaded while one is at work."""
    overrides = json.loads((config.ROOT / ".jupyter/labconfig/default_setting_overrides.json").read_text())
    assert overrides["@jupyterlab/apputils-extension:kernels-settings"]["commsOverSubshells"] == "disabled"
