"""Record the README's moving picture: the freeze lab in JupyterLab, trained twice on drawn flowers.

`.venv/bin/python -m tests.browser.record_freeze_lab`, after `make test`, which installs Playwright; it needs Chromium.
Chromium shows no pointer in screenshots, so the page draws one. Training is shown in fewer seconds than it takes.
"""

import io
import re
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, expect, sync_playwright

from helpers import config
from tests.browser.conftest import CHROMIUM, FLAGS, Desk, check_environment, lab_in, notebook_of, seated

PICTURE = config.ROOT / ".github" / "freeze_lab.webp"
CELLS = [
    """from helpers import load_base, load_flowers
from helpers.widgets import FreezeLab
photos = load_flowers("bundled", image_size=128, per_class=40)
base = load_base("EfficientNetLite0", image_size=128)""",
    """FreezeLab(
    photos, base, until="top", epochs=10, learning_rate=3e-3, schedule="cosine", head_first=False
)""",
]
HEIGHT = 806  # from the strip down to the table of two runs
STEP, LOOK, END = 120, 1500, 4000  # milliseconds that a frame stands: in motion, to be read, before it starts again
MOST = 22  # frames per training
_POINTER = """() => {
    const pointer = document.createElement("div");
    pointer.innerHTML = '<svg width="22" height="28" viewBox="0 0 22 28"><path d="M2 2v20l5-5 3 8 4-2-3-7h7z" ' +
        'fill="white" stroke="black" stroke-width="1.5"/></svg>';
    pointer.style.cssText = "position:fixed;z-index:99999;pointer-events:none;left:0;top:0";
    document.body.append(pointer);
    const follow = e => { pointer.style.transform = `translate(${e.clientX}px, ${e.clientY}px)`; };
    addEventListener("mousemove", follow, true);
}"""


class Film:
    """Frames of one widget, and how long each stands.

    Args:
        at: The page.
        widget: The widget.
    """

    def __init__(self, at: Desk, widget: Locator) -> None:
        self.at, self.widget = at, widget
        self.frames: list[Image.Image] = []
        self.durations: list[int] = []
        at.page.evaluate(_POINTER)

    def take(self, milliseconds: int = STEP) -> None:
        """Add what is to be seen now."""
        self._add(self._seen(), milliseconds)

    def move(self, x: float, y: float, steps: int = 8) -> None:
        """Move the pointer to a place on the page, a frame per step."""
        from_x, from_y = getattr(self, "_pointer", (x, y - 200))
        for step in range(1, steps + 1):
            share = step / steps
            self.at.page.mouse.move(from_x + share * (x - from_x), from_y + share * (y - from_y))
            self.at.page.wait_for_timeout(60)
            self.take()
        self._pointer = (x, y)

    def move_to(self, locator: Locator) -> None:
        """Move the pointer onto an element."""
        box = locator.bounding_box()
        assert box is not None
        self.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def click(self, locator: Locator) -> None:
        """Move the pointer onto an element and click it."""
        self.move_to(locator)
        self.at.page.mouse.down()
        self.at.page.mouse.up()
        self.at.page.wait_for_timeout(300)
        self.take(4 * STEP)

    def train(self) -> None:
        """Press Train, and add what is to be seen until the run is over, in a few frames evenly over the time."""
        rows = self.widget.locator(".graft-table tr")
        before = rows.count()
        self.click(self.widget.get_by_role("button", name="Train"))
        seen, end = [], time.monotonic() + 300
        while time.monotonic() < end and (rows.count() == before or not rows.count()):
            seen.append(self._seen())
            self.at.page.wait_for_timeout(200)
        expect(self.widget.locator(".graft-said")).to_contain_text("done after", timeout=20_000)
        for number in range(min(MOST, len(seen))):
            self._add(seen[number * len(seen) // min(MOST, len(seen))], STEP)
        self.at.page.wait_for_timeout(1500)
        self.take(2 * LOOK)

    def save(self, path: Path) -> None:
        """Write the frames as one moving picture that repeats. Without loss, flat colours take less space."""
        first, *others = self.frames
        exactly = {"lossless": True, "quality": 50, "method": 4}  # the last two are how hard it tries
        first.save(path, save_all=True, append_images=others, duration=self.durations, loop=0, **exactly)

    def _add(self, frame: Image.Image, milliseconds: int) -> None:
        if self.frames and frame.tobytes() == self.frames[-1].tobytes():
            self.durations[-1] += milliseconds
        else:
            self.frames.append(frame)
            self.durations.append(milliseconds)

    def _seen(self) -> Image.Image:
        box = self.widget.bounding_box()
        assert box is not None
        clip = {"x": box["x"] - 8, "y": box["y"] - 8, "width": box["width"] + 16, "height": HEIGHT}
        return Image.open(io.BytesIO(self.at.page.screenshot(clip=clip))).convert("RGB")


def record(at: Desk) -> Film:
    """Train the head on the frozen base; then move the boundary down, and train the last blocks, too."""
    at.run_all()
    lab = at.widget("graft-strip")
    expect(lab.locator("p", has_text=re.compile(r"about [\d.]+ s per epoch"))).to_be_visible(timeout=120_000)
    at.page.wait_for_timeout(2000)
    film = Film(at, lab)
    film.take(LOOK)
    film.train()
    line, target = lab.locator(".graft-line").bounding_box(), lab.locator('[data-block="block6a"]').bounding_box()
    assert line is not None
    assert target is not None
    film.move(line["x"] + 4, line["y"] + 24)
    at.page.mouse.down()
    film.move(target["x"] + target["width"] - 2, line["y"] + 24, steps=14)
    at.page.mouse.up()
    at.page.wait_for_timeout(4000)  # until the numbers have followed
    film.take(LOOK)
    film.click(lab.get_by_role("checkbox", name="go on from here"))
    film.move_to(rate := lab.get_by_role("slider", name="Learning rate"))
    at.press(rate, "ArrowLeft", "ArrowLeft", "ArrowLeft")  # fine-tuning wants smaller steps
    at.page.wait_for_timeout(1000)
    film.take(LOOK)
    film.train()
    # The end comes first: where a picture doesn't move, its first frame is all that is seen.
    film.frames.insert(0, film.frames.pop())
    film.durations = [END, *film.durations[:-1]]
    return film


def main() -> int:
    """Record the lab, write the picture, and return an exit status."""
    if CHROMIUM is None:
        print("Recording needs Chromium: on Debian, apt-get install chromium.")
        return 1
    check_environment()
    with tempfile.TemporaryDirectory() as home, lab_in(Path(home)) as (address, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with seated(browser, address, notebook_of("recorded", CELLS)) as at:
            film = record(at)
        browser.close()
    film.save(PICTURE)
    kilobytes, seconds = PICTURE.stat().st_size / 1000, sum(film.durations) / 1000
    print(f"{PICTURE.relative_to(config.ROOT)}: {len(film.frames)} frames, {seconds:.0f} s, {kilobytes:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
