"""The photo booth in a real browser: with Chromium's own moving test picture as its camera, and without a camera."""

import re
import time

import pytest
from PIL import Image

from helpers import config
from tests.browser.conftest import CHROMIUM, FLAGS, NEEDS_BROWSER, SOON, notebook_of, seated

pytestmark = NEEDS_BROWSER

CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
WANTED = 15  # photos per class
TRACK = "document.querySelector('.graft-video video').srcObject?.getTracks()[0]"


def cells(folder) -> list[str]:
    return [
        "from helpers import load_base\nfrom helpers.widgets import PhotoBooth",
        "base = load_base('auto', image_size=128)",
        f"booth = PhotoBooth(base, folder={str(folder)!r})\nbooth",
    ]


@pytest.fixture(scope="module")
def camera_browser(playwright):
    """Headless Chromium with a camera that shows a moving picture."""
    chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *CAMERA])
    yield chromium
    chromium.close()


def name(booth, number: int, called: str) -> None:
    field = booth.get_by_label(f"Name of class {number}")
    field.fill(called)
    field.press("Enter")


def counted(booth, called: str):
    return booth.get_by_role("group", name=called, exact=True).locator(".graft-class-count")


def photos_in(folder, called: str) -> list:
    return sorted((folder / called).glob("*.jpg"))


def wait_until_photos(at, count, wanted: int = WANTED) -> int:
    """Wait until a class has so many photos, with the mouse or a key still down, and return how many."""
    end = time.monotonic() + 60
    while (shown := int(count.inner_text().split()[0])) < wanted:
        assert time.monotonic() < end, shown
        at.page.wait_for_timeout(40)
    return shown


def at_rest(at, folder) -> dict[str, int]:
    """Return how many photos each class has, once the last ones have arrived."""
    end, before = time.monotonic() + 60, None
    while time.monotonic() < end:
        counts = {called: len(photos_in(folder, called)) for called in ("mug", "keys")}
        if counts == before:
            return counts
        before = counts
        at.page.wait_for_timeout(2000)
    raise AssertionError(f"photos are taken although no button is held: {before}")


def test_photos_are_taken_trained_on_and_answered_live(lab, camera_browser, tmp_path, capsys):
    from playwright.sync_api import expect

    folder = tmp_path / "things"
    with seated(camera_browser, lab[0], notebook_of("photo_booth", cells(folder))) as at:
        at.run_all()
        booth = at.widget("graft-booth")
        name(booth, 1, "mug")
        name(booth, 2, "keys")
        mug = booth.get_by_role("button", name="Hold to take photos of mug")
        keys = booth.get_by_role("button", name="Hold to take photos of keys")
        expect(keys).to_be_disabled()  # before the camera is on
        at.picture("photo_booth_at_first", booth)
        assert at.page.evaluate(TRACK) is None, "the camera must not start by itself"
        at.press(booth.get_by_role("button", name="Start camera"), "Enter")  # by key
        expect(booth.locator(".graft-booth-said")).to_have_text("The camera is on.", timeout=SOON)
        expect(mug).to_be_enabled()

        began = time.monotonic()
        mug.hover()
        at.page.mouse.down()
        taken = wait_until_photos(at, counted(booth, "mug"))
        per_second = taken / (time.monotonic() - began)
        at.picture("photo_booth_taking", booth)
        at.page.evaluate("document.activeElement.blur()")  # as a dialogue does that takes the focus
        at.page.wait_for_timeout(700)
        at.page.mouse.up()
        at.page.wait_for_timeout(200)
        assert booth.locator(".graft-taking").count() == 0, "letting go of the mouse has begun another hold"
        mug.evaluate("button => button.click()")  # as a screen reader presses it; it ends in the midst of other holds
        selected = at.page.evaluate("jupyterapp.shell.currentWidget.content.activeCellIndex")
        for key in (" ", "Enter"):  # by key, in two holds
            before = len(photos_in(folder, "keys"))
            keys.focus()
            at.page.keyboard.down(key)
            wait_until_photos(at, counted(booth, "keys"), before + WANTED // 2 + 1)
            at.page.keyboard.up(key)
        expect(keys).to_be_focused()
        assert at.page.evaluate("jupyterapp.shell.currentWidget.content.activeCellIndex") == selected
        counts = at_rest(at, folder)
        for called, count in counts.items():
            expect(counted(booth, called)).to_have_text(f"{count} photos")
            for path in photos_in(folder, called):
                with Image.open(path) as photo:
                    assert (photo.size, photo.format) == ((320, 320), "JPEG")
            shown = booth.get_by_role("group", name=called, exact=True).locator(".graft-class-photos img")
            expect(shown).to_have_count(6)
        assert len({path.stem.rsplit("_", 1)[0] for path in photos_in(folder, "keys")}) == 2

        began = time.monotonic()
        booth.get_by_role("button", name="Train").click()
        trouble = booth.locator(".graft-trouble").filter(has_text=re.compile(r"\S"))
        trouble.or_(booth.locator(".graft-said").filter(has_text="Trained on")).first.wait_for(timeout=120_000)
        assert at.troubles() == []
        seconds = time.monotonic() - began
        verdict = booth.locator(".graft-verdict")
        expect(verdict).to_contain_text(re.compile("sure|none of these"), timeout=SOON)
        answers = at.page.evaluate(
            """() => new Promise(done => { let count = 0;
            new MutationObserver(() => count += 1).observe(document.querySelector(".graft-verdict"), {childList: true});
            const tell = left => count || !left ? done(count) : setTimeout(tell, 4000, left - 1);
            setTimeout(tell, 4000, 14); })"""
        )
        expect(booth.locator(".graft-track")).to_have_count(3)  # both classes, and none of these
        expect(booth.locator(".graft-answer .graft-bar")).to_contain_text("none of these")
        at.picture("photo_booth_live", booth)
        with capsys.disabled():
            told = booth.locator(".graft-said").inner_text()
            print(f"\n{per_second:.1f} photos/s; {counts}; Train {seconds:.1f} s; {answers / 4:.1f} answers/s; {told}")
        assert answers > 0
        for width in (800, 667):  # a laptop's window at 150% zoom, and a narrower one
            at.page.set_viewport_size({"width": width, "height": 1500})
            booth.scroll_into_view_if_needed()
            assert booth.evaluate("box => box.scrollWidth - box.clientWidth") <= 1
        at.picture("photo_booth_narrow", booth)
        at.page.set_viewport_size({"width": 1200, "height": 1500})

        at.page.evaluate(f"window.track = {TRACK}")
        at.press(booth.get_by_role("button", name="Stop camera"), "Space")
        at.page.wait_for_function("window.track.readyState === 'ended'")
        expect(mug).to_be_disabled()
        assert at.troubles() == []

        restart_camera(at, booth)
        at.page.evaluate("jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
        at.page.wait_for_function("window.track.readyState === 'ended'", timeout=SOON)

        at.run_all()  # the photos are found again
        booth = at.widget("graft-booth")
        expect(counted(booth, "mug")).to_have_text(f"{counts['mug']} photos", timeout=SOON)
        restart_camera(at, booth)
        at.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
        expect(at.page.locator(".graft-dead")).to_contain_text("Run the cells above", timeout=SOON)
        at.page.wait_for_function("window.track.readyState === 'ended'", timeout=SOON)
        assert at.outside() == []


def restart_camera(at, booth) -> None:
    booth.get_by_role("button", name="Start camera").click()
    at.page.wait_for_function(f"{TRACK}?.readyState === 'live'", timeout=SOON)
    at.page.evaluate(f"window.track = {TRACK}")


@pytest.mark.thorough
def test_without_a_camera_files_do_the_same(desk, tmp_path):
    from playwright.sync_api import expect

    folder = tmp_path / "flowers"
    at = desk(notebook_of("photo_booth_files", cells(folder)))
    at.run_all()
    booth = at.widget("graft-booth")
    said = booth.locator(".graft-booth-said")
    booth.get_by_role("button", name="Start camera").click()
    expect(said).to_contain_text(re.compile("(refused|found).*photo files instead"), timeout=SOON)
    assert said.inner_text().count(".") <= 2
    at.page.evaluate("Object.defineProperty(navigator, 'mediaDevices', {value: undefined})")
    booth.get_by_role("button", name="Start camera").click()
    expect(said).to_contain_text("only on localhost and on https pages", timeout=SOON)

    name(booth, 1, "roses")
    name(booth, 2, "Roses")
    problem = booth.locator(".graft-class .graft-trouble").nth(1)
    expect(problem).to_contain_text("no other class has", timeout=SOON)
    expect(booth.get_by_label("Name of class 2")).to_have_attribute("aria-invalid", "true")
    at.picture("photo_booth_problem", booth)
    name(booth, 2, "tulips")
    expect(problem).to_be_hidden(timeout=SOON)
    booth.get_by_role("button", name="Add a class").click()
    booth.get_by_role("button", name="Remove Class 3").click()
    expect(booth.get_by_label("Name of class 3")).to_have_count(0, timeout=SOON)
    expect(booth.get_by_role("button", name="Add a class")).to_be_focused()

    booth.get_by_role("button", name="Train").click()
    expect(booth.get_by_role("alert").last).to_contain_text("Received: 0 of 'roses', 0 of 'tulips'", timeout=SOON)
    for called in ("roses", "tulips"):
        with at.page.expect_file_chooser() as chooser:
            booth.get_by_role("button", name=f"Add files to {called}").click()
        chooser.value.set_files(sorted((config.BUNDLED_FLOWERS / called).glob("*.jpg"))[:12])
        expect(counted(booth, called)).to_have_text("12 photos", timeout=60_000)
    assert len(list(folder.rglob("*.jpg"))) == 24
    booth.get_by_role("button", name="Train").click()
    expect(booth.locator(".graft-said")).to_contain_text("Trained on 18 photos", timeout=120_000)
    with at.page.expect_file_chooser() as chooser:
        booth.get_by_role("button", name="Ask about a file").click()
    chooser.value.set_files(sorted((config.BUNDLED_FLOWERS / "tulips").glob("*.jpg"))[40])
    expect(booth.locator(".graft-verdict")).to_contain_text(re.compile("sure|none of these"), timeout=SOON)
    at.picture("photo_booth_files", booth)
    (tmp_path / "letter.jpg").write_text("dear reader")
    with at.page.expect_file_chooser() as chooser:
        booth.get_by_role("button", name="Add files to roses").click()
    chooser.value.set_files(tmp_path / "letter.jpg")
    expect(booth.get_by_role("alert").last).to_contain_text("letter.jpg cannot be read", timeout=SOON)
    assert at.outside() == []
