"""What leaves the machine when a model is passed on, and what stays."""

from helpers.plots.colours import DARK, LIGHT, MIDDLE
from helpers.plots.concepts.sheet import PAPER, Sheet
from helpers.plots.picture import Picture

_PARTS = {
    "Model": "the base and the head",
    "Classes": "their names",
    "Model card": "its purpose, how good it is",
    "Limits": "when to say “none of these”",
}
_TEXT = (
    "Three places. On the left, your photos: they stay, and none is passed on. In the middle, the bundle, a folder "
    "with four parts: "
    + "; ".join(f"{name.lower()} ({meaning})" for name, meaning in _PARTS.items())
    + ". Arrows lead from the bundle to the right, to an app in a browser and to a phone: the bundle leaves."
)


def what_leaves() -> Picture:
    """Draw the bundle that is passed on, with its four parts, and the photos that stay."""
    sheet = Sheet(height=276)
    sheet.panel(4, 4, 166, 268, "Your photos stay")
    for number in range(6):
        place = (26 + 62 * (number % 2), 48 + 62 * (number // 2))
        sheet.flower(*place, 54, 5 + number, (LIGHT, PAPER, MIDDLE, DARK)[number % 4])
    sheet.words(16, 250, "no photo is passed on")
    sheet.line((184, 8), (184, 268), linewidth=3.4, linestyle=(0, (2, 1.4)))
    sheet.panel(198, 4, 310, 268, "The bundle leaves")
    for number, (name, meaning) in enumerate(_PARTS.items()):
        top = 36 + 58 * number
        sheet.box(212, top, 282, 50)
        _icon(sheet, name, 222, top + 9)
        sheet.words(270, top + 16, name, 11.5, weight="bold")
        sheet.words(270, top + 35, meaning)
    sheet.arrow((514, 92), (552, 78), 2.4)
    sheet.arrow((514, 184), (570, 196), 2.4)
    _app(sheet, 560, 28)
    _phone(sheet, 596, 150)
    return sheet.picture(_TEXT)


def _icon(sheet: Sheet, part: str, x: float, y: float) -> None:
    if part == "Model":
        for number, height in enumerate((32, 26, 20)):
            sheet.block(x + 9 * number, y + 16 - height / 2, 7, height, "frozen")
        sheet.block(x + 29, y + 9, 8, 14)
    elif part == "Classes":
        for number in range(3):
            sheet.circle(x + 6, y + 5 + 11 * number, 3.2, LIGHT)
            sheet.line((x + 14, y + 5 + 11 * number), (x + 34, y + 5 + 11 * number), linewidth=2)
    elif part == "Model card":
        sheet.box(x + 4, y, 27, 32, linewidth=1.6)
        for number in range(3):
            sheet.line((x + 9, y + 8 + 8 * number), (x + 26, y + 8 + 8 * number), linewidth=1.6)
    else:
        sheet.circle(x + 15, y + 16, 15, PAPER, linestyle=(0, (3, 2)), linewidth=1.6)
        for across, down in ((-5, 3), (4, -5), (2, 6)):
            sheet.circle(x + 15 + across, y + 16 + down, 2.6)
        sheet.line((x + 33, y + 2), (x + 39, y + 8), linewidth=2)
        sheet.line((x + 33, y + 8), (x + 39, y + 2), linewidth=2)


def _app(sheet: Sheet, x: float, y: float) -> None:
    sheet.box(x, y, 150, 92, linewidth=1.8)
    sheet.line((x, y + 18), (x + 150, y + 18), linewidth=1.8)
    for number in range(3):
        sheet.circle(x + 11 + 12 * number, y + 9, 3, PAPER)
    sheet.flower(x + 12, y + 30, 48, 6)
    for number, share in enumerate((64, 22, 10)):
        sheet.box(x + 72, y + 34 + 15 * number, share, 8, fill=DARK, linewidth=0)
    sheet.words(x + 75, y + 106, "an app in a browser", 11, "center")


def _phone(sheet: Sheet, x: float, y: float) -> None:
    sheet.box(x, y, 62, 96, linewidth=2.4)
    sheet.flower(x + 10, y + 10, 42, 6)
    for number, share in enumerate((36, 14)):
        sheet.box(x + 12, y + 60 + 12 * number, share, 7, fill=DARK, linewidth=0)
    sheet.words(x + 31, y + 110, "a phone", 11, "center")
