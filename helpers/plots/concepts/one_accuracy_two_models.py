"""Two models with the same accuracy: in which classes are their mistakes?"""

from collections.abc import Mapping

from helpers.plots.colours import DARK, LIGHT
from helpers.plots.concepts.sheet import PAPER, Sheet
from helpers.plots.picture import Picture

_PHOTOS = 10  # of each class
_EVEN = {"daisy": 8, "dandelion": 8, "roses": 8, "sunflowers": 8, "tulips": 8}
_UNEVEN = {"daisy": 9, "dandelion": 10, "roses": 2, "sunflowers": 10, "tulips": 9}


def one_accuracy_two_models() -> Picture:
    """Draw two models that are right equally often, one of which hardly ever finds one of the classes."""
    sheet = Sheet(height=252)
    _model(sheet, 4, "Model A", _EVEN, "Every class has its share of the mistakes.")
    _model(sheet, 366, "Model B", _UNEVEN, "Nearly all of its mistakes are roses.")
    return sheet.picture(f"{_in_words('Model A', _EVEN)} {_in_words('Model B', _UNEVEN)} The accuracy is the same.")


def _model(sheet: Sheet, x: float, name: str, right: Mapping[str, int], told: str) -> None:
    sheet.panel(x, 4, 350, 244, name)
    total = f"{sum(right.values())} of {_PHOTOS * len(right)} photos right"
    sheet.words(x + 338, 20, total, 12, "right", weight="bold")
    worst = min(right.values())
    for row, (kind, count) in enumerate(right.items()):
        y = 62 + 31 * row
        hit = worst < 5 and count == worst
        if hit:
            sheet.box(x + 8, y - 15, 334, 30, fill=PAPER, linewidth=1.6)
        sheet.words(x + 90, y, kind, 11, "right", weight="bold" if hit else "normal")
        for number in range(_PHOTOS):
            _photo(sheet, x + 108 + 20 * number, y, number < count)
        sheet.words(x + 332, y, f"{count}", 11, "right", weight="bold" if hit else "normal")
    sheet.words(x + 14, 228, told)


def _photo(sheet: Sheet, x: float, y: float, right: bool) -> None:
    if right:
        sheet.circle(x, y, 7, DARK)
    else:
        sheet.circle(x, y, 7, LIGHT)
        for sign in (-1, 1):
            sheet.line((x - 3.5, y - 3.5 * sign), (x + 3.5, y + 3.5 * sign), linewidth=1.6)


def _in_words(name: str, right: Mapping[str, int]) -> str:
    counts = ", ".join(f"{kind} {count}" for kind, count in right.items())
    total = f"{sum(right.values())} of {_PHOTOS * len(right)} photos right"
    return f"{name} gets {total}; out of ten photos per class: {counts}."
