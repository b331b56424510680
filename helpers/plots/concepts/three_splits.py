"""The three splits, and a leak between two of them."""

from collections.abc import Sequence

from helpers.plots.colours import DARK, LIGHT, MIDDLE
from helpers.plots.concepts.sheet import PAPER, Sheet
from helpers.plots.picture import Picture

Kind = tuple[int, str]  # petals, and what fills them
_FILLS = (LIGHT, PAPER, DARK, MIDDLE)
_KINDS = tuple((petals, _FILLS[(petals + turn) % 4]) for turn in range(3) for petals in range(4, 11))  # all different
_LEAKED = (13, LIGHT)
_STRONG = {"linewidth": 3.5, "edgecolor": DARK}
_TEXT = (
    "Photos in three groups. Training, the largest: the network learns from them, in every epoch. Validation: you "
    "use them after every epoch to choose settings and when to stop. Test: you use them once, at the end, to judge "
    "the result. One photo, with a thick frame, is among the training photos and among the test photos. That is a "
    "leak: the test then measures memory, not skill."
)


def three_splits() -> Picture:
    """Draw who sees which photos when, and a leak: a photo that is on both sides."""
    sheet = Sheet(height=290)
    _split(sheet, 4, 330, _KINDS[:11], "Training", ("The network learns from them,", "in every epoch."), leak=9)
    _split(sheet, 342, 192, _KINDS[11:15], "Validation", ("You choose settings with them,", "after every epoch."))
    _split(sheet, 542, 174, _KINDS[15:18], "Test", ("They judge the result,", "once, at the end."), leak=0)
    sheet.panel(4, 206, 712, 80, fill=PAPER, linewidth=1.4, linestyle=(0, (4, 3)))
    sheet.words(16, 224, "A leak", 12, weight="bold")
    sheet.flower(90, 219, 54, *_LEAKED, **_STRONG)
    sheet.words(162, 246, "=", 20, "center", weight="bold")
    sheet.flower(180, 219, 54, *_LEAKED, **_STRONG)
    sheet.words(252, 236, "The same photo on both sides: the network has learned its answer.")
    sheet.words(252, 257, "The test then measures memory, not skill.", weight="bold")
    return sheet.picture(_TEXT)


def _split(
    sheet: Sheet, x: float, width: float, kinds: Sequence[Kind], name: str, told: Sequence[str], leak: int | None = None
) -> None:
    sheet.panel(x, 4, width, 194, name)
    photos = list(kinds)
    if leak is not None:
        photos.insert(leak, _LEAKED)
    columns = len(photos) // 2
    for number, photo in enumerate(photos):
        place = (x + 14 + 52 * (number % columns), 36 + 52 * (number // columns))
        sheet.flower(*place, 44, *photo, **(_STRONG if number == leak else {}))
    for number, line in enumerate(told):
        sheet.words(x + 12, 157 + 20 * number, line)
