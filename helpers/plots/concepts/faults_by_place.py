"""Where faults sit, from the photos to the judgement, and what to ask at each place."""

from helpers.plots.colours import DARK, LIGHT
from helpers.plots.concepts.sheet import PAPER, Sheet
from helpers.plots.picture import Picture

_PLACES = {
    "Photos": "Are they\nwhat their\nlabels say?",
    "Pixels": "What does\nthe network\nreally get?",
    "Split": "Were any test\nphotos used\nfor training?",
    "Base": "Is it complete?\nIs it the one\nyou meant?",
    "Freezing": "What may\nchange, and\nwhat did?",
    "Training": "How many\nsteps, and\nhow large?",
    "Judging": "Did the test\nphotos choose\nthe model?",
}
_TOLD = "When the number at the end looks wrong, walk back through these places, and ask."
_TEXT = (
    "Seven places in a row, joined by arrows, each with a question to ask there. "
    + " ".join(f"{name}: {' '.join(question.split())}" for name, question in _PLACES.items())
    + f" {_TOLD}"
)


def faults_by_place() -> Picture:
    """Draw the way from photos to a judgement, with the question to ask at each place."""
    sheet = Sheet(height=224)
    for number, (name, question) in enumerate(_PLACES.items()):
        left = 4 + 102 * number
        sheet.panel(left, 4, 94, 172)
        sheet.words(left + 47, 22, name, 12, "center", weight="bold")
        _DRAWN[name](sheet, left + 25, 40)
        sheet.words(left + 47, 112, question, 10.5, "center", step=19)
        if number:
            sheet.arrow((left - 13, 62), (left + 8, 62), 1.8)
    sheet.words(360, 204, _TOLD, 11, "center", style="italic")
    return sheet.picture(_TEXT)


def _photos(sheet: Sheet, x: float, y: float) -> None:
    sheet.flower(x + 8, y + 8, 36, 5)
    sheet.flower(x, y, 36, 7)


def _pixels(sheet: Sheet, x: float, y: float) -> None:
    for number, shade in enumerate((0.1, 0.5, 0.2, 0.7, 0.95, 0.4, 0.3, 0.6, 0.15)):
        place = (x + 2 + 14 * (number % 3), y + 2 + 14 * (number // 3))
        sheet.rectangle(*place, 13, 13, facecolor=DARK, alpha=shade, linewidth=0)


def _split(sheet: Sheet, x: float, y: float) -> None:
    for left, width, fill in ((0, 22, DARK), (25, 9, LIGHT), (37, 9, PAPER)):
        sheet.box(x + left - 1, y + 6, width, 32, fill=fill)


def _base(sheet: Sheet, x: float, y: float) -> None:
    sheet.blocks(x, y + 22, ["frozen"] * 3, 13, 44)


def _freezing(sheet: Sheet, x: float, y: float) -> None:
    sheet.blocks(x, y + 22, ["frozen", "frozen", "trained"], 13, 44)
    sheet.line((x + 28.5, y - 4), (x + 28.5, y + 48), linewidth=3)


def _training(sheet: Sheet, x: float, y: float) -> None:
    sheet.line((x, y), (x, y + 44), (x + 46, y + 44))
    sheet.line((x + 4, y + 4), (x + 11, y + 22), (x + 20, y + 32), (x + 32, y + 37), (x + 44, y + 39), linewidth=2.6)


def _judging(sheet: Sheet, x: float, y: float) -> None:
    for number, share in enumerate((40, 22, 30)):
        sheet.box(x, y + 3 + 15 * number, share, 10, fill=DARK if number else LIGHT)


_DRAWN = {
    "Photos": _photos,
    "Pixels": _pixels,
    "Split": _split,
    "Base": _base,
    "Freezing": _freezing,
    "Training": _training,
    "Judging": _judging,
}
