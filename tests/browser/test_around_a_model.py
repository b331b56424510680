"""Widgets around one trained model, in JupyterLab in a real browser: by mouse, by key, light and dark."""

import re

import numpy as np
import pytest
from PIL import Image

from helpers import config
from tests.browser.conftest import NEEDS_BROWSER, SOON, Desk, notebook_of, seated

pytestmark = NEEDS_BROWSER


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
    found.wait_for(timeout=240_000)  # whichever comes first waits for the kernel, TensorFlow and the training
    found.scroll_into_view_if_needed()
    return found


def test_guess_takes_the_learners_word_first(one_model):
    from playwright.sync_api import expect

    at, guess = one_model, shown_by(one_model, "Guess")
    expect(guess.locator("p", has_text="Make your guess first")).to_be_visible(timeout=240_000)
    expect(guess.get_by_role("button", name="Next photo")).to_be_disabled()
    guess.get_by_role("button", name="roses").click()
    expect(guess.locator(".graft-verdict")).to_contain_text("You say roses, the model says")
    expect(guess.get_by_role("button", name="roses")).to_be_disabled()
    at.press(guess.get_by_role("button", name="Next photo"), "Enter")
    expect(guess.locator("p", has_text="photo 2 of 3")).to_be_visible()
    expect(guess.get_by_role("button", name="daisy")).to_be_focused(timeout=SOON)  # the first guess of the next photo
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
