"""The map of photos and the race, in JupyterLab in a real browser: by mouse, by key, light and dark."""

import re

import pytest

from tests.browser.conftest import NEEDS_BROWSER, SOON, notebook_of, seated

pytestmark = NEEDS_BROWSER


MAP_AND_RACE = [
    """from helpers import copy_of, load_base, load_flowers, settle_statistics
from helpers.widgets import PhotoMap, Race
photos = load_flowers("bundled", image_size=32, per_class=6)
base = settle_statistics(load_base("MobileNetV2-0.35", weights=None, image_size=32), photos.train)
other = settle_statistics(load_base("MobileNetV2-0.35", weights=None, image_size=32, seed=1), photos.train)""",
    "PhotoMap(photos.val, {'before': base, 'after': other}, at='block2b', per_class=8)",
    "Race(photos, base, seconds=15)",
]


@pytest.fixture(scope="module")
def map_and_race(lab, browser):
    """A notebook with the two widgets that compare small untrained networks."""
    with seated(browser, lab[0], notebook_of("map_and_race", MAP_AND_RACE)) as at:
        at.run_all()
        yield at


def test_photos_lie_on_two_maps_and_are_shown_by_mouse_and_by_key(map_and_race):
    from playwright.sync_api import expect

    at = map_and_race
    at.page.locator(".graft-maps").wait_for(timeout=240_000)
    shown = at.widget("graft-maps")
    told, maps = shown.locator(".graft-said"), shown.get_by_role("radiogroup")
    expect(maps).to_have_count(2)
    expect(maps.first).to_have_accessible_name("Map of the photos at block2b, before")
    expect(maps.first.get_by_role("radio")).to_have_count(40)
    expect(told).to_contain_text("At block2b, the nearest other photo is of the same class for")

    points, cards = maps.first.get_by_role("radio"), shown.locator(".graft-card")
    at.press(points.first, "Home")
    leftmost = maps.first.locator(":focus")
    expect(leftmost).to_have_attribute("aria-checked", "true")
    expect(leftmost).to_have_attribute("aria-label", re.compile(r"^\w+, photo \d+ of val; the nearest shows \w+$"))
    expect(cards.first).to_be_visible()
    expect(cards.first.locator("img")).to_have_count(2)
    expect(cards.first).to_contain_text("nearest: ")
    before = leftmost.get_attribute("aria-label")
    at.page.keyboard.press("ArrowRight")
    now = maps.first.locator(":focus").get_attribute("aria-label")
    assert now != before
    expect(maps.last.locator('[aria-checked="true"]')).to_have_attribute("aria-label", re.compile(now.split(";")[0]))
    for _ in range(39):  # every photo can be reached with one key
        at.page.keyboard.press("ArrowRight")
    at.page.keyboard.press("ArrowLeft")
    expect(maps.first.locator(":focus")).to_have_attribute("aria-checked", "true")
    at.picture("photo_map_by_key", shown)

    box = maps.last.get_by_role("radio").nth(7).bounding_box()
    at.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)  # by mouse
    expect(cards.last).to_be_visible()
    expect(cards.first).not_to_be_visible()
    at.page.mouse.move(2, 2)

    at.press(shown.locator(".graft-strip"), "ArrowRight")
    expect(told).to_contain_text("At block3a", timeout=SOON)
    expect(maps.first).to_have_accessible_name("Map of the photos at block3a, before", timeout=SOON)
    shown.locator('[data-block="top"]').click()
    expect(told).to_contain_text("At top", timeout=SOON)
    at.page.set_viewport_size({"width": 800, "height": 1500})  # a laptop's window at 150% zoom
    shown.scroll_into_view_if_needed()
    assert shown.evaluate("box => box.scrollWidth - box.clientWidth") <= 1
    at.picture("photo_map_narrow", shown)
    at.page.set_viewport_size({"width": 1200, "height": 1500})
    assert at.troubles() == []
    assert at.outside() == []


@pytest.mark.thorough
def test_a_race_is_run_to_its_end_and_stopped(map_and_race):
    from playwright.sync_api import expect

    at = map_and_race
    start = at.page.get_by_role("button", name="Start", exact=True)
    start.wait_for(timeout=240_000)
    shown = at.page.locator(".graft", has=start).last
    shown.scroll_into_view_if_needed()
    told = shown.locator(".graft-said")
    expect(told).to_have_attribute("aria-live", "polite")
    at.press(start, "Enter")  # by key
    expect(told).to_contain_text("Getting ready", timeout=SOON)
    expect(told).to_contain_text("The clock is running", timeout=240_000)
    expect(shown.locator("svg.graft-drawing")).to_be_visible(timeout=60_000)
    expect(shown.locator("svg.graft-drawing")).to_have_attribute("aria-label", re.compile("^Validation accuracy"))
    expect(told).to_contain_text("Time is up after", timeout=120_000)
    rows = shown.locator(".graft-table tr")
    expect(rows).to_have_count(4)
    for row, name in enumerate(("method", "from scratch", "frozen base", "fine-tuned")):
        expect(rows.nth(row)).to_contain_text(name)
    expect(told).to_contain_text(re.compile(r"fine-tuned 0\.\d{3} \(0\.\d{3} to"))
    expect(start).to_be_enabled(timeout=SOON)
    at.picture("race_done", shown)
    at.page.set_viewport_size({"width": 800, "height": 1500})
    assert shown.evaluate("box => box.scrollWidth - box.clientWidth") <= 1
    at.picture("race_narrow", shown)
    at.page.set_viewport_size({"width": 1200, "height": 1500})

    start.click()
    expect(told).to_contain_text("The clock is running", timeout=240_000)
    shown.get_by_role("button", name="Stop").click()
    expect(told).to_contain_text("Stopped after", timeout=60_000)
    expect(rows).to_have_count(4)
    assert at.troubles() == []
    assert at.outside() == []
