"""Every widget in JupyterLab, in a real browser: by mouse, by key, light and dark, without leaving the machine."""

import re

import numpy as np
import pytest
from PIL import Image

from helpers import config
from tests.browser.conftest import NEEDS_BROWSER, Desk, lesson_copy, notebook_of, seated

pytestmark = NEEDS_BROWSER

TINY = {"IMAGE_SIZE": 32, "PER_CLASS": 6}
SOON = 60_000  # milliseconds; only a machine with much else to do needs as long


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
    lab.get_by_role("button", name="Stop").click()
    expect(lab.locator(".graft-said")).to_contain_text("stopped", timeout=SOON)
    expect(lab.get_by_role("button", name="Train")).to_be_enabled(timeout=SOON)
    at.picture("freeze_lab_stopped", lab)
    assert at.troubles() == []
    assert at.outside() == []


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


AROUND_ONE_MODEL = [
    """from helpers import attach_head, fit, freeze, load_base, load_flowers
from helpers.experiments import stored_results
from helpers.widgets import DataDial, ErrorGallery, Guess, PhotoDrop, Prediction
photos = load_flowers("bundled", image_size=32, per_class=20)
model = attach_head(load_base(weights="bundled", image_size=32), classes=5)
freeze(model)
fit(model, photos, epochs=5, learning_rate=3e-3, progress=False)""",
    "Guess(model, photos.val, n=3)",
    "PhotoDrop(model, photos)",
    "ErrorGallery(model, photos)",
    "DataDial(stored_results('photos_per_class'))",
    "guess = Prediction('04', 'accuracy', 'What share will it name rightly?')\nguess",
    "other = Prediction('05', 'best_loss', 'Which is best?', ('not at all', 'a little', 'a lot'))\nother",
]


@pytest.fixture(scope="module")
def one_model(lab, browser):
    """A notebook that trains one model, and shows the widgets that need no lesson."""
    with seated(browser, lab[0], notebook_of("one_model", AROUND_ONE_MODEL)) as at:
        at.run_all()
        yield at


def shown_by(at: Desk, code: str):
    """Return the widget below the cell that begins with this code, scrolled to."""
    number = next(number for number, cell in enumerate(AROUND_ONE_MODEL) if cell.startswith(code))
    found = at.page.locator(".jp-Cell").nth(number).locator(".graft").last
    found.wait_for(timeout=60_000)
    found.scroll_into_view_if_needed()
    return found


def test_guess_takes_the_learners_word_first(one_model):
    from playwright.sync_api import expect

    at, guess = one_model, shown_by(one_model, "Guess")
    expect(guess.locator("p", has_text="Make your guess first")).to_be_visible(timeout=60_000)
    expect(guess.get_by_role("button", name="Next photo")).to_be_disabled()
    guess.get_by_role("button", name="roses").click()
    expect(guess.locator(".graft-verdict")).to_contain_text("You say roses, the model says")
    expect(guess.get_by_role("button", name="roses")).to_be_disabled()
    at.press(guess.get_by_role("button", name="Next photo"), "Enter")
    expect(guess.locator("p", has_text="photo 2 of 3")).to_be_visible()
    at.press(guess.get_by_role("button", name="tulips"), "Space")
    expect(guess.locator(".graft-verdict")).to_contain_text("You say tulips")
    following = guess.get_by_role("button", name="Next photo")
    place = following.bounding_box()["y"]
    at.press(following, "Enter")
    expect(guess.locator("p", has_text="Make your guess first")).to_be_visible(timeout=SOON)
    assert abs(following.bounding_box()["y"] - place) <= 1, "what is below the answer jumps"
    guess.get_by_role("button", name="daisy").click()
    expect(guess.locator("p", has_text="That was the last photo")).to_be_visible(timeout=SOON)
    at.picture("guess", guess)
    guess.get_by_role("button", name="Again", exact=True).click()
    expect(guess.locator("p", has_text="photo 1 of 3")).to_be_visible(timeout=SOON)
    assert at.troubles() == []
    assert at.outside() == []


def test_a_photo_is_dropped_in_and_a_text_file_is_refused(one_model, tmp_path):
    from playwright.sync_api import expect

    at, drop = one_model, shown_by(one_model, "PhotoDrop")

    def choose(file) -> None:
        with at.page.expect_file_chooser() as chooser:
            drop.get_by_role("button", name="Choose a photo").click()
        chooser.value.set_files(file)

    choose(config.BUNDLED_FLOWERS / "roses" / "roses_150.jpg")
    expect(drop.locator(".graft-verdict")).to_contain_text(re.compile("sure|none of these"), timeout=60_000)
    expect(drop.get_by_role("group", name="Nearest training photos").locator("img")).to_have_count(5)
    at.picture("photo_drop", drop)
    content = (config.BUNDLED_FLOWERS / "tulips" / "tulips_150.jpg").read_bytes()
    dropped = at.page.evaluate_handle(
        """bytes => { const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(bytes)], "my tulip.jpg", {type: "image/jpeg"})); return data; }""",
        list(content),
    )
    zone = drop.locator(".graft-drop")
    zone.dispatch_event("dragover", {"dataTransfer": dropped})
    expect(zone).to_have_class(re.compile("graft-over"))
    zone.dispatch_event("drop", {"dataTransfer": dropped})
    expect(drop.locator("figcaption", has_text="my tulip.jpg")).to_be_visible(timeout=SOON)
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    choose(tmp_path / "noise.png")
    expect(drop.locator(".graft-verdict")).to_contain_text("none of these", timeout=SOON)
    at.picture("photo_drop_unknown", drop)
    (tmp_path / "letter.jpg").write_text("dear reader")
    choose(tmp_path / "letter.jpg")
    expect(drop.get_by_role("alert")).to_contain_text("letter.jpg cannot be read", timeout=SOON)
    drop.get_by_role("button", name="Try a test photo").click()
    expect(drop.locator(".graft-verdict")).to_be_visible(timeout=SOON)
    expect(drop.get_by_role("alert")).to_have_count(0)
    assert at.outside() == []


def test_the_error_gallery_opens_cells_and_photos(one_model):
    from playwright.sync_api import expect

    at, gallery = one_model, shown_by(one_model, "ErrorGallery")
    table = gallery.get_by_role("radiogroup", name="Confusion matrix")
    expect(table.get_by_role("radio")).to_have_count(25, timeout=60_000)
    table.get_by_role("radio", name=re.compile("^roses classified correctly")).click()
    expect(gallery.locator("p", has_text="roses classified correctly")).to_be_visible()
    at.page.keyboard.press("ArrowRight")
    expect(gallery.locator("p", has_text="roses mistaken for sunflowers")).to_be_visible()
    at.page.keyboard.press("ArrowLeft")
    photos = gallery.get_by_role("radiogroup", name="Photos of this cell").get_by_role("radio")
    photos.nth(1).click()
    expect(gallery.locator("figcaption", has_text="evidence for roses")).to_be_visible(timeout=SOON)
    expect(gallery.get_by_role("group", name="Nearest training photos").locator("img")).to_have_count(5, timeout=SOON)
    answered = gallery.locator("p", has_text="it answers for")
    expect(answered).to_contain_text("100.0%")
    at.press(gallery.get_by_role("slider", name="Confidence threshold"), "End")
    expect(answered).to_contain_text("at least 99% confident")
    expect(answered).not_to_contain_text("100.0% of the photos")
    at.picture("error_gallery", gallery)
    assert at.troubles() == []
    assert at.outside() == []


def test_the_data_dial_tells_what_pre_training_is_worth(one_model):
    from playwright.sync_api import expect

    at, dial = one_model, shown_by(one_model, "DataDial")
    told = dial.locator(".graft-said")
    expect(told).to_contain_text("With 2 photos per class, frozen base reaches")
    at.press(dial.get_by_role("slider", name="Photos per class"), "ArrowRight")
    expect(told).to_contain_text("With 5 photos per class")
    dial.get_by_label("Pre-trained:").select_option("fine-tuned")
    expect(told).to_contain_text("fine-tuned reaches")
    at.picture("data_dial", dial)
    assert at.troubles() == []
    assert at.outside() == []


def test_a_prediction_is_moved_committed_and_then_closed(one_model):
    from playwright.sync_api import expect

    at, guess, other = one_model, shown_by(one_model, "guess"), shown_by(one_model, "other")
    slider = guess.get_by_role("slider", name="I predict")
    save = guess.get_by_role("button", name="Save my prediction")
    at.press(slider, "End")
    at.press(save, "Enter")  # by key, at once: the kernel has not told anything yet
    expect(guess.locator(".graft-said")).to_contain_text("You predicted 1.", timeout=SOON)
    expect(save).to_be_disabled()
    # The button had the focus. Now the line that says what happened has it, and Shift-Enter runs the next cell.
    expect(guess.locator(".graft-said")).to_be_focused(timeout=SOON)
    selected = at.page.evaluate("jupyterapp.shell.currentWidget.content.activeCellIndex")
    at.page.keyboard.press("Shift+Enter")
    at.page.wait_for_function(f"jupyterapp.shell.currentWidget.content.activeCellIndex > {selected}", timeout=SOON)
    other.get_by_label("I predict").select_option("a little")
    other.get_by_role("button", name="Save my prediction").click()
    expect(other.locator(".graft-said")).to_contain_text("You predicted a little.", timeout=SOON)
    at.picture("prediction", guess)
    assert at.troubles() == []
    assert at.outside() == []


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
