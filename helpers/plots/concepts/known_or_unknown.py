"""Near its neighbours, or far from everything: when a model should say "none of these"."""

from collections.abc import Callable, Iterator

import numpy as np

from helpers.plots.colours import DARK, LIGHT
from helpers.plots.concepts.sheet import PAPER, Point, Sheet
from helpers.plots.picture import Picture

Photo = Callable[[Sheet, float, float], None]
_LIMIT = 66  # pixels
_CLASSES = {  # the middle of its training photos, their marker, and what fills it
    "daisy": ((92, 96), "o", PAPER),
    "roses": ((320, 84), "s", DARK),
    "tulips": ((146, 208), "^", LIGHT),
}
_KNOWN, _UNKNOWN = (216, 194), (372, 212)
_TEXT = (
    "Features of the training photos as points, in three clusters: daisy, roses, tulips. Two new photos, each with a "
    "dashed circle, the limit. Lines lead from a photo of a flower to its five nearest training photos, all of them "
    "tulips and all within the limit: it is near its neighbours, and the answer is tulips. In the circle around a "
    "photo of a mug there is no training photo: it is far from all of them, and the answer is none of these."
)


def known_or_unknown() -> Picture:
    """Draw a new photo near training photos, which is answered, and one far from all, which is not."""
    sheet = Sheet(height=296)
    sheet.panel(4, 4, 450, 288, "Features of the training photos")
    for photo in (_KNOWN, _UNKNOWN):
        sheet.circle(*photo, _LIMIT, PAPER, linestyle=(0, (4, 3)), linewidth=1.6)
    clouds = {name: np.array([*_cloud(*middle)]) for name, (middle, _, _) in _CLASSES.items()}
    for place in sorted(np.concatenate([*clouds.values()]), key=lambda place: np.hypot(*(place - _KNOWN)))[:5]:
        sheet.line(_KNOWN, place)
    for name, ((x, y), marker, fill) in _CLASSES.items():
        look = {"marker": marker, "facecolor": fill, "edgecolor": DARK}
        sheet.ax.scatter(*clouds[name].T, s=52, linewidth=1, zorder=1, **look)
        sheet.words(x, y + 60, name, 11, "center", weight="bold")
    _tulip(sheet, *_KNOWN)
    _mug(sheet, *_UNKNOWN)
    told = "Its nearest training photos\nare within the limit."
    _answer(sheet, 28, _tulip, "Near its neighbours", told, "tulips", LIGHT)
    told = "No training photo is\nwithin the limit."
    _answer(sheet, 172, _mug, "Far from all of them", told, "none of these", PAPER)
    return sheet.picture(_TEXT)


def _cloud(x: float, y: float, count: int = 15) -> Iterator[Point]:
    # Spread over a disc, denser in its middle, the same every time.
    for number in range(count):
        radius, angle = 42 * ((number + 0.5) / count) ** 0.62, 2.4 * number
        yield x + radius * np.cos(angle), y + radius * np.sin(angle)


def _answer(sheet: Sheet, top: float, photo: Photo, heading: str, told: str, answer: str, fill: str) -> None:
    photo(sheet, 493, top + 18)
    sheet.words(524, top, heading, 12, weight="bold")
    sheet.words(524, top + 21, told)
    sheet.box(524, top + 56, 188, 40, f"“{answer}”", fill, size=13, weight="bold")


def _tulip(sheet: Sheet, x: float, y: float) -> None:
    sheet.flower(x - 18, y - 18, 36, 3, LIGHT, linewidth=2.4)


def _mug(sheet: Sheet, x: float, y: float) -> None:
    sheet.box(x - 18, y - 18, 36, 36, linewidth=2.4, boxstyle="square,pad=0")
    sheet.circle(x + 7, y, 6, PAPER, linewidth=2.4)
    sheet.box(x - 10, y - 9, 17, 20, fill=DARK)
