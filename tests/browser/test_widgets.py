"""Every widget in JupyterLab, in a real browser: by mouse and by key, light and dark, without leaving the machine."""

from tests.browser.conftest import NEEDS_BROWSER

pytestmark = NEEDS_BROWSER

LOAD = "from helpers import load_base, load_flowers\nphotos = load_flowers('bundled', image_size=32)"
BASE = "base = load_base(weights='bundled', image_size=32)"


def test_the_freeze_lab_is_dragged_trained_and_stopped(desk):
    code = "from helpers.widgets import FreezeLab\nFreezeLab(photos, base, epochs=3)"
    open_desk = desk([f"{LOAD}\n{BASE}", code])
    page = open_desk.page
    open_desk.run_all()
    strip = page.locator(".graft-strip")
    strip.wait_for()
    open_desk.picture("freeze_lab_at_first", page.locator(".graft"))
    print(page.locator(".graft").aria_snapshot())
