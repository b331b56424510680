"""Two ways to replace the head: cut at the top, or cut lower."""

from collections.abc import Sequence

from helpers.plots.colours import LIGHT
from helpers.plots.concepts.sheet import Sheet
from helpers.plots.picture import Picture

_NAMES = ("stem", "1", "2", "3", "4", "5", "6", "7", "top")  # EfficientNet's stages
_WIDTH, _STEP = 42, 48
_TEXT = (
    "A base as a row of nine stages, twice. Way 1, cut at the top: every block is kept, and a new head, one output "
    "layer, follows the last one. It gets all the features, including those most specific to the old task: try it "
    "first for a near task. Way 2, cut lower: stages 6, 7 and top are left out, and a new head, a hidden and an output "
    "layer, follows stage 5. It gets earlier features, which are fewer and more general: try it for a far task."
)


def two_ways_to_replace_the_head() -> Picture:
    """Draw the two places for a new head: behind the whole base, or behind a lower block."""
    sheet = Sheet(height=350)
    told = (
        "Every block is kept. The head gets all the features, including those most specific to the old task.",
        "near",
    )
    _way(sheet, 4, "Way 1: cut at the top", told, len(_NAMES), ("output\nlayer",))
    told = ("The last blocks are left out. The head gets earlier features, fewer and more general.", "far")
    _way(sheet, 181, "Way 2: cut lower", told, 6, ("hidden\nlayer", "output\nlayer"))
    return sheet.picture(_TEXT)


def _way(sheet: Sheet, top: float, heading: str, told: tuple[str, str], kept: int, layers: Sequence[str]) -> None:
    sheet.panel(4, top, 712, 168, heading)
    sheet.words(704, top + 16, f"Try it first for a {told[1]} task.", 11, "right", style="italic")
    sheet.words(16, top + 40, told[0])
    middle, below = top + 98, top + 151
    lefts = sheet.blocks(16, middle, ["frozen"] * kept, _WIDTH)
    for name, left in zip(_NAMES, lefts, strict=False):
        sheet.words(left + _WIDTH / 2, below, name, 10.5, "center")
    cut = lefts[-1] + _WIDTH
    sheet.line((cut + 8, middle - 38), (cut + 8, middle + 38), linewidth=2.2, linestyle=(0, (2, 1.4)))
    sheet.arrow((cut + 12, middle), (cut + 32, middle))
    for number, layer in enumerate(layers):
        sheet.box(cut + 36 + 70 * number, middle - 28, 62, 56, layer, LIGHT, weight="bold")
    sheet.words(cut + 36 + 35 * len(layers) - 4, below, "new head", 10.5, "center")
    out = 704 - _STEP * (len(_NAMES) - kept) + _STEP - _WIDTH
    lefts = sheet.blocks(out, middle, ["absent"] * (len(_NAMES) - kept), _WIDTH, tall=70 * (1 - 0.05 * kept))
    for name, left in zip(_NAMES[kept:], lefts, strict=True):
        sheet.words(left + _WIDTH / 2, below, name, 10.5, "center")
    if lefts:
        sheet.words((lefts[0] + lefts[-1] + _WIDTH) / 2, middle - 38, "left out", 10.5, "center")
