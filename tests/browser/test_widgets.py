"""Widgets that need no trained model, in JupyterLab in a real browser: by mouse, by key, light and dark."""

import re

from tests.browser.conftest import NEEDS_BROWSER, SOON, lesson_copy, notebook_of

pytestmark = NEEDS_BROWSER


TINY = {"IMAGE_SIZE": 32, "PER_CLASS": 6}


def test_the_layer_microscope_shows_maps_and_patches(desk):
    from playwright.sync_api import expect

    at = desk(lesson_copy("02", "LayerMicroscope", **TINY))
    at.run_all()
    scope = at.widget("graft-strip")
    patches = scope.get_by_role("group", name=re.compile("excites channel"))
    expect(patches).to_have_count(2, timeout=60_000)  # of this base, and of the untrained one
    expect(patches.first.locator("img")).to_have_count(9)
    shown = scope.locator("figure img").nth(1)
    before = shown.get_attribute("src")
    channel = scope.get_by_role("slider", name="Channel")
    at.press(channel, "Home", "ArrowRight", "ArrowRight")
    expect(shown).not_to_have_attribute("src", before)
    expect(scope.get_by_role("group", name=re.compile("excites channel 2 of")).first).to_be_visible(timeout=SOON)
    scope.locator('[data-block="block4a"]').click()  # opens at its own telling channel
    expect(scope.locator("figcaption", has_text="block4a, channel ").first).to_be_visible(timeout=SOON)
    told = channel.get_attribute("aria-valuetext")
    scope.get_by_role("radio").nth(3).click()
    expect(scope.get_by_role("radio").nth(3)).to_have_attribute("aria-checked", "true")
    expect(scope.get_by_role("group", name=re.compile(f"{told} of block4a")).last).to_be_visible(timeout=SOON)
    expect(scope.get_by_role("group", name=re.compile(f"{told} of block4a")).last.locator("img")).to_have_count(9)
    expect(scope.locator(".graft-scale")).to_contain_text("weakest response")
    at.picture("layer_microscope", scope)
    assert at.troubles() == []
    assert at.outside() == []


def test_the_photo_browser_turns_pages_and_augments(desk):
    from playwright.sync_api import expect

    at = desk(lesson_copy("01", "PhotoBrowser", **TINY))
    at.run_all()
    browser = at.widget("graft-tiles")
    tiles, views = browser.get_by_role("radio"), browser.get_by_role("group").locator("img")
    expect(tiles).to_have_count(18)
    before = views.nth(1).get_attribute("src")
    tiles.nth(4).click()
    expect(tiles.nth(4)).to_have_attribute("aria-checked", "true")
    expect(views.nth(1)).not_to_have_attribute("src", before)
    at.page.keyboard.press("ArrowRight")
    expect(tiles.nth(5)).to_be_focused()
    before = views.nth(2).get_attribute("src")
    at.press(browser.get_by_role("slider", name="Smallest crop"), "ArrowLeft", "ArrowLeft")
    expect(views.nth(2)).not_to_have_attribute("src", before)
    browser.get_by_label("Split:").select_option(index=1)
    expect(browser.locator("p", has_text="val:")).to_be_visible()
    browser.get_by_label("Class:").select_option("tulips")
    expect(browser.get_by_role("radio", name=re.compile("tulips"))).to_have_count(18)
    at.picture("photo_browser", browser)
    assert at.troubles() == []
    assert at.outside() == []


def test_the_cut_point_follows_mouse_and_keys(desk):
    from playwright.sync_api import expect

    at = desk(lesson_copy("03", "CutPoint", **TINY))
    at.run_all()
    cut = at.widget("graft-strip")
    said = cut.locator("p", has_text="Cut after")
    expect(said).to_contain_text("block5b")
    at.press(cut.locator(".graft-strip"), "ArrowRight")
    expect(said).to_contain_text("block5c")
    cut.locator('[data-block="block3a"]').click()
    expect(cut.locator(".graft-strip")).to_have_attribute("aria-valuetext", "cut after block2b")
    expect(cut.locator(".graft-table tr").last).to_contain_text("output layer")
    cut.get_by_label("Hidden layers:").select_option("64")
    expect(cut.locator(".graft-table")).to_contain_text("hidden layer 1")
    at.press(cut.locator(".graft-strip"), "Home")
    expect(said).to_contain_text("stem")  # something is always left
    ring, legend = cut.locator(".graft-strip").bounding_box(), cut.locator(".graft-legend").bounding_box()
    assert legend["y"] >= ring["y"] + ring["height"] + 3, "the focus ring covers the legend"
    at.picture("cut_point", cut)
    cut.get_by_role("button", name="Reset").click()
    expect(said).to_contain_text("block5b")
    at.page.set_viewport_size({"width": 800, "height": 1000})  # a laptop's window at 150% zoom
    cut.scroll_into_view_if_needed()
    assert cut.evaluate("box => box.scrollWidth - box.clientWidth") <= 1
    at.picture("cut_point_narrow", cut)
    assert at.troubles() == []
    assert at.outside() == []


def test_a_widget_whose_kernel_was_restarted_says_what_to_do(desk):
    from playwright.sync_api import expect

    cells = ["from helpers.widgets import Prediction", "Prediction('99', 'share', 'How many?')"]
    at = desk(notebook_of("dead_widget", cells))
    at.run_all()
    at.page.locator(".graft").last.wait_for(timeout=60_000)
    dead = at.page.locator(".graft-dead")
    expect(dead).to_have_count(0)
    at.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    expect(dead).to_contain_text("Run the cells above, then this cell again", timeout=SOON)
    at.picture("dead_widget", at.page.locator(".graft").last)
    at.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.ready")
    at.run_all()
    expect(dead).to_have_count(0, timeout=60_000)


def test_a_quiz_tells_what_was_answered_correctly_and_remembers_it(desk):
    from playwright.sync_api import expect

    codes = ["from helpers.widgets import quiz; quiz('04')", "from helpers.exercises import progress; progress()"]
    at = desk(notebook_of("quiz", codes))
    at.run_all()
    said = at.page.get_by_role("status").filter(has_text="answered correctly")
    expect(said).to_have_text("0 of 4 questions answered correctly.", timeout=60_000)
    asked = at.page.locator("[id^=quizWrap]")
    asked.nth(1).locator("label[data-correct=false]").first.click()
    expect(said).to_have_text("0 of 4 questions answered correctly.")
    asked.nth(1).locator("label[data-correct=true]").click()
    expect(said).to_have_text("1 of 4 questions answered correctly.", timeout=SOON)
    asked.nth(3).locator("label[data-correct=true]").click()
    expect(said).to_have_text("2 of 4 questions answered correctly.", timeout=SOON)
    at.run_all()
    expect(at.page.get_by_role("img", name=re.compile("quiz2: right, quiz3: not tried, quiz4: right"))).to_be_visible()
    expect(said).to_have_text("2 of 4 questions answered correctly.", timeout=SOON)
    answers = asked.nth(2).locator("input[type=radio]")
    answers.first.focus()
    at.page.keyboard.press("ArrowDown")
    expect(answers.nth(1)).to_be_focused()  # and not the next cell
    at.picture("quiz")
    assert at.troubles() == []
    assert at.outside() == []
