"""How similar the tasks are, and how many photos there are: where to start in each of the four corners."""

from collections.abc import Sequence

from helpers.plots.colours import LIGHT
from helpers.plots.concepts.sheet import Sheet
from helpers.plots.picture import Picture

_TEXT = (
    "A table with four cells, a rule of thumb. The new task is similar to the old one and you have few photos of your "
    "own: train the head only, on a frozen base. Similar, many photos: fine-tune the last blocks as well. "
    "Different, few photos: cut lower and train a head on earlier blocks, or unfreeze further down, in small steps. "
    "Different, many photos: fine-tune everything, or train from scratch if there are enough. It says where to start; "
    "then measure."
)


def four_corners() -> Picture:
    """Draw where to start, by how similar the new task is to the old one and how many photos there are."""
    sheet = Sheet(height=342)
    sheet.words(110, 14, "Few photos of your own", 12, weight="bold")
    sheet.words(420, 14, "Many photos of your own", 12, weight="bold")
    sheet.words(8, 72, "The new task\nis similar to\nthe old one", 12, weight="bold")
    sheet.words(8, 212, "The new task\nis different", 12, weight="bold")
    told = "Few photos are enough, because few\nweights are learned."
    _corner(sheet, 104, 28, "Train the head only", ["frozen"] * 6, told)
    told = "With more photos, more of the base can\nadapt to your task."
    _corner(sheet, 414, 28, "Fine-tune the last blocks, too", ["frozen"] * 3 + ["trained"] * 3, told)
    told = "Earlier features are more general.\nOr unfreeze further down, in small steps."
    _corner(sheet, 104, 168, "Cut lower, and train a head", ["frozen"] * 3 + ["absent"] * 3, told)
    told = "The base is a head start. With enough\nphotos you may not need it."
    _corner(sheet, 414, 168, "Fine-tune everything", ["trained"] * 6, told)
    sheet.words(104, 322, "A rule of thumb: it says where to start. Then measure.", 11.5, style="italic")
    return sheet.picture(_TEXT)


def _corner(sheet: Sheet, x: float, top: float, advice: str, states: Sequence[str], told: str) -> None:
    sheet.panel(x, top, 302, 132, advice)
    kept = len(states) - states.count("absent")
    head = x + 22 + 32 * kept
    sheet.blocks(x + 14, top + 56, states[:kept], 28, 44)
    sheet.box(head, top + 40, 60, 32, "head", LIGHT, weight="bold")
    sheet.blocks(head + 72, top + 56, states[kept:], 28, 44 * (1 - 0.05 * kept))
    sheet.words(x + 14, top + 98, told)
