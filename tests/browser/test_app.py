"""The app in a real browser: a photo chosen, dropped and refused; by mouse, by key; by light and dark."""

import base64
import re

import pytest

from tests.browser.conftest import ARTEFACTS, NEEDS_BROWSER
from tests.sharing.test_app import Running

pytestmark = NEEDS_BROWSER

_DROP = """([name, data]) => {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    const carried = new DataTransfer();
    carried.items.add(new File([bytes], name));
    for (const kind of ["dragover", "drop"])
        document.body.dispatchEvent(new DragEvent(kind, {dataTransfer: carried, bubbles: true, cancelable: true}));
}"""


@pytest.fixture(scope="module")
def address(bundle_folder):
    running = Running(bundle_folder)
    yield running.address
    assert running.stop() == (0, "")


@pytest.fixture
def page(browser, address):
    context = browser.new_context(viewport={"width": 900, "height": 900})
    page, asked, troubles = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: troubles.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(address)
    yield page
    assert [url for url in asked if not url.startswith((address, "data:", f"blob:{address}"))] == []
    assert [trouble for trouble in troubles if "422" not in trouble] == []  # what was refused on purpose
    context.close()


def picture(page, name: str) -> None:
    """Take screenshots by light and dark, kept as artefacts."""
    ARTEFACTS.mkdir(exist_ok=True)
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=ARTEFACTS / f"app_{name}_{scheme}.png", full_page=True)


def drop(page, path) -> None:
    page.evaluate(_DROP, [path.name, base64.b64encode(path.read_bytes()).decode()])


@pytest.fixture
def answers(bundle_folder):
    from helpers import load_bundle

    return load_bundle(bundle_folder).predict


def test_a_photo_is_dropped_and_the_answer_read(page, flowers, answers):
    from playwright.sync_api import expect

    picture(page, "empty")
    known = [path for path in flowers.test.paths if answers(path).known]
    drop(page, known[0])
    answer = answers(known[0])
    expect(page.get_by_role("heading", level=2)).to_have_text(f"{answer.label}, {answer.confidence:.0%} sure")
    rows = page.get_by_role("row")
    expect(rows).to_have_count(1 + len(flowers.class_names))
    told = {
        row.get_by_role("rowheader").inner_text(): row.get_by_role("cell").last.inner_text() for row in rows.all()[1:]
    }
    assert list(told) == sorted(answer.probabilities, key=answer.probabilities.get, reverse=True)
    assert told[answer.label] == f"{answer.confidence:.0%}"
    expect(page.get_by_role("img", name=f"The photo {known[0].name}")).to_be_visible()
    assert page.locator("#seen").evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    expect(page.get_by_role("status")).to_contain_text(f"{answer.label}, ")
    widths = page.locator(".bar").evaluate_all("bars => bars.map(bar => bar.getBoundingClientRect().width)")
    assert widths == sorted(widths, reverse=True)
    picture(page, "known")

    another = known[1]  # a second photo takes the place of the first
    page.get_by_label("Choose a photo").set_input_files(another)
    expect(page.get_by_role("img", name=f"The photo {another.name}")).to_be_visible()


def test_an_unknown_thing_and_a_wrong_file(page, strange, tmp_path):
    from playwright.sync_api import expect

    drop(page, strange)
    expect(page.get_by_role("heading", level=2)).to_have_text("none of these")
    expect(page.get_by_role("status")).to_contain_text("none of these: too far from what the model was trained on")
    picture(page, "unknown")

    (tmp_path / "letter.txt").write_text("dear diary")
    drop(page, tmp_path / "letter.txt")
    expect(page.get_by_role("alert")).to_have_text(re.compile(r"^letter.txt: Expected a photo.*not a JPEG"))
    expect(page.get_by_role("heading", level=2)).to_have_count(0)
    picture(page, "refused")

    with (tmp_path / "huge.jpg").open("wb") as huge:
        huge.truncate(30_000_000)
    page.get_by_label("Choose a photo").set_input_files(tmp_path / "huge.jpg")
    expect(page.get_by_role("alert")).to_contain_text("at most 25 MB. huge.jpg has 30 MB")


def test_the_keyboard_reaches_everything(page, flowers):
    from playwright.sync_api import expect

    page.on("filechooser", lambda chooser: chooser.set_files(flowers.test.paths[0]))
    page.reload()  # by then the listener is there, and the browser asks it instead of opening a window
    page.keyboard.press("Tab")
    expect(page.get_by_label("Choose a photo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2)).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Model card: daisy")).to_be_visible()
    page.set_viewport_size({"width": 360, "height": 800})  # a telephone's width
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    picture(page, "narrow")
