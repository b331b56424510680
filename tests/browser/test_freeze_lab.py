"""The freeze lab in JupyterLab, in a real browser: by mouse, by key, light and dark, without leaving the machine."""

import re

import pytest

from tests.browser.conftest import NEEDS_BROWSER, SOON, lesson_copy

pytestmark = NEEDS_BROWSER


TINY = {"IMAGE_SIZE": 32, "PER_CLASS": 6}


def test_the_freeze_lab_is_moved_trained_and_stopped(desk):
    from playwright.sync_api import expect

    at = desk(lesson_copy("05", "FreezeLab", **TINY, EPOCHS=2, HEAD_EPOCHS=1))
    at.run_all()
    lab = at.widget("graft-strip")
    strip, numbers = lab.locator(".graft-strip"), lab.locator("p", has_text="weights are trained")
    expect(strip).to_have_attribute("aria-valuetext", "frozen up to block5c")
    before = numbers.inner_text()

    at.press(strip, "ArrowLeft")  # by key
    expect(strip).to_have_attribute("aria-valuetext", "frozen up to block5b")
    expect(numbers).not_to_have_text(before)
    lab.locator('[data-block="block7a"]').click()  # by a click: what is free becomes frozen, with all below it
    expect(strip).to_have_attribute("aria-valuetext", "frozen up to block7a")
    line, target = lab.locator(".graft-line").bounding_box(), lab.locator('[data-block="block6b"]').bounding_box()
    at.page.mouse.move(line["x"] + 4, line["y"] + 20)
    at.page.mouse.down()
    at.page.mouse.move(target["x"] + target["width"] - 2, line["y"] + 20, steps=6)
    at.page.mouse.up()
    expect(strip).to_have_attribute("aria-valuetext", "frozen up to block6b")
    expect(numbers).to_contain_text(re.compile(r"about [\d.]+ s per epoch"), timeout=60_000)  # measured by then
    expect(lab.locator("p", has_text=re.compile(r"about [\d.]+ s in all"))).to_be_visible(timeout=90_000)

    before = numbers.inner_text()
    lab.get_by_label("BatchNorm:").select_option("free")
    expect(numbers).not_to_have_text(before, timeout=SOON)  # its scales and offsets are trained, too
    lab.get_by_label("Schedule:").select_option("cosine")
    head_first, told = lab.get_by_role("checkbox", name="train the head first"), lab.locator("p", has_text="The head")
    expect(head_first).to_be_checked()
    expect(told).to_contain_text("The head first: epochs=")
    at.press(head_first, "Space")  # by key
    expect(told).to_have_count(0, timeout=SOON)

    at.press(lab.get_by_role("slider", name="Epochs"), "ArrowRight")
    lab.get_by_role("button", name="Train").click()
    expect(lab.locator("svg.graft-drawing").first).to_be_visible(timeout=60_000)
    rows = lab.locator(".graft-table tr")
    expect(rows).to_have_count(2, timeout=60_000)
    expect(rows.last).to_contain_text("block6b")
    expect(rows.first).to_contain_text("BatchNorm")
    expect(rows.last.locator("td").nth(3)).to_have_text("3")
    expect(lab.locator(".graft-moved").first).to_have_text("0", timeout=SOON)  # drawn after the table
    moved = lab.locator(".graft-moved").all_inner_texts()
    assert set(moved[:14]) == {"0"}  # stem to block6b: iced, and not one bit changed
    assert all(each != "0" for each in moved[14:])
    lab.get_by_role("button", name="Copy as code").click()
    code = lab.locator("pre").inner_text()
    assert "freeze(lab_model, until='block6b', batchnorm=\"free\")" in code
    assert "schedule='cosine'" in code
    assert code.count("fit(lab_model") == 1  # the head didn't come first
    at.picture("freeze_lab_trained", lab)
    at.page.set_viewport_size({"width": 800, "height": 1500})  # a laptop's window at 150% zoom
    assert strip.evaluate("box => box.scrollWidth - box.clientWidth") <= 1
    at.page.set_viewport_size({"width": 667, "height": 1500})  # a window of 1000 px at 150% zoom
    lab.scroll_into_view_if_needed()
    edge = lab.evaluate("box => box.closest('.jp-OutputArea-output').getBoundingClientRect().right")
    for name in ("top", "head"):  # what is trained is in sight
        block = lab.locator(f'[data-block="{name}"]').bounding_box()
        assert block["x"] + block["width"] <= edge + 1, f"{name} is cut off"
        assert block["width"] >= 11
    at.picture("freeze_lab_narrow", lab)
    at.page.set_viewport_size({"width": 1200, "height": 1500})

    at.press(strip, "Home")  # nothing frozen: the longest run
    at.press(lab.get_by_role("slider", name="Epochs"), "End")
    lab.get_by_role("button", name="Train").click()
    expect(lab.locator("p, div", has_text=re.compile(r"^\d+ of \d+ steps, about")).first).to_be_visible(timeout=60_000)
    at.press(lab.get_by_role("button", name="Stop"), "Enter")
    expect(lab.locator(".graft-said")).to_contain_text("stopped", timeout=SOON)
    expect(lab.get_by_role("button", name="Train")).to_be_focused(timeout=SOON)  # and not Undo
    at.picture("freeze_lab_stopped", lab)
    assert at.troubles() == []
    assert at.outside() == []


@pytest.mark.thorough
def test_a_lesson_at_its_defaults_trains_in_the_lab(desk):
    from playwright.sync_api import expect

    at = desk(lesson_copy("04", "FreezeLab"))
    at.run_all()
    lab = at.widget("graft-strip")
    lab.get_by_role("button", name="Train").click()
    expect(lab.locator(".graft-table tr")).to_have_count(2, timeout=60_000)
    expect(lab.locator(".graft-said")).to_contain_text("done after 10 epochs")
    expect(lab.locator(".graft-moved").first).to_have_text("0", timeout=SOON)
    assert set(lab.locator(".graft-moved").all_inner_texts()[:-1]) == {"0"}
    at.picture("freeze_lab_at_defaults", lab)
    assert at.troubles() == []
    assert at.outside() == []
